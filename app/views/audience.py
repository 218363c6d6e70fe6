"""Download the customers of one or more segments."""

import tempfile
from pathlib import Path

import streamlit as st

import queries
from publication import Publication


def show(publication: Publication) -> None:
    """Choose segments, show their number of customers, offer the download."""
    st.title("Audience")
    segments = publication.frame(queries.SEGMENTS)
    names = st.multiselect("Segments", segments["segment_name"], key="audience")
    with_borderline = st.checkbox("With borderline customers", value=True)

    is_known = bool(publication.frame(queries.HAS_MESSAGE_AUDIENCES).iloc[0, 0])
    if is_known:
        st.caption("Only customers who may be written to (message_audiences).")
    else:
        st.warning(
            "This list does not say who consented to marketing. "
            "Check that before you write to these customers."
        )

    chosen = {
        "segment_ids": segments.loc[segments["segment_name"].isin(names), "segment_id"].tolist(),
        "with_borderline": with_borderline,
    }
    size = publication.frame(queries.audience_size(is_known), **chosen).iloc[0]

    def make_file() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "audience.csv"
            publication.copy_to(file, queries.audience(is_known), **chosen)
            return file.read_bytes()

    # The file is written when the reader asks for it.
    st.download_button(
        f"Download {size.customers_in_words}",
        make_file,
        file_name=f"audience_{publication.folder.name}.csv",
        mime="text/csv",
        on_click="ignore",
        disabled=not size.customers,
    )
