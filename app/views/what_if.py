"""Change the features of one customer and see the segment."""

import math

import pandas as pd
import streamlit as st

import queries
from publication import Publication
from views.wording import plain


def show(publication: Publication) -> None:
    """Ask for a customer, then for values, and score them."""
    st.title("What if")
    st.session_state.setdefault(
        "customer", publication.frame(queries.ANY_CUSTOMER).iloc[0].customer_id
    )
    customer_id = st.text_input("Customer", key="customer").strip()
    customer = publication.frame(queries.CUSTOMER, customer_id=customer_id)
    if customer.empty:
        st.warning(f"There is no customer {plain(customer_id)} in this publication.")
        return
    customer = customer.iloc[0]
    if pd.isna(customer.second_segment_name):
        st.info("There is only one segment: no value would change that.")
        return
    st.markdown(
        f"{plain(customer_id)} is in **{plain(customer.segment_name)}**; next comes "
        f"**{plain(customer.second_segment_name)}** "
        f"(confidence {customer.confidence_in_words})."
    )

    drivers = publication.frame(queries.DRIVERS, customer_id=customer_id).set_index("feature")
    categories = publication.frame(queries.CATEGORIES, customer_id=customer_id).set_index("feature")
    labels = {**drivers["label"], **categories["label"]}
    # Changes for another customer, or from before a newer publication, do not count.
    place = f"{publication.folder.name} {customer_id}"
    chosen = f"features {place}"
    st.session_state.setdefault(chosen, list(drivers.index[:3]))
    offer_smallest_change(drivers, chosen, place)
    st.multiselect("Features to move", list(labels), format_func=labels.get, key=chosen)
    then = {**drivers["value"], **categories["value"]}
    for feature in st.session_state[chosen]:
        key = f"{feature} {place}"
        if feature in categories.index:
            then[feature] = ask_for_category(categories.loc[feature], key)
        elif drivers.loc[feature, "is_flag"]:
            then[feature] = ask_for_flag(drivers.loc[feature], key)
        else:
            then[feature] = ask_for_value(drivers.loc[feature], key)

    scored = publication.frame(queries.SCORE, customer=known_values(then)).iloc[0]
    verb = "stays in" if scored.segment_name == customer.segment_name else "would be in"
    st.subheader(f"{plain(customer_id)} {verb} {plain(scored.segment_name)}")
    answers = {"as is": customer, "with these values": scored}
    st.table(
        {
            "": list(answers),
            "segment": [plain(answer.segment_name) for answer in answers.values()],
            "distance": [answer.distance_in_words for answer in answers.values()],
            "next segment": [plain(answer.second_segment_name) for answer in answers.values()],
            "its distance": [answer.second_distance_in_words for answer in answers.values()],
            "confidence": [answer.confidence_in_words for answer in answers.values()],
        }
    )
    st.caption(
        "This describes the model; it does not say that changing a value would change the customer."
    )


def offer_smallest_change(drivers: pd.DataFrame, chosen: str, place: str) -> None:
    """Show the smallest change of one feature that changes the segment; offer to apply it."""
    for feature, change in drivers[drivers["is_smallest_change"]].iterrows():
        st.markdown(plain(change.sentence))

        def make(feature=feature, value=change.changed_value):
            st.session_state[chosen] = [feature]
            st.session_state[f"{feature} {place}"] = value

        st.button("Make this change", on_click=make)


def ask_for_value(driver: pd.Series, key: str) -> float | None:
    """Ask for the value of one feature, which may stay unknown."""
    value = None if pd.isna(driver.value) else driver.value
    st.session_state.setdefault(key, value)
    return st.number_input(
        f"{driver.label} ({driver.unit})",
        value=None,
        # ln(1 + value) is defined only above -1.
        min_value=math.nextafter(-1, 0) if driver["transform"].endswith("log1p") else None,
        step=driver.step,
        format="%.10g",
        placeholder=f"unknown, {driver.filled_value:g} is assumed",
        help=f"From {driver.minimum:g} to {driver.maximum:g} in the training sample.",
        key=key,
    )


def ask_for_flag(driver: pd.Series, key: str) -> float | None:
    """Ask for yes or no, or unknown."""
    value = None if pd.isna(driver.value) else driver.value
    st.session_state.setdefault(key, value)
    words = {None: "unknown", 0.0: "no", 1.0: "yes"}
    words.setdefault(value, f"{driver.value:g}")
    return st.selectbox(driver.label, list(words), format_func=words.get, key=key)


def ask_for_category(category: pd.Series, key: str) -> str | None:
    """Ask for one of the values that the model knows, for any other, or for unknown."""
    st.session_state.setdefault(key, None if pd.isna(category.value) else category.value)
    words = {None: "unknown", "": "another", **{choice: choice for choice in category.choices}}
    return st.selectbox(category.label, list(words), format_func=words.get, key=key)


def known_values(values: dict) -> dict[str, float | str | None]:
    """Return the values as parameters of the SQL: null for an unknown value."""
    known = {feature: None if pd.isna(value) else value for feature, value in values.items()}
    return {
        feature: value if value is None or isinstance(value, str) else float(value)
        for feature, value in known.items()
    }
