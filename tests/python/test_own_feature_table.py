"""A company whose only input is a wide table of its own."""

import duckdb
import pytest

from conftest import Warehouse
from own_feature_table import CATALOG, CUSTOMERS, declare
from test_customer_drivers import (
    assert_changes_are_the_first_that_can_do,
    assert_contributions_add_up,
    assert_smallest_changes_move_everyone,
)
from test_segment_functions import assert_segment_of_scores_like_the_model


def test_every_customer_of_the_table_gets_a_segment(own):
    assert own.rows("select count(*), count(distinct segment_id) from marts.customer_segments") == [
        (300, 2)
    ]


def test_only_clustering_features_take_part_but_all_are_described(own):
    used = own.rows("select feature from marts.feature_scalers where is_used order by 1")
    assert used == [("deposits",), ("plans",), ("visits",)]
    described = own.rows("select distinct feature from marts.segment_feature_profiles order by 1")
    assert described == [("age",), ("deposits",), ("plans",), ("visits",)]
    sample = own.frame("select * from features.training_sample").columns
    assert sorted(sample) == ["customer_id", "deposits", "plans", "visits"]


def test_a_category_of_the_table_describes_the_segments(own):
    assert own.rows("""
        select category, sum(customers), count(distinct cramers_v)
        from marts.segment_attribute_profiles group by 1 order by 1
    """) == [("north", 100, 1), ("south", 100, 1), ("unknown", 100, 1)]
    assert own.rows("""
        select distinct data_type from duckdb_columns() where column_name = 'town'
        and table_name = 'customer_features'
    """) == [("VARCHAR",)]


def test_unknown_values_are_filled_and_transformed_in_sql_as_in_the_fit(own):
    scored = own.rows("""
        with filled as (
            select
                customer_id,
                ln(1 + coalesce(visits, 0)) as visits,
                coalesce(deposits, median(deposits) over ()) as deposits,
                plans
            from features.customer_features
        ),
        scaled as (
            select
                customer_id,
                [
                    (deposits - avg(deposits) over ()) / stddev_pop(deposits) over (),
                    (plans - avg(plans) over ()) / stddev_pop(plans) over (),
                    (visits - avg(visits) over ()) / stddev_pop(visits) over ()
                ] as point
            from filled
        ),
        first_component as (
            select
                list(
                    component_weights.weight * feature_scalers.weight
                    order by component_weights.feature
                ) as weights
            from marts.component_weights
            inner join marts.feature_scalers using (feature)
            where component_weights.component = 1
        )
        select max(abs(
            customer_segments.component_1
            - list_dot_product(scaled.point, first_component.weights)
        ))
        from marts.customer_segments
        inner join scaled using (customer_id)
        cross join first_component
    """)
    assert scored[0][0] < 1e-9


def test_rules_look_at_the_users_own_features(own):
    assert own.rows("select distinct rule_fidelity from marts.segment_reliability") == [(1,)]
    (sentence,) = own.rows("select sentence from marts.segment_rules where rule_id = 1")[0]
    assert any(label in sentence for label in ("branch visits", "deposits", "plans held"))


def test_benefits_of_the_users_own_catalogue_are_profiled(own):
    assert own.rows("select distinct benefit from marts.segment_benefit_profiles") == [("savings",)]
    assert own.rows("select sum(holders) from marts.segment_benefit_profiles") == [(150,)]


def test_customers_are_explained_on_transformed_and_unknown_values(own, tmp_path):
    assert_segment_of_scores_like_the_model(own)
    assert_contributions_add_up(own)
    assert_smallest_changes_move_everyone(own, tmp_path)
    assert_changes_are_the_first_that_can_do(own)
    assumed = own.rows("""
        select sentence from marts.customer_segment_drivers(7) where feature = 'visits'
    """)
    assert "(assumed, as it is unknown)" in assumed[0][0]


def test_segments_of_the_users_own_features_are_published(own, tmp_path):
    result = own.publish(tmp_path / "published")
    assert result.returncode == 0, result.stderr
    file = tmp_path / "published" / "current" / "segments.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        (settings,) = connection.execute("select vars from marts.build_info").fetchall()[0]
    assert '"input_relations": {"wide": "crm.wide"}' in settings
    assert '"segment_count": 2' in settings


def test_every_row_of_the_table_is_accounted_for(own):
    assert own.rows("""
        select input, read_rows, used_rows from marts.input_row_counts where read_rows > 0
    """) == [("wide", 300, 300)]


def test_not_a_number_means_unknown_and_infinity_costs_a_row(tmp_path):
    warehouse = Warehouse(tmp_path / "warehouse.duckdb", company=declare(tmp_path / "company"))
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(CUSTOMERS)
        connection.execute("alter table crm.wide alter visits type double")
        connection.execute("update crm.wide set visits = 'nan' where customer_id = 9")
        connection.execute("update crm.wide set visits = 'inf' where customer_id = 10")
    warehouse.build("--vars", "{input_relations: {wide: crm.wide}}", dossier=False)
    assert warehouse.rows("""
        select customer_id, visits from features.customer_features where customer_id in ('9', '10')
    """) == [("9", None)]
    assert warehouse.rows("select record_key, rejection_reasons from marts.rejected_rows") == [
        ("10", "visits is not a whole number")
    ]
    assert warehouse.rows("select count(*) from marts.segment_profiles where isnan(within_ss)") == [
        (0,)
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            "log1p",
            "logarithm",
            'the feature visits has transform "logarithm"; a clustering feature has one of'
            " identity, log1p, clipped, clipped_log1p.",
        ),
        ("role: clustering,", "role: cluster,", 'visits has role "cluster"; it must be one of'),
        ("name: town", "name: customer", "a feature must not have the name customer"),
        (
            "unit: count,",
            "unit: category,",
            'the feature visits has transform "log1p"; a category has identity.',
        ),
        (
            "unit: years,",
            "unit: years, transform: identity,",
            'the feature age has transform "identity"; a profiling feature has none.',
        ),
        (
            "unit: category,",
            "unit: category, measure: holdings,",
            'the feature town has measure "holdings"; a category has none.',
        ),
        (
            ", input: wide",
            "",
            "the feature visits has neither a measure of accounts nor an input that holds it.",
        ),
        (
            ", input: wide",
            ", measure: volume",
            'the feature visits has measure "volume"; it must be one of holdings, balance, tenure,',
        ),
        (
            ", input: wide",
            ", measure: amount, transactions: [gift]",
            'visits has transactions "gift"; they must be some of in, out, missed.',
        ),
        (
            "input: wide",
            "input: Wide Table",
            'has input "Wide Table"; names of inputs are lower case letters, digits and',
        ),
        (
            "input: wide",
            "input: customers",
            'the feature visits has input "customers", which offers age_years,',
        ),
    ],
)
def test_a_catalogue_entry_with_a_wrong_word_is_named(tmp_path, right, wrong, said):
    company = declare(tmp_path / "company", CATALOG.replace(right, wrong, 1))
    warehouse = Warehouse(tmp_path / "warehouse.duckdb", company=company)
    result = warehouse.dbt(
        "build", "--select", "benefits", "feature_catalog", "--exclude-resource-type", "unit_test"
    )
    assert result.returncode != 0
    assert said in " ".join(result.stdout.split())


def test_a_new_feature_needs_only_its_column_and_its_entry(tmp_path):
    entry = CATALOG[CATALOG.index("      - name: visits") : CATALOG.index("      - name: deposits")]
    company = declare(tmp_path / "company", CATALOG + entry.replace("visits", "calls"))
    warehouse = Warehouse(tmp_path / "warehouse.duckdb", company=company)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(CUSTOMERS)
        connection.execute("alter table crm.wide add column calls integer")
        connection.execute("update crm.wide set calls = customer_id % 13")
    warehouse.build("--vars", "{input_relations: {wide: crm.wide}}", dossier=False)
    assert ("calls",) in warehouse.rows("select feature from marts.feature_importance")
