"""The front door: what it reads from files and tables, and what it refuses and how."""

import csv
import datetime
import gzip
import hashlib
import io
import itertools
import os
import traceback

import duckdb
import openpyxl
import pytest

from benefit_segments.front_door import InputError, load_inputs
from front_door_inputs import CONTRACT, PLANTED, Door, contract

COLUMNS = {
    "customers": ["customer_id", "region"],
    "credit_card_usage": ["CUST_ID", "BALANCE"],
    "benefit_accounts": ["account_id", "customer_id", "benefit"],
    "benefit_transactions": [
        *("transaction_id", "account_id", "occurred_at", "transaction_type", "amount"),
    ],
}
CUSTOMERS = "customer_id,region\n1,north\n"


@pytest.fixture
def door(tmp_path):
    """A door to an empty folder."""
    return Door(tmp_path / "raw")


# ---- Dialects of CSV that are read ----

PLAIN = ["007", "a b", "é"]


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


QUOTED = ['a "quote", a comma', "", " b "]
DIALECTS = {
    "comma": (PLAIN, lines),
    "semicolon": (PLAIN, lambda table: lines(table, ";")),
    "tab": (PLAIN, lambda table: lines(table, "\t")),
    "pipe": (PLAIN, lambda table: lines(table, "|")),
    "quoted": (["x"], quoted),
    "quotation marks and commas in values": (['a "quote", a comma'], quoted),
    "spaces around quotation marks": (
        PLAIN,
        lambda table: quoted(table).replace(b'","', b'" , "'),
    ),
    "quotation marks inside values": (['5" pipe', 'O"Neil"s'], lines),
    "byte order mark": (PLAIN, lambda table: b"\xef\xbb\xbf" + quoted(table)),
    "no final line end": (PLAIN, lambda table: lines(table).rstrip()),
    "CR LF": (PLAIN, lambda table: lines(table, ends="\r\n")),
    "CR": (PLAIN, lambda table: lines(table, ends="\r")),
    "CR LF, no final line end": (PLAIN, lambda table: lines(table, ends="\r\n").rstrip()),
    "blank lines": (PLAIN, blank_lines),
    "blank lines, CR LF": (PLAIN, lambda table: blank_lines(table, "\r\n")),
    "LF then CR LF": (PLAIN, lambda table: lines(table, ends=["\n", "\r\n"])),
    "CR LF then LF": (PLAIN, lambda table: lines(table, ends=["\r\n", "\n"])),
    "LF and CR LF, quoted": (['a "quote", a comma', "b"], mixed),
    "only the header ends with LF": (
        PLAIN,
        lambda table: lines(table[:1]) + lines(table[1:], ends="\r\n"),
    ),
    "delimiter at the end of every row": (PLAIN, lambda table: lines(table, ends=",\n")),
    "delimiter at the end of the rows alone": (
        PLAIN,
        lambda table: lines(table[:1]) + lines(table[1:], ends=",\n"),
    ),
    "a line that names the delimiter": (PLAIN, lambda table: b"sep=;\r\n" + lines(table, ";")),
    "another delimiter, named": (PLAIN, lambda table: b"sep=^\n" + lines(table, "^")),
    "3 MB in one line": (["007", "x" * 3_000_000, "é"], lines),
    "rows over several blocks": ([str(n) for n in range(60_000)], lines),
    "quoted rows over several blocks": ([f"a, {n}" for n in range(60_000)], quoted),
    "rows with CR LF over several blocks": (
        [str(n) for n in range(60_000)],
        lambda table: lines(table, ends="\r\n"),
    ),
}


@pytest.mark.parametrize("input_", COLUMNS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialect_is_read(door, dialect, input_):
    values, write = DIALECTS[dialect]
    columns = COLUMNS[input_]
    written = [(value,) * len(columns) for value in values]
    door.write(f"{input_}.csv", write([columns, *written])).load()
    assert door.rows(input_, ", ".join(columns).replace("CUST_ID", "customer_id")) == written
    assert door.rows(input_, "row_number") == [(n,) for n in range(1, len(written) + 1)]
    assert door.counts() == {input_: len(written)}


# ---- Columns ----


def test_columns_are_found_by_name(door):
    door.write(
        "customers.csv",
        '\ufeff"Customer ID","first, last",REGION,joined-on,x\n1,ann,north,2020-01-01,\n',
    )
    door.write("CREDIT_CARD_USAGE.CSV", "Balance, CUST_ID ,TENURE,\n5,7,12,\n")
    door.write("Benefit Accounts.csv", "benefit;custid;Account_Id\nloan;1;20000000000000000001\n")
    # The alias `custid` stands for the customer; customer_id would, too.
    door.load()
    assert door.rows("customers") == [("1", "2020-01-01", None, "north", None, None)]
    assert door.rows("credit_card_usage") == [("7", "5", "12")]
    assert door.rows("benefit_accounts") == [("20000000000000000001", "1", "loan", None, None)]
    found = door.files.set_index("input")
    assert found.ignored_columns.dropna().to_dict() == {"customers": "first, last, x"}
    assert found.missing_columns["customers"] == "birth_date, marketing_consent, remarks"


def test_names_of_other_alphabets_are_told_apart(door):
    door.write("customers.csv", "регион,город,customer_id\n7,8,1\n").load()
    assert door.rows("customers", "customer_id") == [("1",)]
    assert door.files.ignored_columns[0] == "регион, город"


def test_an_own_name_is_no_alias_of_another_column(door):
    columns = contract()
    columns.at[columns.index[columns.column_name == "tenure"][0], "aliases"] = ["balance"]
    door.write("credit_card_usage.csv", "customer_id,balance\n1,5\n")
    load_inputs(door.con, columns, door.folder)
    assert door.rows("credit_card_usage") == [("1", "5", None)]


def test_a_missing_input_is_an_empty_table_of_texts(door):
    door.write("customers.csv", CUSTOMERS).load()
    described = door.con.execute("describe raw_inputs.benefit_accounts").fetchall()
    assert [row[:2] for row in described] == [
        ("row_number", "BIGINT"),
        *((name, "VARCHAR") for name in CONTRACT["benefit_accounts"]),
    ]
    assert door.counts() == {"customers": 1}


def test_one_column_may_have_blank_lines(door):
    door.write("customers.csv", 'customer_id\n\n1\n  \n"2"\n""\n\n3\n\n').load()
    assert door.rows("customers", "row_number, customer_id") == [(1, "1"), (2, "2"), (3, "3")]
    assert door.counts() == {"customers": 3}


# ---- Values with line ends ----

LONG = 'a "quote", a comma\r\n\r\n second line\nlast'


def test_a_long_text_may_have_line_ends(door):
    rows = [["1", LONG, "north"], ["2", "\nfirst line empty", "south"], ["3", "plain", "west"]]
    door.write("customers.csv", quoted([["customer_id", "Notes", "region"], *rows])).load()
    read = [(*row[:1], row[1].replace("\r\n", "\n"), row[2]) for row in rows]
    assert door.rows("customers", "customer_id, remarks, region") == read
    assert door.counts() == {"customers": 3}


def test_a_column_that_is_not_used_may_have_line_ends(door):
    rows = [["1", "first\nsecond", "north"], ["2", "plain", "south"]]
    door.write("customers.csv", quoted([["customer_id", "address", "region"], *rows])).load()
    assert door.rows("customers", "customer_id, region") == [("1", "north"), ("2", "south")]


def test_another_value_that_spans_lines_is_refused_with_all_its_lines(door):
    door.write("customers.csv", 'customer_id,region\n1,north\n2,"so\n\nuth"\n3,west\n').load()
    assert door.rows("customers", "customer_id") == [("1",), ("3",)]
    assert door.unreadable() == [(3,), (5,)]
    assert door.counts() == {"customers": 4}


@pytest.mark.parametrize("column", ["region", "remarks", "address"])
def test_rows_between_stray_quotation_marks_are_found(door, column):
    rows = [f"{n},x{n},a" for n in range(10)]
    rows[2], rows[6] = '2,"x2,a', '6,x6",a'
    door.write("customers.csv", "\n".join([f"customer_id,{column},k", *rows, ""])).load()
    used = [int(row[0]) for row in door.rows("customers", "customer_id")]
    assert used == [0, 1, 7, 8, 9]
    assert door.unreadable() == [(4,), (5,), (6,), (7,), (8,)]


def test_rows_between_stray_quotation_marks_far_apart_are_used(door):
    rows = [f"{n},x{n},a" for n in range(50_000)]
    rows[10], rows[40_000] = '10,"x,a', '40000,x",a'
    door.write("customers.csv", "\n".join(["customer_id,region,k", *rows, ""])).load()
    assert door.unreadable() == [(12,)]
    # A quotation mark inside a value is part of it.
    read = dict(door.rows("customers", "customer_id, region"))
    assert len(read) == 49_999
    assert read["40000"] == 'x"'


# ---- Other places and formats ----


def test_path_may_hold_any_character(tmp_path):
    door = Door(tmp_path / "it's [one] of *?")
    door.write("customers.csv", CUSTOMERS)
    door.write(
        "BENEFIT_ACCOUNTS.CSV.GZ",
        gzip.compress(lines([COLUMNS["benefit_accounts"], ["a", "1", "loan"]])),
    )
    door.write("credit_card_usage.parquet", "select 'c' as cust_id")
    door.write("benefit_transactions/part's [1].parquet", TRANSACTION)
    for decoy in ("it's o of all", "it's [one] of all"):
        (tmp_path / decoy).mkdir()
        (tmp_path / decoy / "customers.csv").write_text(CUSTOMERS)
    door.load()
    assert door.counts() == dict.fromkeys(COLUMNS, 1)
    assert f"{door.folder}/credit_card_usage.parquet" in set(door.files.file)
    assert [len(door.rows(name)) for name in COLUMNS] == [1, 1, 1, 1]


TRANSACTION = (
    "select 't' as transaction_id, 'a' as account_id, date '2024-01-31' as occurred_at,"
    " 'fee' as transaction_type, 5.5::double as amount"
)


def test_bytes_and_hash_are_those_of_the_file(door):
    content = gzip.compress(b"customer_id\n1\n") + gzip.compress(b"2\n")  # two members
    door.write("customers.csv.gz", content).write("benefit_transactions.parquet", TRANSACTION)
    files = door.load().files.set_index("input")
    for input_, name in {
        "customers": "customers.csv.gz",
        "benefit_transactions": "benefit_transactions.parquet",
    }.items():
        written = (door.folder / name).read_bytes()
        assert files.bytes[input_] == len(written)
        assert files.sha256[input_] == hashlib.sha256(written).hexdigest()
    assert files.row_count["customers"] == 2


def test_parquet_keeps_its_values_and_types(door):
    door.write(
        "customers.parquet",
        "select 20000000000000000001::decimal(20) as customer_id, date '2020-01-31' as joined_on,"
        " timestamp '1980-02-29 10:00:00' as birth_date, true as marketing_consent, [1] as tags,"
        " 'north'::blob as region",
    ).load()
    assert door.rows("customers", "customer_id, joined_on, birth_date, region") == [
        (
            20000000000000000001,
            datetime.date(2020, 1, 31),
            datetime.datetime(1980, 2, 29, 10),
            "north",
        )
    ]
    assert door.files.ignored_columns[0] == "tags"


def test_parts_of_a_folder_are_one_input(door):
    door.write("customers/b.csv", "customer_id,region\n3,west\n4\n")
    door.write("customers/a.csv.gz", gzip.compress(b"REGION;CUST_ID\nnorth;1\n\nsouth;2\n"))
    door.write("customers/sub/c.csv", "customer_id\n5\n")
    door.write("customers/_SUCCESS", "").write("customers/.a.csv.crc", b"\0")
    door.load()
    assert door.rows("customers", "row_number, customer_id, region") == [
        (1, "1", "north"),
        (2, "2", "south"),
        (3, "3", "west"),
        (4, "5", None),
    ]
    assert door.unreadable("file, line_number") == [(f"{door.folder}/customers/b.csv", 3)]
    files = door.files[["row_count", "first_row_number"]].to_numpy().tolist()
    assert files == [[2, 1], [2, 3], [1, 4]]


def test_parquet_parts_may_differ(door):
    folder = "benefit_transactions.parquet"
    door.write(f"{folder}/part-0.parquet", TRANSACTION)
    door.write(
        f"{folder}/part-1.parquet",
        "select 7::double as AMOUNT, 2::int as transaction_id, 10::double as account_id,"
        " '2024-02-01' as occurred_at, 'fee' as transaction_type, 1 as more",
    )
    door.write(
        f"{folder}/part-2.parquet", f"from ({TRANSACTION}) where false".join(["select * ", ""])
    )
    door.write(f"{folder}/part-3.parquet", TRANSACTION)
    door.load()
    assert door.rows("benefit_transactions", "*") == [
        (1, "t", "a", "2024-01-31", "fee", 5.5),
        (2, "2", "10", "2024-02-01", "fee", 7.0),
        (3, "t", "a", "2024-01-31", "fee", 5.5),
    ]
    files = door.files[["row_count", "first_row_number"]].to_numpy().tolist()
    assert files == [[1, 1], [1, 2], [0, 3], [1, 3]]
    assert door.files.ignored_columns.fillna("").tolist() == ["", "more", "", ""]


@pytest.mark.parametrize("type_", ["double", "float", "decimal(12, 2)", "bigint"])
def test_whole_ids_are_the_same_in_every_part(door, type_):
    for number, typed in enumerate(["'10'", f"10::{type_}"]):
        row = TRANSACTION.replace("'a' as account_id", f"{typed} as account_id")
        assert row != TRANSACTION
        door.write(f"benefit_transactions/part-{number}.parquet", row)
    assert door.load().rows("benefit_transactions", "account_id") == [("10",), ("10",)]


def test_names_of_folders_give_columns(door):
    query = TRANSACTION.replace(" 'fee' as transaction_type,", "")
    for kind in ("fee", "sale%2Fgift", "__HIVE_DEFAULT_PARTITION__"):
        folder = f"benefit_transactions/transaction_type={kind}/month=2024-01"
        door.write(f"{folder}/data-0.parquet", query)
    door.load()
    assert door.rows("benefit_transactions", "row_number, transaction_type") == [
        (1, None),
        (2, "fee"),
        (3, "sale/gift"),
    ]
    assert set(door.files.ignored_columns) == {"month"}


def test_names_of_folders_give_columns_of_csv_parts(door):
    door.write("customers/region=north/a.csv", "customer_id\n1\n")
    door.write("customers/region=south/a.csv", "customer_id\n2\n").load()
    assert door.rows("customers", "customer_id, region") == [("1", "north"), ("2", "south")]


# ---- Excel ----


def workbook(path, sheets):
    """Write a workbook: rows by title of the sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return book


def test_excel_values_are_read_as_text(door):
    workbook(
        door.folder / "customers.xlsx",
        {
            "data": [
                [None, None],
                ["CUST_ID", "Region", "joined_on", "birth_date", "Marketing Consent", None, "x"],
                [7, "north", datetime.date(2020, 1, 31), None, True, "?"],
                ["007", 1.5, datetime.datetime(2020, 1, 31, 10, 30), "", False],
                [None] * 7,
                [8.0, " a ", "31/01/2020"],
            ],
            "empty": [],
        },
    )
    door.load()
    assert door.rows("customers", "* exclude (row_number, remarks)") == [
        ("7", "2020-01-31", None, "north", "true"),
        ("007", "2020-01-31 10:30:00", None, "1.5", "false"),
        ("8", "31/01/2020", None, " a ", None),
    ]
    assert door.files.ignored_columns[0] == "x"
    assert door.counts() == {"customers": 3}


def test_the_sheet_named_like_the_input_is_read(door):
    sheets = {"notes": [["hello"]], "Customers": [["customer_id"], [1], [2]]}
    workbook(door.folder / "customers.xlsx", sheets)
    assert door.load().counts() == {"customers": 2}


def test_excel_rows_that_cannot_be_used_are_unreadable(door):
    path = door.folder / "customers.xlsx"
    book = workbook(
        path, {"data": [["customer_id", "region", "x"], [1, "#N/A", 0], [2, 2, "#REF!"]]}
    )
    sheet = book.active
    sheet["B2"].data_type = sheet["C3"].data_type = "e"
    sheet.append([12345678901234567, "east", 0])
    sheet.append(["12345678901234567", "west", 0])
    book.save(path)
    door.load()
    assert door.rows("customers", "customer_id") == [("2",), ("12345678901234567",)]
    assert door.unreadable("line_number, rejection_reasons") == [
        (2, "line cannot be read: region is an error value"),
        (
            4,
            "line cannot be read: customer_id has more than 15 digits, which Excel does not keep"
            " in a number",
        ),
    ]
    assert door.counts() == {"customers": 4}


# ---- Tables ----


def test_tables_take_the_place_of_files(door):
    door.write("customers.csv", CUSTOMERS)
    door.con.execute("create schema crm")
    door.con.execute(
        'create table crm."our customers.csv" as'
        " select 7 as id, '8' as \"Customer Id\", date '2020-01-31' as joined_on"
    )
    door.load({"customers": 'crm."our customers.csv"'})
    assert door.rows("customers", "customer_id, joined_on, region") == [
        ("8", datetime.date(2020, 1, 31), None)
    ]
    (table,) = door.files.dropna(subset="input").to_dict("records")
    assert (table["file"], table["row_count"]) == ('crm."our customers.csv"', 1)
    assert table["ignored_columns"] == "id"
    assert door.passed_over() == {"customers.csv": "the input is read from a table"}


def test_a_table_of_an_attached_database_is_read(door, tmp_path):
    with duckdb.connect(str(tmp_path / "other.duckdb")) as other:
        other.execute("create table people as select 1 as customer_id")
    door.con.execute(f"attach '{tmp_path}/other.duckdb' as crm (read_only)")
    door.load({"customers": "crm.main.people"})
    assert door.rows("customers", "customer_id") == [(1,)]


@pytest.mark.parametrize(
    ("relation", "said"),
    [
        ("nowhere", "The input customers: there is no table nowhere. Correct the var"),
        ("x; drop schema kept", "that is not the name of a table"),
        ("nobody", "The table nobody of the input customers has no rows"),
        ("strangers", "strangers has no column customer_id. "),
        ("broken", "the table broken cannot be read (conversion)"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(door, relation, said):
    door.con.execute("create table nobody (customer_id integer)")
    door.con.execute("create table strangers as select 1 as id")
    door.con.execute(
        f"create view broken as select '{PLANTED}'::int + range as customer_id from range(2)"
    )
    message = door.refusal({"customers": relation})
    assert said in message
    assert PLANTED not in message


# ---- The error, and what is left behind ----


def test_an_error_prints_its_message_alone(door):
    door.write("customers.csv", "region\nnorth\n")
    try:
        door.load()
    except InputError as error:
        printed = "".join(traceback.format_exception(error))
    assert printed == (
        f"InputError: {door.folder}/customers.csv has no column customer_id."
        " Columns found: region. Rename the column that holds it.\n"
    )


def test_nothing_is_left_after_an_error(door):
    door.write("customers.csv", CUSTOMERS).load()
    door.write("benefit_transactions.csv", "")
    door.refusal()  # says so if the schema is still there
    (door.folder / "benefit_transactions.csv").unlink()
    assert door.load().counts() == {"customers": 1}


def test_a_transaction_of_someone_else_is_theirs_to_end(door):
    door.write("customers.csv", CUSTOMERS)
    door.con.begin()
    door.load()
    door.con.rollback()
    with pytest.raises(duckdb.CatalogException):
        door.rows("customers")


def test_only_names_that_are_known_are_shown(door):
    door.write("customers.csv", f"{PLANTED},2020-01-01\n2,2020-01-01\n")
    message = door.refusal()
    assert "None of the names in its first line (2 columns) is known" in message
    assert PLANTED not in message


# ---- What is passed over ----


def test_other_files_are_passed_over_with_a_reason(door):
    door.write("customers.csv", CUSTOMERS)
    for name in (
        *("customers_2023.csv", "accounts.xlsx", "other.csv.gz", "customers.json", "notes.txt"),
        *("customers.csv.zip", "customers.xls", "README.md", ".DS_Store", "~$customers.xlsx"),
        *("customers_old/part-0.csv", "company/benefits.csv"),
    ):
        door.write(name, "x")
    kinds = ".csv, .csv.gz, .parquet or .xlsx"
    assert door.load().passed_over() == {
        **dict.fromkeys(
            ("accounts.xlsx", "customers_2023.csv", "other.csv.gz", "customers_old"),
            "no input has this name",
        ),
        **dict.fromkeys(
            ("customers.csv.zip", "customers.json", "customers.xls", "notes.txt"), f"not {kinds}"
        ),
    }


def test_a_link_to_a_file_is_read(door, tmp_path):
    (tmp_path / "elsewhere.csv").write_text(CUSTOMERS)
    os.symlink(tmp_path / "elsewhere.csv", door.folder / "customers.csv")
    assert door.load().counts() == {"customers": 1}
