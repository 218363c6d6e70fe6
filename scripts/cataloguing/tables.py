"""Open the wide table that a user names, with the front door through which the build reads it."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benefit_segments.front_door.contract import Column, Input, normalise
from benefit_segments.front_door.csv_dialect import DELIMITERS, read_header, split_header
from benefit_segments.front_door.errors import InputError
from benefit_segments.front_door.excel_files import read_names
from benefit_segments.front_door.files import (
    KNOWN_KINDS,
    DataFile,
    check_readable,
    find_files,
    is_hidden,
    list_parts,
    split_name,
)
from benefit_segments.front_door.load import load_in_transaction
from benefit_segments.front_door.parquet_files import Part
from benefit_segments.front_door.sql import identifier, path_literal, raw_table
from cataloguing.company_folder import name_input

# A table in a DuckDB file: file.duckdb:schema.table
TABLE = re.compile(r"(?P<file>.+[.](duckdb|ddb|db)):(?P<table>[^:]+)", re.IGNORECASE)
# The name under which DuckDB knows the table.
RELATION = "wide_table"
ROW_NUMBER = "row_number"
# The name of that database for the connection.
DATABASE = "users_database"


@dataclass(frozen=True)
class Source:
    """Where a wide table comes from, and the input that it becomes.

    `path` is the absolute file or folder, `table` the name within a DuckDB file or None. The build
    finds the data where they are when `stays` is true. `not_read` are headers that cannot be the
    name of a column; `unreadable_lines` tells how many lines are no rows, by reason.
    """

    path: Path
    table: str | None
    input_name: str
    stays: bool
    not_read: tuple[str, ...]
    unreadable_lines: dict[str, int]

    @property
    def suffix(self) -> str:
        """What the name of the file ends with, in lower case; empty for folders and tables."""
        if self.table is not None or self.path.is_dir():
            return ""
        return self.path.name[len(split_name(self.path.name)[0]) :].lower()


def open_table(connection: duckdb.DuckDBPyConnection, data: str, inputs: set[str]) -> Source:
    """Make `data` known to DuckDB as the relation `wide_table`, and return where they come from.

    `data` is a CSV, Parquet or Excel file, a folder of such files, or a table, written
    file.duckdb:schema.table; `inputs` are the inputs with columns of their own. The columns keep
    the names of their headers, those without a letter or digit are left out. Raises InputError
    where the build would refuse the data.
    """
    named = TABLE.fullmatch(data)
    path = Path(named["file"] if named else data).absolute()
    table = named["table"] if named else None
    if not (path.is_file() if named else path.exists() or path.is_symlink()):
        raise InputError(
            f"There is no file{'' if named else ' or folder'} {path}. Name a file that ends with"
            f" {KNOWN_KINDS}, a folder of such files, or a table as file.duckdb:schema.table."
        )
    stem = split_name(path.name)[0] if table is None else table.split(".")[-1].strip('"')
    name = name_input(stem, inputs)
    if named:
        check_readable(path)
        relation = attach(connection, path, named["table"])
        described = connection.execute(f"describe select * from {relation}").fetchall()
        parts, found, stays = [], [row[0] for row in described], False
    else:
        relation = None
        parts, stays = find_parts(path, stem, name)
        found = [each for part in parts for each in find_names(connection, part, name)]
    headers: dict[str, str] = {}
    for header in found:
        headers.setdefault(normalise(header), header)
    # The front door counts rows under this name.
    unnamed = [header for header in found if not normalise(header) or header.lower() == ROW_NUMBER]
    # A column may hold line ends until the catalogue tells which of them are read.
    columns = tuple(
        Column(header, "long_text", is_required=True)
        for header in headers.values()
        if header not in unnamed
    )
    if not columns:
        raise InputError(f"{data} has no names of columns. Its first line must name them.")
    load_in_transaction(connection, [Input(name, columns, relation)], {name: parts})
    unreadable = connection.execute(
        "select rejection_reasons, count(*) from raw_inputs.unreadable_lines group by 1 order by 1"
    ).fetchall()
    connection.execute(
        f"create view {RELATION} as select * exclude ({ROW_NUMBER}) from {raw_table(name)}"
    )
    not_read = tuple(dict.fromkeys(filter(None, unnamed)))
    return Source(path, table, name, stays, not_read, dict(unreadable))


def attach(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> str:
    """Return the name of a table in a DuckDB file, which is attached to read it."""
    parts = [part.strip('"') for part in table.split(".")]
    relation = ".".join(identifier(part) for part in [DATABASE, *parts])
    try:
        connection.execute(f"attach {path_literal(path)} as {DATABASE} (read_only)")
        connection.execute(f"describe select * from {relation}")
    except (duckdb.CatalogException, duckdb.BinderException):
        raise InputError(f"{path} has no table {table}. Write it as schema.table.") from None
    except duckdb.Error as error:
        # Later lines can repeat what is in the file.
        raise InputError(f"{path} cannot be read. {str(error).splitlines()[0]}") from None
    return relation


def find_parts(path: Path, stem: str, name: str) -> tuple[list[DataFile], bool]:
    """Return the files of the table, and whether the build finds them in their folder."""
    if normalise(stem) == normalise(name) and not is_hidden(path.name):
        files, _ = find_files([Input(name, ())], path.parent)
        return files[name], True
    if not path.is_dir() and split_name(path.name)[1] is None:
        raise InputError(f"{path} cannot be read. Save it as {KNOWN_KINDS}, or rename it.")
    return list_parts(path), False


def find_names(connection, part: DataFile, input_name: str) -> list[str]:
    """Return the names of the columns in a file, and of those that its folders give."""
    if part.kind == "Parquet":
        names = Part(connection, Input(input_name, ()), part).names
    elif part.kind == "Excel":
        names = read_names(part.path, input_name)
    else:
        header, delimiter = read_header(part.path)
        splits = [split_header(header, each) for each in [delimiter or DELIMITERS[0], *DELIMITERS]]
        names = splits[0] if delimiter else max(splits, key=len)
    known = set(map(normalise, names))
    return [*names, *(each for each in part.partitions if normalise(each) not in known)]
