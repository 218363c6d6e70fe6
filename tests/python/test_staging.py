"""Staging: every row is used or refused with its reasons, whatever the row order."""

import itertools
import random

import pytest

from conftest import Warehouse

CONTROL = "customer_id holds control characters"
UNLISTED = "customer_id is not among the usable customers"

# Per input the header and, by line, the reasons for which the row is refused.
CUSTOMERS = {
    "customer_id,joined_on,region": None,
    "1,2020-01-01,north": "",
    '2,,"a, ""b""\n\nc"': "",
    "3,2999-01-01,": "joined_on lies in the future",
    "4,31/12/2020,": "joined_on is not a date (YYYY-MM-DD)",
    ",2020-01-01,north": "customer_id is missing",
    "5\0,,": CONTROL,
    "\0,soon,": f"{CONTROL}; joined_on is not a date (YYYY-MM-DD)",
    "6,2020-01-01": "line cannot be read as 3 columns (missing columns)",
    "6,2020-01-01,,x": "line cannot be read as 3 columns (too many columns)",
    '6,"2020"-01-01,': "line cannot be read as 3 columns (unquoted value)",
    "6,,S\udce3o": "line cannot be read as 3 columns (invalid encoding)",
    "6,," + "x" * 17_000_000: "line cannot be read as 3 columns (line size over maximum)",
    "1,2020-01-02,south": "customer_id is a duplicate",
    "  ,,": "customer_id is missing",
    "007,,,": "",  # only an empty value too many
    "7,,": "",
}
CREDIT_CARD_USAGE = {
    "CUST_ID,BALANCE,PURCHASES_FREQUENCY,TENURE": None,
    "1,1e3,1.1,12": "",
    "3,1,0,12": UNLISTED,
    "007,0x10,-0.5,12.7": "balance is not a number; purchases_frequency is negative;"
    " tenure is not a whole number",
    '2,"1,234.50",NaN,': "balance is not a number; purchases_frequency is not a number",
    "2,1_000,1e309,": "balance is not a number; purchases_frequency is not a number;"
    " customer_id is a duplicate",
}
BENEFIT_ACCOUNTS = {
    "account_id,customer_id,benefit,opened_on": None,
    "a1,1,loan,2020-01-01": "",
    "a2,2,Wealth Management,": "",
    "a3,3,loan,": UNLISTED,
    "a4,1,pension,2021-02-30": "benefit is unknown; opened_on is not a date (YYYY-MM-DD)",
    "a5,1,loan,1899-12-31": "opened_on lies before 1900",
}
BENEFIT_TRANSACTIONS = {
    "transaction_id,account_id,occurred_at,transaction_type,amount": None,
    "t1,a1,2025-01-01T10:00:00Z,repayment,10": "",
    "t2,a3,2025-01-01,repayment,10": "account_id is not among the usable accounts",
    "t3,a4,2025-01-01,gift,": "transaction_type is unknown; amount is missing;"
    " account_id is not among the usable accounts",
    "t4,a1,,repayment,inf": "occurred_at is missing; amount is not a number",
}
INPUTS = {
    "customers": CUSTOMERS,
    "credit_card_usage": CREDIT_CARD_USAGE,
    "benefit_accounts": BENEFIT_ACCOUNTS,
    "benefit_transactions": BENEFIT_TRANSACTIONS,
}
STAGING = ["+rejected_rows", "+input_row_counts"]


def write(folder, inputs):
    """Write a file per input; half a surrogate pair stands for a byte of latin-1."""
    folder.mkdir()
    for name, text in inputs.items():
        content = "\r\n".join(text) + "\r\n"
        (folder / f"{name}.csv").write_bytes(content.encode(errors="surrogateescape"))
    return folder


def run(warehouse, folder):
    result = warehouse.dbt("run", "--select", *STAGING, raw_data=folder)
    assert result.returncode == 0, result.stdout
    return warehouse


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("staged")
    return run(Warehouse(folder / "warehouse.duckdb"), write(folder / "raw", INPUTS))


@pytest.mark.parametrize("input_", INPUTS)
def test_every_row_is_used_or_refused_with_its_reasons(staged, input_):
    refused = staged.rows(
        "select rejection_reasons from marts.rejected_rows where input = ?", input_
    )
    expected = [reasons for reasons in INPUTS[input_].values() if reasons]
    assert sorted(reasons for (reasons,) in refused) == sorted(expected)
    counts = staged.rows(
        "select read_rows, used_rows, rejected_rows from marts.input_row_counts where input = ?",
        input_,
    )
    rows = len(INPUTS[input_]) - 1
    assert counts == [(rows, rows - len(expected), len(expected))]


def test_refused_rows_can_be_found_in_the_file(staged):
    unreadable = staged.rows(
        "select line_number, raw_row from marts.rejected_rows"
        " where rejection_reasons like '%(missing columns)'"
    )
    assert unreadable == [(9, "6,2020-01-01")]  # a value of several lines counts as one
    row = staged.rows(
        "select row_number, record_key, raw_row from marts.rejected_rows"
        " where rejection_reasons like 'benefit is unknown%'"
    )
    assert row == [
        (
            4,
            "a4",
            '{"row_number":"4","account_id":"a4","customer_id":"1","benefit":"pension",'
            '"opened_on":"2021-02-30","closed_on":null,"balance":null}',
        )
    ]


def test_ids_stay_text(staged):
    ids = staged.rows("select customer_id from staging.stg_customers order by 1")
    assert ids == [("007",), ("1",), ("2",), ("7",)]


def test_row_order_does_not_matter(staged, tmp_path):
    keys = ["1", "2", "007"]
    copies = {
        "customers": [
            f"{key},{day},{region}"
            for key, day, region in itertools.product(keys, ["2020-01-01", "", "soon"], ["a", "b"])
        ],
        "credit_card_usage": [
            f"{key},{balance},{share},12"
            for key, balance, share in itertools.product(keys, [1, 2, "x"], [0, 1, ""])
        ],
        "benefit_accounts": [
            f"a1,{key},{benefit},"
            for key, benefit in itertools.product(keys, ["loan", "savings plan", "x"])
        ],
        "benefit_transactions": [
            f"t1,a1,{day},{kind},{amount}"
            for day, kind, amount in itertools.product(
                ["2025-01-01", ""], ["fee", "x"], [1, 2, "-"]
            )
        ],
    }
    results = []
    for seed in range(2):
        inputs = {}
        for name, rows in copies.items():
            header = next(iter(INPUTS[name]))
            inputs[name] = [header, *random.Random(seed).sample(rows, len(rows))]
        warehouse = Warehouse(tmp_path / "warehouse.duckdb")
        run(warehouse, write(tmp_path / f"raw{seed}", inputs))
        results.append([warehouse.rows(f"from staging.stg_{name} order by all") for name in copies])
        results[-1].append(
            warehouse.rows(
                "select input, record_key, rejection_reasons, raw_row ->> '$.*'[2:]"
                " from marts.rejected_rows order by all"
            )
        )
    assert results[0] == results[1]
    assert [len(rows) for rows in results[0][:4]] == [3, 3, 1, 1]


def test_everyone_mentioned_is_a_customer_when_none_are_listed(warehouse, tmp_path):
    inputs = {
        "credit_card_usage": ["CUST_ID", "1", "2"],
        "benefit_accounts": ["account_id,customer_id,benefit", "a,2,loan", "b,3,loan"],
    }
    folder = write(tmp_path / "raw", inputs)
    result = warehouse.dbt("run", "--select", "+int_customers", raw_data=folder)
    assert result.returncode == 0, result.stdout
    customers = "select customer_id from features.int_customers order by 1"
    assert warehouse.rows(customers) == [("1",), ("2",), ("3",)]


def test_build_stops_when_too_many_rows_are_refused(warehouse, tmp_path):
    latin_1 = [f"{row},,M\udcfcnchen" for row in range(3)]
    good = [f"x{row},," for row in range(50)]
    header = next(iter(CUSTOMERS))
    folder = write(tmp_path / "raw", {"customers": [header, *latin_1, *good]})
    build = ["build", "--exclude-resource-type", "unit_test"]
    result = warehouse.dbt(*build, raw_data=folder)
    assert result.returncode == 1
    assert (
        f"customers ({folder}/customers.csv): 3 of 53 rows were rejected, more than the"
        " share of 0.05 that max_rejected_share allows. Most frequent reason: line"
        " cannot be read as 3 columns (invalid encoding). See them with: dbt show"
    ) in result.stdout
    refused = "select count(*) from marts.rejected_rows"
    assert warehouse.rows(refused) == [(3,)]
    features = "from duckdb_tables() where table_name = 'customer_features'"
    assert warehouse.rows(features) == []
