"""A wide table with faults: each is a rejected row, or one clear message before the fit.

Extreme values, and words beside means that contradict them, are in test_extreme_values.py.
"""

import duckdb
import pytest

from conftest import Warehouse
from own_feature_table import CATALOG_HEAD, declare

BENEFITS = "benefit,label,singular,plural,is_owed,weight\n" + "".join(
    f"{benefit},{benefit},{benefit},{benefit}s,false,1\n" for benefit in ("branch", "card")
)


def feature(name: str, benefit: str, more: str = "", unit="amount") -> str:
    return f"""
      - name: {name}
        description: The feature {name}.
        data_type: double
        config: {{meta: {{benefit: {benefit}, label: {name}, unit: {unit}, transform: identity,
          null_policy: median, role: clustering, input: shop{more}}}}}
"""


VISITS = feature("visits", "branch", unit="count")


def company(folder, catalogue: str, table: str) -> Warehouse:
    """Return a warehouse with the table crm.shop, of a company with these features."""
    declared = declare(folder / "company", CATALOG_HEAD + catalogue, BENEFITS)
    warehouse = Warehouse(folder / "warehouse.duckdb", company=declared)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(f"create schema crm; create table crm.shop as {table}")
    return warehouse


SETTINGS = ("--vars", "{input_relations: {shop: crm.shop}, segment_count: 2}")


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
    return warehouse.build(*SETTINGS, dossier=False)


def test_each_bad_row_is_rejected_with_its_reason(faulty):
    assert faulty.rows("""
        select record_key, rejection_reasons from marts.rejected_rows
        order by record_key is not null, cast(record_key as integer)
    """) == [
        *[(None, "customer_id is missing")] * 2,
        *[(str(i), "customer_id is a duplicate") for i in range(4)],
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
    result = warehouse.dbt("build", *arguments, *SETTINGS)
    assert result.returncode != 0
    assert said in " ".join(result.stdout.split())
    # No row, and no line of code.
    assert "Traceback" not in result.stdout
    assert "often" not in result.stdout
