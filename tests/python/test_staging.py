"""Staging: every row is used or refused with its reasons, whatever the row order."""

import itertools
import random
import shutil

import duckdb
import jinja2
import pytest

from conftest import PROJECT, Warehouse
from print_summary import tell_inputs

INVISIBLE = "customer_id holds control or invisible characters"
UNLISTED = "customer_id is not among the usable customers"

# Per input the header and, by line, the reasons for which the row is refused.
CUSTOMERS = {
    "customer_id,joined_on,region": None,
    "1,2020-01-01,north": "",
    '2,,"a, ""b"" c"': "",
    "3,2999-01-01,": "",  # a bad optional value never costs a customer
    "4,31/12/2020,": "",
    ",2020-01-01,north": "customer_id is missing",
    "5\u200b,,": "",
    "5\u200b0,,": INVISIBLE,
    "\u200b,soon,": "customer_id is missing",
    " NaN ,,": "customer_id is missing",
    "9.1E+17,,": "customer_id is a rounded number",
    "6,2020-01-01": "line cannot be read: the line does not have 3 columns",
    "6,2020-01-01,,x": "line cannot be read: the line does not have 3 columns",
    '6,"2020"-01-01,': "line cannot be read: a quotation mark inside a value in quotation marks",
    "6,,S\udce3o": "line cannot be read: not UTF-8 text",
    "6,," + "x" * 17_000_000: "line cannot be read: more than 16 MiB",
    "1,2020-01-02,south": "customer_id is a duplicate",
    "  ,,": "customer_id is missing",
    "007,,,": "",  # only an empty value too many
    "7,,": "",
}
CREDIT_CARD_USAGE = {
    "CUST_ID,BALANCE,PURCHASES_FREQUENCY,TENURE": None,
    "1,1e3,1.1,12": "",
    "33,1,0,12": UNLISTED,
    "007,0x10,-0.5,12.7": "balance is not a number; purchases_frequency is negative",
    '2,"1,234.50",NaN,': "balance is not a number; purchases_frequency is not a number",
    "2,1_000,1e309,": "balance is not a number; purchases_frequency is not a number;"
    " customer_id is a duplicate",
}
BENEFIT_ACCOUNTS = {
    "account_id,customer_id,benefit,opened_on": None,
    "a1,1,loan,2020-01-01": "",
    "a2,2,Wealth Management,": "",
    "a3,33,loan,": UNLISTED,
    "a4,1,pension,2021-02-30": "benefit is unknown",
    "a5,1,loan,1899-12-31": "",
    "a6,1,loan,2999-01-01": "opened_on lies in the future",
    "a7,05,loan,": "customer_id is not among the usable customers",
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
STAGING = ["+rejected_rows", "+input_row_counts", "+data_quality_findings"]


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
        " where rejection_reasons like '%does not have 3 columns' order by 1 limit 1"
    )
    assert unreadable == [(12, "6,2020-01-01")]
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
    assert ids == [("007",), ("1",), ("2",), ("3",), ("4",), ("5",), ("7",)]


def test_bad_optional_values_are_findings(staged):
    found = staged.rows(
        "select rule, row_count, example_key from marts.data_quality_findings"
        " where rule like '%_not_usable' and row_count > 0 order by all"
    )
    assert found == [("joined_on_not_usable", 2, "3"), ("opened_on_not_usable", 1, "a5")]
    unknown = "select customer_id from staging.stg_customers where joined_on is null order by 1"
    assert staged.rows(unknown) == [("007",), ("2",), ("3",), ("4",), ("5",), ("7",)]


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
        staged_as = [name.replace("credit_card_usage", "customer_numbers") for name in copies]
        results.append(
            [warehouse.rows(f"from staging.stg_{name} order by all") for name in staged_as]
        )
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
    result = warehouse.dbt("run", "--select", "+customers_as_of", raw_data=folder)
    assert result.returncode == 0, result.stdout
    customers = "select customer_id from staging.customers_as_of where is_customer order by 1"
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
        " cannot be read: not UTF-8 text. See them with: dbt show"
    ) in result.stdout
    refused = "select count(*) from marts.rejected_rows"
    assert warehouse.rows(refused) == [(3,)]
    features = "from duckdb_tables() where table_name = 'customer_features'"
    assert warehouse.rows(features) == []


SPELLED = """
    select input, row_count, example_key
    from marts.data_quality_findings
    where rule = 'differently_spelled_id' and row_count > 0
    order by all
"""
COUNTS = """
    select input, read_rows, used_rows, left_out_rows, rejected_rows
    from marts.input_row_counts
    where location is not null
    order by input
"""


def test_ids_in_two_spellings_are_a_finding_with_both(warehouse, tmp_path):
    inputs = {
        "credit_card_usage": ["CUST_ID", "17", "18.0", "0019"],
        "benefit_accounts": [
            "account_id,customer_id,benefit",
            *("A1,17,loan", "A2,18,loan", "A3,19,loan", "A4,20,loan"),
        ],
        "benefit_transactions": [
            next(iter(BENEFIT_TRANSACTIONS)),
            *("t1,a1,2025-01-01,fee,1", "t2,a 1,2025-01-01,fee,1", "t3,b,2025-01-01,fee,1"),
        ],
    }
    run(warehouse, write(tmp_path / "raw", inputs))
    assert warehouse.rows(SPELLED) == [
        ("benefit_accounts", 1, "19 / 0019"),
        ("benefit_transactions", 2, "a 1 / A1"),
        ("credit_card_usage", 1, "18.0 / 18"),
    ]
    reasons = "select record_key, rejection_reasons from marts.rejected_rows order by all"
    assert warehouse.rows(reasons) == [
        ("t1", "account_id is not among the usable accounts"),
        ("t2", "account_id is not among the usable accounts"),
        ("t3", "account_id is not among the usable accounts"),
    ]


def test_whole_doubles_of_parquet_are_whole_ids(warehouse, tmp_path):
    folder = write(
        tmp_path / "raw",
        {"benefit_accounts": ["account_id,customer_id,benefit", "a,0,loan", "b,41,loan"]},
    )
    duckdb.sql(
        "select unnest([0, 41, 'nan'::double]) as customer_id, 2.5::double as region"
    ).write_parquet(str(folder / "customers.parquet"))
    run(warehouse, folder)
    assert warehouse.rows(COUNTS) == [
        ("benefit_accounts", 2, 2, 0, 0),
        ("customers", 3, 2, 0, 1),
    ]
    assert warehouse.rows(SPELLED) == []


@pytest.mark.parametrize(
    "nothing",
    [
        *("nan", "NULL", "None", "n/a", "NA", "nil", "NaT", "<NA>", "#N/A", "\\N", "-", "--", "?"),
        *(
            "(null)",
            "unknown",
            "undefined",
            "#DIV/0!",
            "\ufeff",
            "\u00a0\u200b",
            "\u00a0null\t",
            "\u2013",
        ),
    ],
)
def test_words_for_nothing_are_no_ids(connection, nothing):
    assert parse_key(connection, nothing) is None


@pytest.mark.parametrize(
    "key",
    ["0", "-1", "00", "N1", "NAN1", "Nanna", "n/a/1", "A-1", "k 1", "ключ", "a\\b", 'a"b', "1e5"],
)
def test_ids_are_kept_as_they_are(connection, key):
    assert parse_key(connection, key) == key
    for end in ("\t", "\r\n", "\0", "\u00a0", "\u200b", "\ufeff", "\u3000", "\u00ad", " "):
        assert parse_key(connection, f"{end}{key}{end}") == key


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        yield connection


def parse_key(connection, text):
    """Return what the macro parse_key makes of a text."""
    file = PROJECT / "macros" / "front_door" / "parse_values.sql"
    module = jinja2.Environment().from_string(file.read_text()).module
    return connection.execute(
        f"select {module.parse_key('key')} from (select ? as key)", [text]
    ).fetchall()[0][0]


def test_who_joined_or_opened_later_is_left_out(warehouse, tmp_path):
    inputs = {
        "customers": [
            "customer_id,joined_on",
            "1,2023-05-01",
            "2,2024-05-01",
            "3,",
            "4,soon",
            "5,",
        ],
        "benefit_accounts": [
            next(iter(BENEFIT_ACCOUNTS)),
            *("a1,1,loan,2023-05-01", "a2,2,loan,2024-05-01", "a3,3,loan,2024-05-01"),
            *("a4,4,loan,2024-05-01", "a5,4,loan,"),
        ],
        "benefit_transactions": [
            next(iter(BENEFIT_TRANSACTIONS)),
            *("t1,a1,2023-12-31,repayment,1", "t2,a2,2024-06-01,repayment,1"),
        ],
    }
    folder = write(tmp_path / "raw", inputs)
    result = warehouse.dbt(
        *("run", "--select", "+customers_as_of", "+input_row_counts"),
        *("--vars", "{as_of_date: '2023-12-31'}"),
        raw_data=folder,
    )
    assert result.returncode == 0, result.stdout
    customers = "select customer_id from staging.customers_as_of where is_customer order by 1"
    assert warehouse.rows(customers) == [("1",), ("4",), ("5",)]
    assert warehouse.rows(COUNTS) == [
        ("benefit_accounts", 5, 3, 2, 0),
        ("benefit_transactions", 2, 2, 0, 0),
        ("customers", 5, 3, 2, 0),
    ]


def test_the_summary_tells_who_is_left_out_and_what_to_set():
    told = tell_inputs([("customers", "c.csv", "9", "0", None, "3", "set date_format", None)])
    assert told == [
        "customers: 0 of 9 rows rejected",
        "customers: 3 of 9 rows left out: their customers joined, or opened their first account,"
        " after as_of_date",
        "customers: set date_format",
    ]
    assert len(tell_inputs([("customers", "c.csv", "9", "0", None, None, None, None)])) == 1


def declare(folder, formats):
    """Copy what the demo company declares, with other formats."""
    shutil.copytree(PROJECT / "data" / "demo" / "company", folder)
    header = "input,date_format,decimal_sign"
    (folder / "input_formats.csv").write_text("\n".join([header, *formats]) + "\n")
    return folder


def test_a_refusal_names_the_format_and_the_setting_reads_it(warehouse, tmp_path):
    inputs = {
        "benefit_accounts": ["account_id;customer_id;benefit;opened_on", "a;1;loan;31.01.2020"],
        "benefit_transactions": [
            next(iter(BENEFIT_TRANSACTIONS)).replace(",", ";"),
            *("t1;a;05/06/2025;repayment;1.234,50", "t2;a;25/06/2025;repayment;7,5-"),
        ],
    }
    folder = write(tmp_path / "raw", inputs)
    build = ["build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    build += ["--select", "+customers_as_of"]
    result = warehouse.dbt(*build, "+assert_rejected_share_is_within_limit", raw_data=folder)
    assert result.returncode == 1
    assert (
        "2 of 2 dates that cannot be read look like %d/%m/%Y: set date_format for"
        " benefit_transactions in input_formats.csv; 2 of 2 numbers that cannot be read have the"
        " decimal sign ,: set decimal_sign for benefit_transactions in input_formats.csv"
    ) in result.stdout
    assert "25/06" not in result.stdout
    suggested = "select suggestion from marts.input_row_counts where input = 'benefit_accounts'"
    assert warehouse.rows(suggested) == [
        (
            "1 of 1 dates that cannot be read look like %d.%m.%Y: set date_format for"
            " benefit_accounts in input_formats.csv",
        )
    ]
    company = declare(
        tmp_path / "it's a company",
        ['benefit_transactions,%d/%m/%Y,","', "benefit_accounts,%d.%m.%Y,"],
    )
    result = warehouse.dbt(*build, raw_data=folder, COMPANY_DIR=str(company))
    assert result.returncode == 0, result.stdout
    read = "select occurred_on::varchar, amount::double from staging.stg_benefit_transactions"
    assert warehouse.rows(read) == [("2025-06-05", 1234.5), ("2025-06-25", -7.5)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("clients,%d/%m/%Y,", "row 1: there is no input clients, only customers, "),
        ("customers,%d/%m/%y,", "row 1: date_format is %d/%m/%y; it must hold one each of %Y"),
        ("customers,DD/MM/YYYY,", "row 1: date_format is DD/MM/YYYY; it must hold"),
        ("customers,,;", "row 1: decimal_sign is ;; it must be . or , or empty"),
    ],
)
def test_an_invalid_format_stops_before_anything_runs(warehouse, tmp_path, line, problem):
    company = declare(tmp_path / "company", [line])
    result = warehouse.dbt("run", "--select", "base_customers", COMPANY_DIR=str(company))
    assert result.returncode != 0
    assert f"input_formats.csv, {problem}" in result.stdout
    assert warehouse.rows("select table_name from duckdb_tables()") == []
