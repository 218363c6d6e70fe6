"""Download who is in one or more segments."""

import tempfile
from pathlib import Path

import streamlit as st

import queries
from publication import Publication


def show(publication: Publication) -> None:
    """Choose segments, see how many customers that are, download them."""
    st.title("Audience")
    segments = publication.frame(queries.SEGMENTS)
    names = st.multiselect("Segments", segments["segment_name"], key="audience")
    with_borderline = st.checkbox("With borderline customers", value=True)

    consent = next(publication.frame(queries.CONSENT).itertuples(index=False, name=None), None)
    if consent is None:
        st.warning(
            "This publication does not know who consented to marketing. "
            "Ask before you write to these customers."
        )
    else:
        st.caption("Only customers who consented to marketing.")

    chosen = {
        "segment_ids": segments.loc[segments["segment_name"].isin(names), "segment_id"].tolist(),
        "with_borderline": with_borderline,
    }
    size = publication.frame(queries.audience_size(consent), **chosen).iloc[0].customers

    def make_file() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "audience.csv"
            publication.copy_to(file, queries.audience(consent), **chosen)
            return file.read_bytes()

    # The file is made when it is asked for.
    st.download_button(
        f"Download {size:,} customers",
        make_file,
        file_name=f"audience_{publication.folder.name}.csv",
        mime="text/csv",
        on_click="ignore",
        disabled=not size,
    )
