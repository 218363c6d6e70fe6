"""Who is in a segment and what makes it different."""

import streamlit as st

import queries
from publication import Publication
from views.wording import plain

ALL_BENEFITS = "all benefits"
ALL_CUSTOMERS = "all customers"


def show(publication: Publication) -> None:
    """Show all sizes, one segment, its benefits, and one feature across the segments."""
    st.title("Segments")
    segments = publication.frame(queries.SEGMENTS)
    st.bar_chart(
        segments,
        x="segment_name",
        y="customers",
        x_label="",
        y_label="customers",
        horizontal=True,
        sort=False,
        color="#1f5a8a",
        height=280,
    )

    name = st.selectbox("Segment", segments["segment_name"], key="segment")
    segment = segments[segments["segment_name"] == name].iloc[0]
    segment_id = int(segment.segment_id)

    st.header(plain(name))
    figures = {
        "Customers": segment.customers_in_words,
        "Share of all": segment.customer_share_in_words,
        "Balance per customer": segment.mean_balance_in_words,
        "Stability (Jaccard)": segment.stability_in_words,
        "Confidence, on average": segment.confidence_in_words,
    }
    for column, (label, value) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(label, value)
    if isinstance(segment.message, str):
        st.info(f"What to say to them: {plain(segment.message)}")
    card = publication.frame(queries.CARD, segment_id=segment_id)
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in card["sentence"]))

    st.subheader("Benefits")
    benefits = publication.frame(queries.BENEFITS, segment_id=segment_id)
    st.table(
        {
            "benefit": benefits["benefit_in_words"].map(plain),
            "hold it": benefits["penetration_in_words"],
            "index (100 is average)": benefits["penetration_index_in_words"],
            "do not hold it yet": benefits["white_space_in_words"],
            "balance per holder": benefits["mean_balance_per_holder_in_words"],
        }
    )

    st.subheader("Features")
    names = dict(zip(benefits["benefit_in_words"], benefits["benefit"], strict=True))
    names["relationship as a whole"] = "all"
    benefit = st.selectbox("Benefit", [ALL_BENEFITS, *names], key="benefit")
    others = segments[segments["segment_id"] != segment_id].set_index("segment_name")["segment_id"]
    other = st.selectbox("Compared with", [ALL_CUSTOMERS, *others.index], key="other")
    chosen = {"segment_id": segment_id, "benefit": names.get(benefit)}
    if other == ALL_CUSTOMERS:
        features = publication.frame(queries.FEATURES, **chosen)
    else:
        features = publication.frame(queries.COMPARISON, other_id=int(others[other]), **chosen)
    st.table(
        {
            "feature": features["label"].map(plain),
            plain(name): features["mean_in_words"],
            plain(other): features["other_mean_in_words"],
            "difference in standard deviations": features["difference_in_words"],
        }
    )

    label = st.selectbox("Feature", features["label"], key="feature")
    feature = features[features["label"] == label].iloc[0]
    everywhere = publication.frame(queries.FEATURE_BY_SEGMENT, feature=feature.feature)
    st.bar_chart(
        everywhere,
        x="segment_name",
        y="mean",
        x_label="",
        y_label=f"{label}, mean",
        horizontal=True,
        sort=False,
        color="#1f5a8a",
        height=280,
    )
    st.table(
        {
            "segment": everywhere["segment_name"].map(plain),
            "mean": everywhere["mean_in_words"],
            "median": everywhere["median_in_words"],
            "10th percentile": everywhere["p10_in_words"],
            "90th percentile": everywhere["p90_in_words"],
            "not zero": everywhere["share_non_zero_in_words"],
        }
    )
