"""Show the published segments: streamlit run app/segments.py (or: make app)."""

from functools import partial

import streamlit as st

import queries
from publication import newest_publication, published_folder
from views import audience, profile, what_if
from views.wording import plain

st.set_page_config(page_title="Customer segments", layout="wide")

publication = newest_publication()
if publication is None:
    st.error(f"There is no publication in {published_folder()}. Make one with: make segments")
    st.stop()

build = publication.frame(queries.BUILD).iloc[0]
st.sidebar.caption(
    f"Publication {plain(publication.folder.name)}, built {build.built_at:%Y-%m-%d %H:%M} UTC "
    f"by run {plain(build.run_id)}. A newer one is shown at your next click."
)
st.navigation(
    [
        st.Page(partial(profile.show, publication), title="Segments", url_path="segments"),
        st.Page(partial(what_if.show, publication), title="What if", url_path="what-if"),
        st.Page(partial(audience.show, publication), title="Audience", url_path="audience"),
    ]
).run()
