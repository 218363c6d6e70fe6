"""Companies that declare their own benefits and inputs, all built from this one checkout."""

import csv
import gzip
import re
import shutil
from pathlib import Path

import pytest

from conftest import PROJECT, Warehouse
from own_feature_table import declare

POLICY_FEATURES = """
      - name: insurance_policy_holdings
        description: Policies open on as_of_date.
        data_type: double
        config: {meta: {benefit: insurance_policy, label: policies held, unit: count,
          transform: identity, null_policy: zero, role: clustering, measure: holdings}}
      - name: insurance_policy_balance
        description: Sum insured.
        data_type: double
        config: {meta: {benefit: insurance_policy, label: sum insured, unit: amount,
          transform: identity, null_policy: median, role: clustering, measure: balance}}
      - name: insurance_policy_premiums
        description: Premiums paid in the observed months.
        data_type: double
        config: {meta: {benefit: insurance_policy, label: premiums, unit: amount,
          transform: identity, null_policy: zero, role: clustering, measure: amount,
          transactions: [in]}}
      - name: insurance_policy_claims
        description: Claims paid out in the observed months.
        data_type: double
        config: {meta: {benefit: insurance_policy, label: claims, unit: count,
          transform: identity, null_policy: zero, role: clustering, measure: count,
          transactions: [claim]}}
      - name: insurance_policy_premium_frequency
        description: Share of the observed months with a premium.
        data_type: double
        config: {meta: {benefit: insurance_policy, label: premium frequency, unit: share,
          transform: identity, null_policy: zero, role: clustering, measure: share_of_months,
          transactions: [premium]}}
      - name: app_logins
        description: Logins to the app in the last year.
        data_type: double
        config: {meta: {benefit: all, label: app logins, unit: count, transform: log1p,
          null_policy: zero, role: clustering, input: app_use, column: Logins (12 months)}}
"""


@pytest.fixture(scope="module")
def demo_with_policies(tmp_path_factory) -> Path:
    """A copy of the demo folder with a fifth benefit and a second table of numbers."""
    folder = tmp_path_factory.mktemp("policies") / "demo"
    shutil.copytree(PROJECT / "data" / "demo", folder)
    company = folder / "company"
    with (company / "benefits.csv").open("a") as benefits:
        benefits.write("insurance_policy,insurance policies,policy,policies,false,1\n")
    with (company / "transaction_types.csv").open("a") as types:
        types.write("insurance_policy,premium,in\ninsurance_policy,claim,out\n")
    with (company / "customer_features.yml").open("a") as catalogue:
        catalogue.write(POLICY_FEATURES.removeprefix("\n"))

    with (folder / "customers.csv").open() as file:
        customers = sorted({row["customer_id"] for row in csv.DictReader(file)})
    insured = customers[::3]
    with (folder / "benefit_accounts.csv").open("a") as accounts:
        accounts.writelines(
            f"V{number},{customer},insurance_policy,2020-01-15,,{5000 + number}\n"
            for number, customer in enumerate(insured)
        )
    transactions = folder / "benefit_transactions.csv.gz"
    with gzip.open(transactions, "rt") as file:
        text = file.read()
    with gzip.open(transactions, "wt") as file:
        file.write(text)
        for number in range(len(insured)):
            file.writelines(
                f"VP{number}-{month},V{number},2025-{month:02}-15,premium,25.5\n"
                for month in range(1, 13)
            )
            if number % 4 == 0:
                file.write(f"VC{number},V{number},2025-06-20,claim,300\n")
    with (folder / "app_use.csv").open("w") as logins:
        logins.write("Customer ID;LOGINS_12_MONTHS\n")
        logins.writelines(
            f"{customer};{number % 40}\n" for number, customer in enumerate(customers[::2])
        )
    return folder


@pytest.fixture(scope="module")
def insurer(demo_with_policies, tmp_path_factory) -> Warehouse:
    path = tmp_path_factory.mktemp("insurer") / "warehouse.duckdb"
    warehouse = Warehouse(path, company=demo_with_policies / "company")
    return warehouse.build("--vars", "{segment_count: 6}", dossier=False)


def test_a_benefit_is_added_without_sql(insurer):
    assert insurer.rows("""
        select distinct
            insurance_policy_holdings, insurance_policy_premiums, insurance_policy_claims,
            insurance_policy_premium_frequency
        from features.customer_features
        order by all
    """) == [(0, 0, 0, 0), (1, 306, 0, 1), (1, 306, 1, 1)]
    described = insurer.rows("""
        select distinct feature from marts.segment_feature_profiles
        where benefit = 'insurance_policy'
    """)
    assert len(described) == 5
    holders = insurer.rows("""
        select sum(holders) from marts.segment_benefit_profiles where benefit = 'insurance_policy'
    """)
    held = "select count(*) from features.customer_features where insurance_policy_holdings > 0"
    assert holders == insurer.rows(held)
    assert insurer.rows("select benefits_held from features.customer_features order by 1 desc")[0][
        0
    ] in (4, 5)
    sentences = insurer.rows("select sentence from marts.segment_cards")
    assert any("premium" in sentence or "olic" in sentence for (sentence,) in sentences)


def test_columns_of_a_company_are_documented_in_the_database(insurer):
    assert insurer.rows("""
        select data_type, comment from duckdb_columns()
        where table_name = 'customer_features' and column_name = 'insurance_policy_claims'
    """) == [("DOUBLE", "Claims paid out in the observed months.")]


def test_another_table_of_numbers_is_added_without_sql(insurer):
    """Its header is found as every header is; who has no row has no activity."""
    assert insurer.rows("""
        select read_rows, used_rows from marts.input_row_counts where input = 'app_use'
    """) == [(1503, 1500)]
    assert insurer.rows(
        "select max(app_logins), min(app_logins) from features.customer_features"
    ) == [(39, 0)]
    assert insurer.rows("""
        select count(*) from marts.feature_scalers where feature = 'app_logins' and is_used
    """) == [(1,)]


def test_two_companies_are_built_from_one_checkout(insurer, own, demo):
    """Neither sees what the other declares, whichever was built last."""
    features = "select feature from features.feature_catalog order by position"
    assert [name for (name,) in own.rows(features)] == [
        "visits",
        "deposits",
        "plans",
        "age",
        "town",
    ]
    assert ("insurance_policy_claims",) in insurer.rows(features)
    assert ("insurance_policy_claims",) not in demo.rows(features)
    benefits = "select benefit from reference.benefits order by 1"
    assert own.rows(benefits) == [("branch",), ("savings",)]
    assert len(insurer.rows(benefits)) == 5


def test_a_company_without_accounts_needs_none(tmp_path):
    """Everything but the catalogue and the names of the benefits may be empty."""
    company = declare(tmp_path / "company")
    (tmp_path / "wide.csv").write_text(
        "customer_id,visits,deposits,plans,age,town\n"
        + "".join(f"{i},{i % 9},{i % 2 * 900 + i},{i % 2},{20 + i % 50},x\n" for i in range(200))
    )
    warehouse = Warehouse(tmp_path / "warehouse.duckdb", company=company).build(dossier=False)
    assert warehouse.rows("select count(*) from marts.customer_segments") == [(200,)]


def test_the_unit_tests_pass_whatever_a_company_declares(own, tmp_path):
    """None of the features of the demo insurer is there: plain `dbt build` runs them as well."""
    warehouse = own.copy(tmp_path)
    result = warehouse.dbt(
        *("test", "--select", "test_type:unit", "--vars", "{input_relations: {wide: crm.wide}}")
    )
    assert result.returncode == 0, result.stdout
    assert re.search(r"PASS=(1\d\d) WARN=0 ERROR=0 SKIP=0", result.stdout)
