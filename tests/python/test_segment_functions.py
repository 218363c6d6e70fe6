"""The functions of the schema marts, which analysts call in SQL."""

import duckdb
import pytest

from conftest import Warehouse


def assert_segment_of_scores_like_the_model(warehouse: Warehouse) -> None:
    """Everybody, to the last digit."""
    assert warehouse.rows("""
        select count(*)
        from features.customer_features as customer, marts.segment_of(customer) as found
        inner join marts.customer_segments as scored
            on customer.customer_id = scored.customer_id
        where
            found.segment_id = scored.segment_id
            and found.segment_name = scored.segment_name
            and found.second_segment_id is not distinct from scored.second_segment_id
            and found.distance_to_centroid = scored.distance_to_centroid
            and found.second_distance is not distinct from scored.second_distance
            and found.assignment_confidence is not distinct from scored.assignment_confidence
    """) == warehouse.rows("select count(*) from features.customer_features")


def test_segment_of_scores_like_the_model(demo):
    assert_segment_of_scores_like_the_model(demo)


def test_segment_of_a_customer_who_would_change(demo):
    """The value at which customer_segment_drivers says that the segment changes changes it."""
    customer, second, feature, value = demo.rows("""
        select customer_id, second_segment_id, feature, changed_value
        from marts.customer_drivers
        where is_smallest_change
        order by customer_id
        limit 1
    """)[0]
    query = f"""
        select segment_id from marts.segment_of((
            select struct_update(customer, {feature} := ?)
            from features.customer_features as customer
            where customer_id = ?
        ))
    """
    assert demo.rows(query, value, customer) == [(second,)]


def test_segment_of_whole_numbers_is_that_of_the_same_doubles(demo):
    features = [
        name for (name,) in demo.rows("select feature from marts.feature_scalers where is_used")
    ]

    def values(type_name):
        return ", ".join(f"'{name}': cast(1 as {type_name})" for name in features)

    query = "from marts.segment_of({{{}}})"
    assert demo.rows(query.format(values("integer"))) == demo.rows(query.format(values("double")))


def test_a_missing_feature_is_named(demo):
    with pytest.raises(duckdb.BinderException, match='Could not find key "benefits_held"'):
        demo.rows("from marts.segment_of({'loan_balance': 1})")


def test_nobody_has_no_segment(demo):
    query = """
        from marts.segment_of((
            select customer from features.customer_features as customer
            where customer_id = 'nobody'
        ))
    """
    assert demo.rows(query) == []


def test_two_segments_are_compared_by_number_or_name(demo):
    rows = demo.rows("from marts.compare_segments(1, 'Steady savers')")
    assert (
        len(rows)
        == demo.rows("""
        select count(*) from features.feature_catalog where unit != 'category'
    """)[0][0]
    )
    assert rows == demo.rows("from marts.compare_segments('Active investors', 2)")
    differences = demo.rows("select abs(smd_vs_other) from marts.compare_segments(1, 2)")
    assert differences == sorted(differences, reverse=True)
    assert demo.rows("from marts.compare_segments(1, 1)") == []
    assert demo.rows("from marts.compare_segments(1, 'Nobody')") == []


def test_a_comparison_is_that_of_the_customers(demo):
    """Standardised mean difference over the customers of both segments, computed afresh."""
    for feature, fill, transform in demo.rows("""
        select feature, fill_value, transform from marts.feature_scalers
        where feature in ('credit_card_limit', 'loan_balance')
    """):
        value = f"coalesce({feature}, {fill})"
        value = f"ln(1 + {value})" if transform == "log1p" else value
        expected = demo.rows(f"""
            with customers as (
                select segment_id, {value} as value
                from features.customer_features
                inner join marts.customer_segments using (customer_id)
            ),
            one as (select avg(value) as mean, var_pop(value) as variance from customers
                where segment_id = 4),
            other as (select avg(value) as mean, var_pop(value) as variance from customers
                where segment_id = 5)
            select (one.mean - other.mean) / sqrt((one.variance + other.variance) / 2)
            from one cross join other
        """)[0][0]
        found = demo.rows(f"""
            select smd_vs_other from marts.compare_segments(4, 5) where feature = '{feature}'
        """)[0][0]
        assert found == pytest.approx(expected, rel=1e-9)
        assert abs(found) > 0.1
