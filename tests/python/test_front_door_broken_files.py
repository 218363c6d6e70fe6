"""Broken Parquet files, workbooks and folders: refused by name, or every row accounted for."""

import io
import os
import stat
import zipfile

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from front_door_inputs import CONTRACT, PLANTED, Door


@pytest.fixture
def door(tmp_path):
    """A door to an empty folder."""
    return Door(tmp_path / "raw")


def query(input_, rows=2000, kind="varchar"):
    columns = list(CONTRACT[input_])[:5]
    values = ", ".join(f"('{PLANTED}' || range)::{kind} as \"{name}\"" for name in columns)
    return f"select {values} from range({rows})"


def parquet(folder, input_, rows=2000, options=""):
    """Return the bytes of a Parquet file."""
    path = folder / "made.parquet"
    duckdb.execute(f"copy ({query(input_, rows)}) to '{path}' (format parquet{options})")
    content = path.read_bytes()
    path.unlink()
    return content


def workbook(*sheets, change=None):
    """Return the bytes of a workbook with these sheets, each a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"sheet {number}")
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def people(input_, rows=3):
    columns = list(CONTRACT[input_])[:5]
    return [columns, *([f"{PLANTED}{name}{n}" for name in columns] for n in range(rows))]


def with_member(content, name, change):
    """Return a workbook with one of its parts changed."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(output, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            new.writestr(member, change(data) if member == name else data)
    return output.getvalue()


# ---- Parquet ----


def middle(content, by):
    """Return a file with some bytes in its data replaced."""
    return content[:400] + by + content[400 + len(by) :]


PARQUET = {
    "empty": lambda folder, name: b"",
    "cut at the end": lambda folder, name: parquet(folder, name)[:-1],
    "cut in the footer": lambda folder, name: parquet(folder, name)[:-50],
    "cut in the data": lambda folder, name: parquet(folder, name)[:500],
    "only its first bytes": lambda folder, name: b"PAR1",
    "text": lambda folder, name: f"{PLANTED},a\n1,2\n".encode() * 20,
    "no first bytes": lambda folder, name: b"XXXX" + parquet(folder, name)[4:-4] + b"XXXX",
    "a damaged page": lambda folder, name: middle(parquet(folder, name), b"\xff" * 300),
    "a damaged page of zstd": lambda folder, name: middle(
        parquet(folder, name, options=", compression zstd"), b"\0" * 64
    ),
    "a damaged footer": lambda folder, name: (
        parquet(folder, name)[:-60] + b"\xff" * 30 + parquet(folder, name)[-30:]
    ),
    "no rows": lambda folder, name: parquet(folder, name, rows=0),
    "text that is not UTF-8": lambda folder, name: parquet(
        folder, name, options=", compression uncompressed"
    ).replace(PLANTED.encode() + b"7", PLANTED.encode()[:-1] + b"\xff7"),
}


@pytest.mark.parametrize("input_", CONTRACT)
@pytest.mark.parametrize("shape", PARQUET)
def test_broken_parquet_is_refused(door, tmp_path, capfd, shape, input_):
    door.write(f"{input_}.parquet", PARQUET[shape](tmp_path, input_))
    message = door.refusal()
    assert f"{door.folder}/{input_}.parquet" in message
    printed = capfd.readouterr()
    assert PLANTED not in message + printed.out + printed.err


def test_the_damaged_part_is_named(door, tmp_path):
    whole = parquet(tmp_path, "customers")
    for number in range(4):
        door.write(f"customers/part-{number}.parquet", whole)
    door.write("customers/part-2.parquet", middle(whole, b"\xff" * 300))
    assert f"{door.folder}/customers/part-2.parquet is cut or damaged" in door.refusal()


# Written as Spark does: with a checksum for every page. The regions are long, so that headers are.
ACCOUNTS = pa.table(
    {
        "account_id": [f"A{number}" for number in range(3000)],
        "customer_id": list(range(3000)),
        "benefit": ["loan", "savings_plan", None] * 1000,
        "balance": [float(number) for number in range(3000)],
        "region": [PLANTED * 300 + str(number % 7) for number in range(3000)],
    }
)
LAYOUTS = {
    "plain": {"compression": "none", "use_dictionary": False},
    "plain, second version": {
        "compression": "none",
        "use_dictionary": False,
        "data_page_version": "2.0",
    },
    "snappy": {"compression": "snappy"},
    "zstd, many pages": {"compression": "zstd", "data_page_size": 2000, "row_group_size": 1000},
}


@pytest.fixture(params=LAYOUTS)
def checked(request, tmp_path) -> tuple[bytearray, dict[str, int]]:
    """A file of accounts with checksums, and where the first values of each column end."""
    path = tmp_path / "made.parquet"
    pq.write_table(ACCOUNTS, path, write_page_checksum=True, **LAYOUTS[request.param])
    chunks = duckdb.execute(
        f"""
        select
            path_in_schema,
            coalesce(dictionary_page_offset, data_page_offset) + total_compressed_size
        from parquet_metadata('{path}') where row_group_id = 0
        """
    ).fetchall()
    return bytearray(path.read_bytes()), dict(chunks)


def test_pages_with_their_checksums_are_read(door, checked):
    content, _ = checked
    door.write("benefit_accounts.parquet", bytes(content)).load()
    assert door.rows("benefit_accounts", "account_id, customer_id, benefit, balance") == list(
        zip(*(ACCOUNTS[name].to_pylist() for name in ACCOUNTS.column_names[:4]), strict=True)
    )


@pytest.mark.parametrize("column", ["account_id", "customer_id", "benefit", "balance"])
def test_one_changed_bit_is_found_by_the_checksum(door, checked, column):
    """DuckDB alone would read another number."""
    content, ends = checked
    content[ends[column] - 2] ^= 1
    message = door.write("benefit_accounts.parquet", bytes(content)).refusal()
    assert f"{door.folder}/benefit_accounts.parquet is damaged: a page " in message
    assert f" in its column {column}. Deliver it again." in message


def test_damage_in_a_column_that_is_not_used_costs_nothing(door, checked):
    content, ends = checked
    content[ends["region"] - 2] ^= 1
    door.write("benefit_accounts.parquet", bytes(content)).load()
    assert door.counts() == {"benefit_accounts": 3000}


def test_a_header_that_is_none_is_found_without_checksums(door, tmp_path):
    content = bytearray(parquet(tmp_path, "customers"))
    content[4:10] = b"\xff" * 6
    message = door.write("customers.parquet", bytes(content)).refusal()
    assert "is damaged: a page cannot be read in its column customer_id." in message


# ---- Excel ----

WORKBOOKS = {
    "empty file": lambda name: b"",
    "text": lambda name: PLANTED.encode(),
    "cut": lambda name: workbook(people(name))[:-100],
    "cut in the middle": lambda name: workbook(people(name, 500))[:4000],
    "a damaged part": lambda name: middle(workbook(people(name, 500)), b"\xff" * 40),
    "a sheet that is not XML": lambda name: with_member(
        workbook(people(name)), "xl/worksheets/sheet1.xml", lambda data: data[:-60]
    ),
    "another zip archive": lambda name: with_member(b"PK\x05\x06" + b"\0" * 18, "", None),
    "no sheet with values": lambda name: workbook([], []),
    "only names": lambda name: workbook(people(name, 0)),
    "two sheets": lambda name: workbook(people(name), people(name)),
    "a title above the names": lambda name: workbook([[PLANTED], *people(name)]),
    "no names": lambda name: workbook(people(name)[1:]),
    "merged names": lambda name: workbook(
        [[PLANTED, *[None] * 4], *people(name)],
        change=lambda book: book.active.merge_cells("A1:E1"),
    ),
    "a name twice": lambda name: workbook([[*row, row[0]] for row in people(name)]),
}


@pytest.mark.parametrize("input_", CONTRACT)
@pytest.mark.parametrize("shape", WORKBOOKS)
def test_broken_workbook_is_refused(door, capfd, shape, input_):
    door.write(f"{input_}.xlsx", WORKBOOKS[shape](input_))
    message = door.refusal()
    assert f"{door.folder}/{input_}.xlsx" in message
    printed = capfd.readouterr()
    assert PLANTED not in message + printed.out + printed.err


def test_what_a_workbook_says_about_its_size_is_not_believed(door):
    content = with_member(
        workbook(people("customers", 50)),
        "xl/worksheets/sheet1.xml",
        lambda data: data.replace(b'<dimension ref="A1:E51"/>', b'<dimension ref="A1:B2"/>'),
    )
    assert door.write("customers.xlsx", content).load().counts() == {"customers": 50}


# ---- Folders and names ----


def fifo(door):
    os.mkfifo(door.folder / "customers.csv")


def dangling(name):
    return lambda door: os.symlink(door.folder / "nowhere", door.folder / name)


def files(**contents):
    def write(door):
        for name, content in contents.items():
            path = name.replace("__", "/").replace("_DOT_", ".")
            door.write(path, content)

    return write


GOOD = "customer_id\n1\n"
PLACES = {
    "pipe": (fifo, "is not a file"),
    "pipe in a folder": (
        lambda door: (
            (door.folder / "customers").mkdir(),
            os.mkfifo(door.folder / "customers/a.csv"),
        ),
        "is not a file",
    ),
    "dangling link": (dangling("customers.csv"), "is a link to nothing"),
    "dangling link to Parquet": (dangling("customers.parquet"), "is a link to nothing"),
    "link to itself": (
        lambda door: os.symlink(door.folder / "customers.csv", door.folder / "customers.csv"),
        "cannot be read",
    ),
    "device": (
        lambda door: os.symlink("/dev/null", door.folder / "customers.csv"),
        "is not a file",
    ),
    "empty folder": (lambda door: (door.folder / "customers").mkdir(), "without data files"),
    "empty folder named like a file": (
        lambda door: (door.folder / "customers.csv").mkdir(),
        "without data files",
    ),
    "folder of folders": (
        lambda door: (door.folder / "customers.parquet" / "month=1").mkdir(parents=True),
        "without data files",
    ),
    "folder with nothing but marks": (files(customers___SUCCESS=""), "without data files"),
    "file and folder": (
        files(customers_DOT_csv=GOOD, customers__a_DOT_csv=GOOD),
        "was found more than once",
    ),
    "two kinds": (
        files(customers_DOT_csv=GOOD, customers_DOT_parquet="select 1 as customer_id"),
        "was found more than once",
    ),
    "two spellings": (
        files(customers_DOT_csv=GOOD, CUSTOMERS_DOT_CSV=GOOD),
        "was found more than once",
    ),
    "parts of two kinds": (
        files(customers__a_DOT_csv=GOOD, customers__b_DOT_parquet="select 1 as customer_id"),
        "files of several kinds: CSV, Parquet",
    ),
    "a part of an unknown kind": (
        files(customers__a_DOT_csv=GOOD, customers__b_DOT_json="{}"),
        "lies among the files of an input",
    ),
    "an empty part": (
        files(customers__a_DOT_csv=GOOD, customers__b_DOT_csv=""),
        "b.csv is empty",
    ),
    "parts without rows": (
        files(customers__a_DOT_csv="customer_id\n", customers__b_DOT_csv="customer_id\n"),
        "customers has no rows",
    ),
    "a part without the key": (
        files(customers__a_DOT_csv=GOOD, customers__b_DOT_csv="region\nnorth\n"),
        "b.csv has no column customer_id",
    ),
    "a Parquet part without the key": (
        files(
            customers__a_DOT_parquet="select 1 as customer_id",
            customers__b_DOT_parquet="select 1 as region",
        ),
        "b.parquet has no column customer_id",
    ),
    "a folder that is being written": (
        files(customers__a_DOT_csv=GOOD, customers___temporary__a_DOT_csv=GOOD),
        "has not finished",
    ),
    "only a kind that is not read": (files(customers_DOT_json="{}"), "cannot be read. Save it as"),
    "only an old workbook": (files(customers_DOT_xls="x"), "cannot be read. Save it as"),
    "only an archive": (files(customers_DOT_csv_DOT_zip="x"), "cannot be read. Save it as"),
    "no extension": (files(customers=GOOD), "cannot be read. Save it as"),
    "nothing": (lambda door: None, "No input found in RAW_DATA_DIR="),
    "nothing known": (files(clients_DOT_csv=GOOD), "No input found in RAW_DATA_DIR="),
    "no folder": (lambda door: door.folder.rmdir(), "there is no such folder"),
    "a file instead of the folder": (
        lambda door: (door.folder.rmdir(), door.folder.write_text(GOOD)),
        "it is not a folder",
    ),
}


@pytest.mark.parametrize("shape", PLACES)
def test_broken_place_is_refused(door, shape):
    make, said = PLACES[shape]
    make(door)
    message = door.refusal()
    assert said in message
    assert str(door.folder) in message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(door):
    door.write("customers.csv", GOOD)
    (door.folder / "customers.csv").chmod(stat.S_IWUSR)
    assert "you have no permission" in door.refusal()


def test_a_file_that_changes_meanwhile_is_refused(door, monkeypatch):
    from benefit_segments.front_door import csv_files

    sift = csv_files.Sifter.run

    def write_meanwhile(sifter):
        result = sift(sifter)
        with open(sifter.path, "a") as file:
            file.write("2\n")
        return result

    monkeypatch.setattr(csv_files.Sifter, "run", write_meanwhile)
    assert (
        "customers.csv was changed while it was read" in door.write("customers.csv", GOOD).refusal()
    )
