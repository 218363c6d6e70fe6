"""Who is in a segment and what makes it different."""

import math

import streamlit as st

import queries
from publication import Publication
from views.wording import benefit_name, difference, in_words, plain, share

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
        "Customers": f"{segment.customers:,}",
        "Share of all": share(segment.customer_share),
        "Balance per customer": in_words(segment.mean_balance, "amount"),
        # Cut as on the card, so that it never reads like the next band.
        "Stability (Jaccard)": f"{math.floor(round(100 * segment.jaccard_stability, 9)) / 100:.2f}",
        "Confidence, on average": share(segment.mean_assignment_confidence),
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
            "benefit": [plain(benefit_name(benefit)) for benefit in benefits["benefit"]],
            "hold it": [share(value) for value in benefits["penetration"]],
            "index (100 is average)": [
                in_words(value, "amount") for value in benefits["penetration_index"]
            ],
            "do not hold it yet": [
                in_words(value, "customers") for value in benefits["white_space"]
            ],
            "balance per holder": [
                in_words(value, "amount") for value in benefits["mean_balance_per_holder"]
            ],
        }
    )

    st.subheader("Features")
    names = {benefit_name(benefit): benefit for benefit in [*benefits["benefit"], "all"]}
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
            plain(name): list(map(in_words, features["mean"], features["unit"])),
            plain(other): list(map(in_words, features["other_mean"], features["unit"])),
            "difference in standard deviations": list(
                map(difference, features["difference"], features["is_beyond_measure"])
            ),
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
            **{
                heading: [in_words(value, feature.unit) for value in everywhere[column]]
                for heading, column in {
                    "mean": "mean",
                    "median": "median",
                    "10th percentile": "p10",
                    "90th percentile": "p90",
                }.items()
            },
            "not zero": [share(value) for value in everywhere["share_non_zero"]],
        }
    )
