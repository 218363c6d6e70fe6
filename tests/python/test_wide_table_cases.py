"""A wide table with faults: each is a rejected row, or one clear message before the fit."""

import duckdb
import pytest

from conftest import Warehouse
from own_feature_table import declare

FIRST_LINES = """
models:
  - name: customer_features
    description: One row per customer.
    config: {contract: {enforced: true}}
    columns:
      - {name: customer_id, data_type: varchar, description: Key.}
"""
BENEFITS = "benefit,label,singular,plural,is_owed,weight\n" + "".join(
    f"{benefit},{benefit},{benefit},{benefit}s,false,1\n"
    for benefit in ("branch", "card", "motor", "life", "health", "fresh", "milk")
)


def feature(name: str, benefit: str, more: str = "", unit="amount", transform="identity") -> str:
    return f"""
      - name: {name}
        description: The feature {name}.
        data_type: double
        config: {{meta: {{benefit: {benefit}, label: {name}, unit: {unit}, transform: {transform},
          null_policy: median, role: clustering, input: shop{more}}}}}
"""


VISITS = feature("visits", "branch", unit="count")


def company(folder, catalogue: str, table: str) -> Warehouse:
    """Return a warehouse with the table crm.shop, of a company with these features."""
    declared = declare(folder / "company", FIRST_LINES + catalogue, BENEFITS)
    warehouse = Warehouse(folder / "warehouse.duckdb", company=declared)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(f"create schema crm; create table crm.shop as {table}")
    return warehouse


def settings(**more) -> tuple[str, str]:
    chosen = {"segment_count": 2} | more
    listed = ", ".join(f"{name}: {value}" for name, value in chosen.items())
    return "--vars", f"{{input_relations: {{shop: crm.shop}}, {listed}}}"


# 300 customers in two groups; the faults come after them.
ROWS = """
    select
        case when i between 300 and 303 then i - 300 when i in (304, 305) then null else i end
            as customer_id,
        case
            when i = 306 then '2.5' when i = 307 then 'often' when i = 308 then '-1'
            else cast(i % 7 * 10 as varchar)
        end as visits,
        case
            when i = 309 then 'n/a' when i = 310 then 'infinity' when i = 311 then '1.234,50'
            when i = 312 then '' when i = 313 then ' 12.5 '
            else cast(i % 2 * 1000 + i % 11 as varchar)
        end as "Spend Total",
        case when i = 314 then cast('infinity' as double) when i = 315 then 'nan' else i % 5 end
            as "Order"
    from range(316) as t (i)
"""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory) -> Warehouse:
    """One build of a table with many faults, with capitals and a word of SQL as headers."""
    catalogue = (
        VISITS
        + feature("spend", "card", ", column: Spend Total")
        + feature("orders", "card", ", column: Order")
    )
    warehouse = company(tmp_path_factory.mktemp("faulty"), catalogue, ROWS)
    return warehouse.build(*settings(), dossier=False)


def test_each_bad_row_is_rejected_with_its_reason(faulty):
    assert faulty.rows("""
        select record_key, rejection_reasons from marts.rejected_rows order by row_number
    """) == [
        *[(str(i), "customer_id is a duplicate") for i in range(4)],
        *[(None, "customer_id is missing")] * 2,
        ("306", "visits is not a whole number"),
        ("307", "visits is not a whole number"),
        ("308", "visits is negative"),
        ("309", "Spend Total is not a number"),
        ("310", "Spend Total is not a number"),
        ("311", "Spend Total is not a number"),
        ("314", "Order is not a number"),
    ]


def test_every_other_row_is_used(faulty):
    assert faulty.rows("""
        select read_rows, rejected_rows, used_rows from marts.input_row_counts where input = 'shop'
    """) == [(316, 13, 303)]
    assert faulty.rows("select count(*) from marts.customer_segments") == [(303,)]
    assert faulty.rows("""
        select customer_id, spend, orders from features.customer_features
        where customer_id in ('312', '313', '315') order by 1
    """) == [("312", None, 2), ("313", 12.5, 3), ("315", 1007, None)]


def test_unknown_values_are_a_finding(faulty):
    found = dict(faulty.rows("select rule, row_count from marts.data_quality_findings"))
    assert found["spend_unknown"] == 1
    assert found["orders_unknown"] == 1


@pytest.mark.parametrize(
    ("catalogue", "said"),
    [
        (
            VISITS + feature("default", "card"),
            "a feature must not have the name default, which is a reserved word of SQL."
            " Choose another name, for example default_value.",
        ),
        (
            VISITS + feature("Spend Total", "card"),
            'the feature Spend Total has the benefit "card"; names of features and benefits are'
            " lower case letters, digits and underscores.",
        ),
        (
            VISITS + feature("segment_id", "card"),
            "a feature must not have the name segment_id, which is a column of another table.",
        ),
        (
            VISITS + feature("spend", "card"),
            "crm.shop has no column spend. Columns found: customer_id, visits, Spend Total, Order."
            " Rename the column that holds it.",
        ),
    ],
)
def test_what_no_row_can_have_stops_before_the_fit(tmp_path, catalogue, said):
    warehouse = company(tmp_path, catalogue, ROWS)
    arguments = ["--select", "+stg_customer_numbers", "--exclude-resource-type", "unit_test"]
    result = warehouse.dbt("build", *arguments, *settings())
    assert result.returncode != 0
    assert said in " ".join(result.stdout.split())
    # No row, and no line of code.
    assert "Traceback" not in result.stdout
    assert "often" not in result.stdout


def test_one_extreme_value_is_found_and_said(tmp_path, run_summary):
    """It makes a segment of its own: the summary says so first, and names what helps."""
    catalogue = "".join(
        feature(line, line, ", measure: holdings") for line in ("motor", "life", "health")
    )
    table = """
        select
            i as customer_id, 300 + i * 37 % 200 as motor, i * 53 % 150 as life,
            case when i = 7 then 28272 else 100 + i * 91 % 120 end as health
        from range(1000) as t (i)
    """
    warehouse = company(tmp_path, catalogue, table)
    warehouse.build(*settings(segment_count=3), dossier=False)
    assert warehouse.rows("""
        select row_count, example_key from marts.data_quality_findings
        where rule like '%health%' or description like '%health%'
    """) == [(1, "7")]
    assert warehouse.rows("select min(customers) from marts.segment_profiles") == [(1,)]
    summary = run_summary(warehouse)
    assert "health" in summary
    assert "clipped" in summary


def test_plain_means_that_contradict_the_logarithm_are_said(tmp_path, run_summary):
    """Three customers who buy a lot of one thing and none of the other: high mean, low to the model."""
    catalogue = "".join(feature(food, food, transform="log1p") for food in ("fresh", "milk"))
    table = """
        select
            i as customer_id,
            case when i < 3 then 999999 when i < 6 then 0 else 5000 + i end as fresh,
            case when i < 3 then 0 when i < 6 then 999999 else 4000 + i end as milk
        from range(300) as t (i)
    """
    warehouse = company(tmp_path, catalogue, table)
    warehouse.build(*settings(segment_count=3), dossier=False)
    print(run_summary(warehouse))
    print(warehouse.rows("select segment_name, customers from marts.segment_profiles"))
    print(warehouse.rows("select sentence from marts.segment_cards"))
    raise AssertionError
