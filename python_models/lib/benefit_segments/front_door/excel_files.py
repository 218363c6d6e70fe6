"""Reads an Excel workbook (.xlsx) into the table of its input, every value as text."""

import datetime
import math
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd

from benefit_segments.front_door.contract import Input, match_columns, normalise
from benefit_segments.front_door.errors import InputError, list_names
from benefit_segments.front_door.files import DataFile
from benefit_segments.front_door.records import FileRecord, UnreadableLines, record
from benefit_segments.front_door.sql import append_frame, raw_table
from benefit_segments.front_door.survey import Survey

ROWS_AT_ONCE = 20_000
# Excel keeps 15 digits of a number: a longer id has lost its last ones.
EXACT_BELOW = 1e15
KINDS_OF_IDS = ("key", "text", "long_text", "term", "category")


def load_excel(
    con: duckdb.DuckDBPyConnection, input_: Input, part: DataFile, first_row_number: int
) -> FileRecord:
    """Append the rows of a workbook to the table of its input, numbered from `first_row_number`.

    The first row that is not empty names the columns. Rows without a value are blank. A row with
    an error value (#N/A), or with an id of more than 15 digits that is stored as a number, in a
    column of the input, is unreadable. Raises InputError for a damaged workbook.
    """
    survey = Survey(part.path)
    unreadable = UnreadableLines(con, input_.name, part.path)
    with damage_named(part.path):
        row_count, matched = read_workbook(con, input_, part, first_row_number, unreadable)
    unreadable.write()
    survey.result()
    return record(
        input_.name,
        part.path,
        matched,
        row_count=row_count + unreadable.count,
        first_row_number=first_row_number,
        bytes=survey.size,
        sha256=survey.sha256,
    )


def read_workbook(con, input_, part, first_row_number, unreadable):
    """Append the rows; return how many there are and the columns that were matched."""
    check_archive(part.path)
    workbook = openpyxl.load_workbook(part.path, read_only=True, data_only=True, keep_links=False)
    try:
        rows = filled_rows(choose_sheet(workbook, input_.name, part.path))
        _, header = next(rows)
        names = names_of(header)
        extra = [name for name in part.partitions if normalise(name) not in map(normalise, names)]
        matched = match_columns(input_, [*names, *extra], str(part.path))
        read, waiting = 0, []
        for number, cells in rows:
            values, problems = [], []
            for column in input_.columns:
                position = matched.positions.get(column.name)
                if position is None:
                    values.append(None)
                elif position >= len(names):
                    values.append(part.partitions[extra[position - len(names)]])
                elif position >= len(cells):
                    values.append(None)
                else:
                    cell = cells[position]
                    problem = cell_problem(cell, column.kind)
                    if problem:
                        problems.append(f"{column.name} {problem}")
                    values.append(None if cell.value is None else text_of(cell.value))
            if problems:
                shown = " | ".join("" if c.value is None else text_of(c.value) for c in cells)
                unreadable.add(number, shown[:10_000], "; ".join(problems))
                continue
            waiting.append(values)
            if len(waiting) == ROWS_AT_ONCE:
                append_rows(con, input_, waiting, first_row_number + read)
                read, waiting = read + len(waiting), []
        append_rows(con, input_, waiting, first_row_number + read)
        return read + len(waiting), matched
    finally:
        workbook.close()


def names_of(header: tuple) -> list[str]:
    """Return the name in each cell of the first row; empty where there is none."""
    names = ["" if cell.value is None else text_of(cell.value) for cell in header]
    return [
        name or f"column {cell.column_letter}" if cell.value is not None else ""
        for name, cell in zip(names, header, strict=True)
    ]


def read_names(path: Path, input_name: str) -> list[str]:
    """Return the names of the columns in a workbook; raise InputError when it is damaged."""
    with damage_named(path):
        check_archive(path)
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            return names_of(next(filled_rows(choose_sheet(workbook, input_name, path)))[1])
        finally:
            workbook.close()


@contextmanager
def damage_named(path: Path):
    """Turn the errors of many kinds that openpyxl raises for damaged files into InputError."""
    try:
        yield
    except (InputError, duckdb.Error):
        raise
    except Exception as error:
        raise InputError(
            f"{path} is cut or damaged, or is not an .xlsx workbook"
            f" ({type(error).__name__}). Save it again."
        ) from None


def check_archive(path: Path) -> None:
    """Raise zipfile.BadZipFile or zlib.error when the archive is cut or a checksum is wrong."""
    with zipfile.ZipFile(path) as archive:
        if damaged := archive.testzip():
            raise zipfile.BadZipFile(damaged)


def choose_sheet(workbook, input_name: str, path: Path):
    """Return the only visible sheet with values, or the one that is named like the input."""
    sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    for sheet in sheets:
        sheet.reset_dimensions()  # what the file says about its size can be wrong
    filled = [sheet for sheet in sheets if next(filled_rows(sheet), None)]
    if not filled:
        raise InputError(f"{path} is empty: no visible sheet holds a value. Fill or remove it.")
    named = [sheet for sheet in filled if normalise(sheet.title) == normalise(input_name)]
    if len(filled) > 1 and len(named) != 1:
        raise InputError(
            f"{path} has several sheets: {list_names(sheet.title for sheet in filled)}."
            f" Name the one to read {input_name}, or keep only one."
        )
    return filled[0] if len(filled) == 1 else named[0]


def filled_rows(sheet) -> Iterator[tuple[int, tuple]]:
    """Yield the rows that hold a value, each with its number in the sheet."""
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell.value is not None and str(cell.value).strip() for cell in cells):
            yield number, cells


def cell_problem(cell, kind: str) -> str | None:
    """Return why a value cannot be used; None when it can."""
    if cell.data_type == "e":
        return "is an error value"
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    if is_number and kind in KINDS_OF_IDS and abs(cell.value) >= EXACT_BELOW:
        return "has more than 15 digits, which Excel does not keep in a number"
    return None


def text_of(value: object) -> str:
    """Return a value as text: whole numbers without decimals, dates as in ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isfinite(value) and value.is_integer() and abs(value) < EXACT_BELOW:
            return str(int(value))
        return repr(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def append_rows(con, input_: Input, rows: list[list[str | None]], first_row_number: int) -> None:
    """Append rows of texts."""
    if rows:
        numbers = pd.Series(range(first_row_number, first_row_number + len(rows)))
        texts = {
            column.name: pd.array([row[i] for row in rows], dtype="string")
            for i, column in enumerate(input_.columns)
        }
        frame = pd.concat([numbers, pd.DataFrame(texts)], axis=1)
        append_frame(con, raw_table(input_.name), frame)
