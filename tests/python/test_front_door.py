"""The front door: what it reads from files and tables, and what it refuses and how."""

import csv
import datetime
import gzip
import io
import itertools
import json

import duckdb
import pytest

from conftest import Warehouse

COLUMNS = {
    "customers": ["customer_id", "region"],
    "credit_card_usage": ["CUST_ID", "BALANCE"],
    "benefit_accounts": ["account_id", "customer_id", "benefit"],
    "benefit_transactions": [
        *("transaction_id", "account_id", "occurred_at", "transaction_type", "amount"),
    ],
}
CUSTOMERS = "customer_id,region\n1,north\n"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """One warehouse for all: every run empties raw_inputs, and dbt parses only once."""
    return Warehouse(tmp_path_factory.mktemp("built") / "warehouse.duckdb")


@pytest.fixture
def folder(tmp_path):
    """An empty RAW_DATA_DIR."""
    path = tmp_path / "raw"
    path.mkdir()
    return path


def load(warehouse, folder, **variables):
    """Run the front door, which is a hook, before one model."""
    arguments = ["run", "--select", "base_customers", "--vars", json.dumps(variables)]
    return warehouse.dbt(*arguments, raw_data=folder)


def loaded(warehouse, folder, **variables):
    result = load(warehouse, folder, **variables)
    assert result.returncode == 0, result.stdout
    return warehouse


def refusal(warehouse, folder, **variables):
    """Return what dbt prints when the front door refuses its input."""
    result = load(warehouse, folder, **variables)
    assert result.returncode != 0
    assert "Compilation Error" in result.stdout  # our own words, not DuckDB's
    return result.stdout


def raw_rows(warehouse, input_, columns="* exclude (row_number)"):
    return warehouse.rows(f"select {columns} from raw_inputs.{input_} order by row_number")


def found_rows(warehouse):
    return dict(warehouse.rows("select input, row_count from raw_inputs.input_locations"))


# ---- Dialects of CSV that are read: one input each, four to a run ----

PLAIN = ["007", "a b", "é"]
LINES = ["first\n\n  \nlast\n", "\nCR LF\r\n\r\nlast", 'a "quote", a comma']


def lines(table, delimiter=",", ends="\n"):
    """Write a table by hand; `ends` take turns."""
    pairs = zip(table, itertools.cycle([ends] if isinstance(ends, str) else ends))
    return "".join(delimiter.join(row) + end for row, end in pairs).encode()


def quoted(table, ends="\n"):
    """Write a table with every value in quotation marks."""
    output = io.StringIO()
    csv.writer(output, quoting=csv.QUOTE_ALL, lineterminator=ends).writerows(table)
    return output.getvalue().encode()


def mixed(table):
    """Write quoted rows that end with LF and CR LF in turn."""
    ends = itertools.cycle([b"\n", b"\r\n"])
    return b"".join(quoted([row], ends="") + next(ends) for row in table)


def blank_lines(table, end="\n"):
    return lines(table, ends=[f"{end}{end}", f"{end}  {end}{end}"])


DIALECTS = {
    "comma": (PLAIN, lines),
    "semicolon": (PLAIN, lambda table: lines(table, ";")),
    "tab": (PLAIN, lambda table: lines(table, "\t")),
    "pipe": (PLAIN, lambda table: lines(table, "|")),
    "byte order mark": (PLAIN, lambda table: b"\xef\xbb\xbf" + quoted(table)),
    "no final line end": (PLAIN, lambda table: lines(table).rstrip()),
    "only a header": ([], lines),
    "CR LF": (PLAIN, lambda table: lines(table, ends="\r\n")),
    "CR": (PLAIN, lambda table: lines(table, ends="\r")),
    "CR LF, no final line end": (
        PLAIN,
        lambda table: lines(table, ends="\r\n").rstrip(),
    ),
    "blank lines": (PLAIN, blank_lines),
    "blank lines, CR LF": (PLAIN, lambda table: blank_lines(table, "\r\n")),
    "LF then CR LF": (PLAIN, lambda table: lines(table, ends=["\n", "\r\n"])),
    "CR LF then LF": (PLAIN, lambda table: lines(table, ends=["\r\n", "\n"])),
    "LF and CR LF, quoted": (LINES, mixed),
    "only the header ends with LF": (
        PLAIN,
        lambda table: lines(table[:1]) + lines(table[1:], ends="\r\n"),
    ),
    "line ends in values": (LINES, quoted),
    "line ends in values, CR LF": (LINES, lambda table: quoted(table, "\r\n")),
    "blank lines and line ends in values, CR LF": (
        LINES,
        lambda table: quoted(table, "\r\n").replace(b'"\r\n"', b'"\r\n\r\n"'),
    ),
    "3 MB in one line": (["007", "x" * 3_000_000, "é"], lines),
}


@pytest.fixture(scope="module")
def readings(warehouse, tmp_path_factory):
    """For every dialect the rows written, the rows read and the number counted."""
    results, dialects = {}, iter(DIALECTS.items())
    while batch := list(zip(COLUMNS.items(), dialects, strict=False)):
        folder = tmp_path_factory.mktemp("raw")
        written = {}
        for (input_, columns), (_, (values, write)) in batch:
            written[input_] = [(value,) * len(columns) for value in values]
            path = folder / f"{input_}.csv"
            path.write_bytes(write([columns, *written[input_]]))
        counted = found_rows(loaded(warehouse, folder))
        for (input_, columns), (dialect, _) in batch:
            names = ", ".join(columns).replace("CUST_ID", "customer_id")
            read = raw_rows(warehouse, input_, names)
            results[dialect] = (written[input_], read, counted[input_])
    return results


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialect_is_read(readings, dialect):
    expected, read, counted = readings[dialect]
    assert read == expected
    assert counted == len(expected)


# ---- Columns ----


def test_columns_are_found_by_name(warehouse, folder):
    (folder / "customers.csv").write_text(
        '\ufeff"Customer ID","first, last",REGION,joined-on,x\n1,ann,north,2020-01-01,\n'
    )
    (folder / "CREDIT_CARD_USAGE.CSV").write_text("Balance, CUST_ID ,TENURE,\n5,7,12,\n")
    (folder / "benefit_accounts.csv").write_text(
        "benefit;custid;Account_Id\nloan;1;20000000000000000001\n"
    )
    result = load(warehouse, folder)
    assert "customers.csv: no column birth_date, marketing_consent; taken" in result.stdout
    assert raw_rows(warehouse, "customers") == [("1", "2020-01-01", None, "north", None)]
    card_usage = raw_rows(warehouse, "credit_card_usage", "customer_id, balance, tenure")
    assert card_usage == [("7", "5", "12")]
    assert raw_rows(warehouse, "benefit_accounts") == [
        ("20000000000000000001", "1", "loan", None, None, None)
    ]
    ignored = warehouse.rows(
        "select ignored_columns from raw_inputs.input_locations order by input"
    )
    assert ignored == [(None,), (None,), (None,), ("first, last, x",)]


def test_missing_file_is_taken_as_empty_and_said_once(warehouse, folder):
    (folder / "customers.csv").write_text(CUSTOMERS)
    (folder / "transactions.csv").write_text("transaction_id\n1\n")
    result = load(warehouse, folder)
    stray = f"{folder}/transactions.csv: no input has this name; ignored"
    assert result.stdout.count(stray) == 1
    for input_ in list(COLUMNS)[1:]:
        said = f"{input_}: no file in {folder}; treated as empty"
        assert result.stdout.count(said) == 1
        assert raw_rows(warehouse, input_) == []
    assert "customers: no file" not in result.stdout


def test_one_column_may_have_blank_lines(warehouse, folder):
    (folder / "customers.csv").write_text('customer_id\n\n1\n  \n"2"\n""\n\n3\n\n')
    loaded(warehouse, folder)
    keys = raw_rows(warehouse, "customers", "row_number, customer_id")
    assert keys == [(1, "1"), (2, "2"), (3, "3")]
    assert found_rows(warehouse)["customers"] == 3


# ---- Other places and formats ----


def test_path_may_hold_any_character(warehouse, tmp_path):
    folder = tmp_path / "it's [one] of *?"
    folder.mkdir()
    (folder / "customers.csv").write_text(CUSTOMERS)
    (folder / "BENEFIT_ACCOUNTS.CSV.GZ").write_bytes(
        gzip.compress(lines([COLUMNS["benefit_accounts"], ["a", "1", "loan"]]))
    )
    usage = folder / "credit_card_usage.parquet"
    text = str(usage).replace("'", "''")
    duckdb.execute(f"copy (select 'c' as cust_id) to '{text}'")
    for decoy in ("it's o of all", "it's [one] of all"):
        (tmp_path / decoy).mkdir()
        (tmp_path / decoy / "customers.csv").write_text(CUSTOMERS)
    loaded(warehouse, folder)
    assert found_rows(warehouse) == {
        **dict.fromkeys(COLUMNS, 1),
        "benefit_transactions": 0,
    }
    locations = "select location from raw_inputs.input_locations where location is not null"
    assert (str(usage),) in warehouse.rows(locations)


def test_parquet_keeps_its_values(warehouse, folder):
    duckdb.execute(f"""
        copy (
            select
                20000000000000000001::decimal(20) as customer_id,
                date '2020-01-31' as joined_on,
                timestamp '1980-02-29 10:00:00' as birth_date,
                true as marketing_consent, [1, 2] as tags
        ) to '{folder}/customers.parquet'
    """)
    duckdb.execute(f"""
        copy (
            select '20000000000000000001' as cust_id, 1e-05::double as balance,
                12::double as tenure
            union all select '7', 'nan', 12.5
        ) to '{folder}/credit_card_usage.parquet'
    """)
    duckdb.execute(f"""
        copy (
            select 'x' as account_id, '1' as customer_id, 'loan' as benefit where false
        ) to '{folder}/benefit_accounts.parquet'
    """)
    built = warehouse.dbt("run", "--select", "+input_row_counts", raw_data=folder)
    assert built.returncode == 0, built.stdout
    assert warehouse.rows("from staging.stg_customers") == [
        (
            "20000000000000000001",
            None,
            True,
            datetime.date(2020, 1, 31),
            datetime.date(1980, 2, 29),
        )
    ]
    usage = "select customer_id, balance, tenure_months from staging.stg_credit_card_usage"
    assert warehouse.rows(usage) == [("20000000000000000001", 1e-05, 12)]
    counts = warehouse.rows(
        "select read_rows, used_rows, ignored_columns, most_frequent_reason"
        " from marts.input_row_counts order by input"
    )
    assert counts == [
        (0, 0, None, None),
        (0, 0, None, None),
        (2, 1, None, "balance is not a number"),
        (1, 1, "tags", None),
    ]
    raw_rows_refused = "select raw_row ->> 'balance' from marts.rejected_rows"
    assert warehouse.rows(raw_rows_refused) == [("nan",)]


# ---- What is refused at the door, with our own words ----

MANY_ROWS = [f"{row},north" for row in range(200_000)]
NO_FILE = "No input found in RAW_DATA_DIR={folder}. It must be a folder"
MEND = " lines cannot be accounted for"

REFUSED_FILES = {
    "empty folder": ({}, [NO_FILE]),
    "folder without inputs": ({"clients.csv": b"a\n1\n"}, [NO_FILE]),
    "two files": (
        {"customers.csv": b"a", "customers.parquet": b"a"},
        [
            "The input customers was found more than once: {folder}/customers.csv,",
            "Keep one of these files",
        ],
    ),
    "missing column": (
        {"benefit_accounts.csv": b"account_id,benefit,x\na,loan,1\n"},
        [
            "{folder}/benefit_accounts.csv has no column customer_id. Columns found:"
            " account_id, benefit, x. Rename the column",
        ],
    ),
    "missing column in Parquet": (
        {"benefit_accounts.parquet": "select 'a' as account_id, 1 as x"},
        ["{folder}/benefit_accounts.parquet has no column customer_id. Columns found:"],
    ),
    "unknown delimiter": (
        {"customers.csv": b"customer_id^region\n1^north\n"},
        ["has no column customer_id. Columns found: customer_id^region. ", "semicolon"],
    ),
    "no header": (
        {"customers.csv": b"1,2020-01-01\n2,2020-01-01\n"},
        ["has no column customer_id. Columns found: 1, 2020-01-01. "],
    ),
    "two columns that are one": (
        {"customers.csv": b"customer_id,region,Customer ID\n1,north,2\n"},
        [
            "{folder}/customers.csv: the columns customer_id and Customer ID both stand"
            " for customer_id. Keep one of them.",
        ],
    ),
    "empty file": (
        {"customers.csv": b""},
        [
            "{folder}/customers.csv has no header line. Its first line must name the"
            " columns: customer_id, joined_on,",
        ],
    ),
    "blank first line": (
        {"customers.csv": b"\ncustomer_id\n1\n"},
        ["{folder}/customers.csv has no header line."],
    ),
    "UTF-16": (
        {"customers.csv": CUSTOMERS.encode("utf-16")},
        ["{folder}/customers.csv: its first line is not UTF-8 text. Save the file as"],
    ),
    "UTF-16 without byte order mark": (
        {"customers.csv": CUSTOMERS.encode("utf-16-le")},
        ["its first line is not UTF-8 text"],
    ),
    "latin-1 header": (
        {"customers.csv": "customer_id,région\n1,north\n".encode("latin-1")},
        ["its first line is not UTF-8 text"],
    ),
    "unclosed quotation mark in a large file": (
        {
            "customers.csv": "\n".join(
                ["customer_id,region", *MANY_ROWS[:100_000], '1,"north', *MANY_ROWS]
            ).encode()
        },
        ["{folder}/customers.csv:", MEND, "from line 100002 on", "Correct the file."],
    ),
    "carriage return inside a value": (
        {"customers.csv": b"customer_id,region\n1,no\rrth\r\n2,south\n3,west\r\n"},
        ["{folder}/customers.csv:", MEND, "a carriage return inside a value"],
    ),
}


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_file_is_refused(warehouse, folder, case):
    files, messages = REFUSED_FILES[case]
    for name, content in files.items():
        if isinstance(content, str):
            duckdb.execute(f"copy ({content}) to '{folder / name}'")
        else:
            (folder / name).write_bytes(content)
    said = refusal(warehouse, folder)
    for message in messages:
        assert message.format(folder=folder) in said


def test_missing_folder_is_refused(warehouse, tmp_path):
    folder = tmp_path / "nowhere"
    assert NO_FILE.format(folder=folder) in refusal(warehouse, folder)


# ---- Vars; with others than before dbt parses the project again ----


def test_tables_take_the_place_of_files(warehouse, folder):
    (folder / "customers.csv").write_text(CUSTOMERS)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("create or replace schema crm")
        connection.execute(
            'create table crm."our customers.csv" as'
            " select 7 as id, '8' as \"Customer Id\", date '2020-01-31' as joined_on"
        )
    tables = {"customers": 'crm."our customers.csv"'}
    loaded(warehouse, folder, input_relations=tables)
    assert raw_rows(warehouse, "customers") == [("8", datetime.date(2020, 1, 31), None, None, None)]
    location = "from raw_inputs.input_locations where input = 'customers'"
    assert warehouse.rows(location) == [("customers", 'crm."our customers.csv"', 1, "id")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("input_relations", {"customers": "x; drop schema kept cascade"}),
    ],
)
def test_sql_in_a_variable_is_refused(warehouse, folder, name, value):
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("create schema if not exists kept")
    assert f"The var {name} " in refusal(warehouse, folder, **{name: value})
    schemas = "select schema_name from duckdb_schemas() where schema_name = 'kept'"
    assert warehouse.rows(schemas) == [("kept",)]
