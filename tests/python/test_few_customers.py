"""Inputs too small or too uniform for a model still give everyone a segment."""

import pytest

from test_segment_functions import assert_segment_of_scores_like_the_model


@pytest.mark.parametrize(
    "customers",
    [["ann,2020-01-01"], ["ann,2020-01-01", "bob,2020-01-01", "cid,2020-01-01"]],
    ids=["one_customer", "customers_who_are_all_alike"],
)
def test_customers_without_differences_are_one_segment(warehouse, tmp_path, open_page, customers):
    lines = ["customer_id,joined_on", *customers]
    (tmp_path / "customers.csv").write_text("\n".join(lines) + "\n")
    warehouse.build(raw_data=tmp_path)
    assert warehouse.rows(
        "select segment_id, segment_name, customers, cluster_radius from marts.segment_profiles"
    ) == [(1, "All customers", len(customers), 0)]
    assert warehouse.rows("select distinct second_segment_id from marts.customer_segments") == [
        (None,)
    ]
    assert warehouse.rows("select * from marts.customer_segment_drivers('ann')") == []
    assert_segment_of_scores_like_the_model(warehouse)
    assert warehouse.rows("select * from marts.compare_segments(1, 1)") == []
    assert warehouse.rows(
        "select distinct outlier_score, is_outlier from marts.customer_segments"
    ) == [(None, False)]
    (reason,) = warehouse.rows("select reason from marts.wcss_curve where is_chosen")[0]
    assert "alike" in reason
    assert warehouse.rows("select predicate, sentence from marts.segment_rules") == [
        ("true", 'Of all customers, 100% are in the segment "All customers".')
    ]
    assert warehouse.rows(
        "select * exclude (segment_name, is_small_segment) from marts.segment_reliability"
    ) == [(1, len(customers), None, 0, len(customers), len(customers), 1, 1, 1)]
    published = tmp_path / "published"
    assert warehouse.publish(published).returncode == 0
    for view in ("profile", "what_if", "audience"):
        page = open_page(view, published)
        assert not page.exception
    page = open_page("what_if", published)
    assert [info.value for info in page.info] == [
        "There is only one segment: no value would change that."
    ]


def test_fewer_customers_than_segments_give_each_its_own(warehouse, tmp_path):
    (tmp_path / "credit_card_usage.csv").write_text(
        "cust_id,purchases,balance\nann,0,10\nbob,100,20\ncid,5000,900\n"
    )
    warehouse.build("--vars", "{segment_count: 3}", raw_data=tmp_path)
    assert warehouse.rows("select count(distinct segment_id) from marts.customer_segments") == [
        (3,)
    ]
    assert warehouse.rows("select count(*), min(wcss) from marts.wcss_curve") == [(3, 0)]
    assert warehouse.rows("select rule_recall from marts.segment_reliability") == [(1,)] * 3


def test_segments_without_any_variance_are_told_apart(warehouse, tmp_path, run_summary):
    customers = [f"rich{i},900,500" for i in range(3)] + [f"poor{i},10,0" for i in range(5)]
    lines = ["cust_id,balance,purchases", *customers]
    (tmp_path / "credit_card_usage.csv").write_text("\n".join(lines) + "\n")
    warehouse.build("--vars", "{segment_count: 2}", raw_data=tmp_path)
    assert warehouse.rows("""
        select customers, segment_name from marts.segment_profiles order by customers
    """) == [
        (3, "High card balance, high card purchases"),
        (5, "Low card balance, low card purchases"),
    ]
    assert warehouse.rows("""
        select distinct smd_vs_rest, rank_in_segment <= 2
        from marts.segment_feature_profiles where is_beyond_measure
    """) == [(None, True)]
    sentences = [
        sentence
        for (sentence,) in warehouse.rows("""
        select sentence from marts.segment_cards
        where topic = 'stands_out' and evidence_number = 1
    """)
    ]
    assert "High card balance: 900 on average, 344 among all customers, without any overlap." in (
        sentences
    )
    assert "- card balance: 10 (all customers 344)" in run_summary(warehouse)


def test_a_day_long_past_has_no_activity_and_says_so(warehouse):
    result = warehouse.dbt(
        "build",
        "--select",
        "+observation_window",
        "assert_observation_window_holds_activity",
        # Of the tests, only those of which all models are built.
        "--indirect-selection",
        "cautious",
        "--exclude-resource-type",
        "unit_test",
        "--vars",
        "{as_of_date: '2010-01-01'}",
    )
    assert result.returncode == 0, result.stdout
    assert "WARN 1 assert_observation_window_holds_activity" in result.stdout


def test_where_hardly_anybody_does_anything_the_variants_still_have_an_answer(warehouse, tmp_path):
    # Winsorising at the 99th percentile leaves nothing of what two of 300 customers do.
    rows = [f"{number},0,0" for number in range(298)] + ["x,100,20", "y,120,30"]
    lines = ["cust_id,purchases,balance", *rows]
    (tmp_path / "credit_card_usage.csv").write_text("\n".join(lines) + "\n")
    warehouse.build("--vars", "{segment_count: 2}", raw_data=tmp_path)
    assert warehouse.rows("select distinct transform from marts.pipeline_variants order by 1") == [
        ("identity",),
        ("log1p",),
    ]
    assert warehouse.rows("select count(assignment_robustness) from marts.customer_robustness") == [
        (300,)
    ]
