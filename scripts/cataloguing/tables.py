"""Open the wide table that a user names: the only module that reads files."""

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile

import duckdb
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

# The name under which DuckDB knows the table.
RELATION = "wide_table"

# A table in a DuckDB file: file.duckdb:schema.table
TABLE = re.compile(r"(?P<file>.+[.](duckdb|ddb|db)):(?P<table>[^:]+)", re.IGNORECASE)

# Rows of a sheet that are handed to DuckDB at once.
ROWS_AT_ONCE = 10_000

KINDS = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}


class UnreadableTableError(Exception):
    """The table cannot be read; the message tells the user why and what to do."""


@dataclass(frozen=True)
class Source:
    """Where a wide table comes from.

    `path` is the absolute file or folder, `suffix` what an input of its kind ends with (empty for
    a folder and for a table), `table` the name within a DuckDB file or None, `stem` the name
    without folders and suffixes.
    """

    path: Path
    suffix: str
    table: str | None
    stem: str


def open_table(connection: duckdb.DuckDBPyConnection, data: str) -> Source:
    """Make `data` known to DuckDB as the relation `wide_table`, and return where it lies.

    `data` is a CSV, Parquet or Excel file, a folder of CSV or Parquet files, or a table, written
    file.duckdb:schema.table. The columns keep the names of the header. Those of CSV are text.
    Raises UnreadableTableError.
    """
    try:
        if named := TABLE.fullmatch(data):
            return _open_database(connection, Path(named["file"]).absolute(), named["table"])
        path = Path(data).absolute()
        if path.is_dir():
            return _open_folder(connection, path)
        if not path.is_file():
            raise UnreadableTableError(
                f"There is no file or folder {path}. Name a .csv, .csv.gz, .parquet or .xlsx file,"
                " a folder of parts, or a table as file.duckdb:schema.table"
            )
        suffix = next((each for each in KINDS if path.name.lower().endswith(each)), None)
        if suffix is None:
            raise UnreadableTableError(
                f"{path} is none of {', '.join(KINDS)}. Save the table as one of them."
            )
        stem = path.name[: -len(suffix)]
        _open_files(connection, [path], KINDS[suffix])
        return Source(path, ".csv" if suffix in (".tsv", ".txt") else suffix, None, stem)
    except duckdb.Error as error:
        # Later lines can repeat what is in the file.
        raise UnreadableTableError(f"{data} cannot be read. {str(error).splitlines()[0]}") from None


def _open_database(connection, path: Path, table: str) -> Source:
    if not path.is_file():
        raise UnreadableTableError(f"There is no file {path}.")
    connection.execute(f"attach {_literal(path)} as users_database (read_only)")
    parts = ".".join(_quoted(part.strip('"')) for part in table.split("."))
    connection.execute(f"create view {RELATION} as select * from users_database.{parts}")
    return Source(path, "", table, table.split(".")[-1].strip('"'))


def _open_folder(connection, path: Path) -> Source:
    parts = sorted(each for each in path.rglob("*") if each.is_file() and each.name[0] not in "._")
    kinds = {
        KINDS.get("".join(each.suffixes[-2:] if each.suffix == ".gz" else each.suffix).lower())
        for each in parts
    }
    if len(kinds) != 1 or not kinds <= {"csv", "parquet"}:
        raise UnreadableTableError(
            f"The folder {path} must hold parts of one table, all .csv (or .csv.gz) or all"
            " .parquet. Name one file if it holds several tables."
        )
    _open_files(connection, parts, kinds.pop())
    return Source(path, "", None, path.name.removesuffix(".parquet").removesuffix(".csv"))


def _open_files(connection, files: list[Path], kind: str) -> None:
    if kind == "xlsx":
        _open_sheet(connection, files[0])
        return
    listed = f"[{', '.join(_literal(file) for file in files)}]"
    reader = {
        "csv": f"read_csv({listed}, all_varchar = true, header = true, null_padding = false)",
        "parquet": f"read_parquet({listed})",
    }[kind]
    # Text is parsed once, and counted several times.
    kept_as = "table" if kind == "csv" else "view"
    connection.execute(f"create {kept_as} {RELATION} as select * from {reader}")


def _open_sheet(connection, file: Path) -> None:
    try:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError) as error:
        raise UnreadableTableError(f"{file} cannot be read as an Excel file: {error}") from None
    filled = (row for row in workbook.worksheets[0].values if any(cell is not None for cell in row))
    header = next(filled, None)
    if header is None:
        raise UnreadableTableError(f"The first sheet of {file} is empty.")
    columns = ", ".join(f"{_quoted(str(name).strip())} varchar" for name in header)
    connection.execute(f"create table {RELATION} ({columns})")
    unnested = ", ".join("unnest(?::varchar[])" for _ in header)
    while rows := list(islice(filled, ROWS_AT_ONCE)):
        texts = [[_cell(cell) for cell in column] for column in zip(*rows, strict=True)]
        connection.execute(f"insert into {RELATION} select {unnested}", texts)
    workbook.close()


def _cell(value) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _literal(path: Path) -> str:
    """Return a path for DuckDB's readers, in which [ * and ? are wildcards."""
    text = str(path).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
