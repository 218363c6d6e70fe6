"""Reads all inputs into the schema raw_inputs."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from benefit_segments.front_door.contract import Input, read_contract
from benefit_segments.front_door.csv_files import load_csv
from benefit_segments.front_door.errors import InputError
from benefit_segments.front_door.excel_files import load_excel
from benefit_segments.front_door.files import DataFile, find_files
from benefit_segments.front_door.parquet_files import load_parquet
from benefit_segments.front_door.records import FileRecord, to_frame
from benefit_segments.front_door.sql import identifier, raw_table
from benefit_segments.front_door.tables import load_table

PROJECT = Path(__file__).parents[4]


def input_folder(raw_data_dir: str, company_dir: str) -> Path:
    """Return the folder of the inputs: RAW_DATA_DIR or else the folder that holds COMPANY_DIR.

    dbt reads a relative COMPANY_DIR from the project folder; without one it is that of the demo.
    """
    company = PROJECT / (company_dir or "data/demo/company")
    return Path(raw_data_dir) if raw_data_dir else company.resolve().parent


def load_inputs(
    session: duckdb.DuckDBPyConnection, columns: pd.DataFrame, folder: Path
) -> pd.DataFrame:
    """Drop the schema raw_inputs and make it again from files and tables.

    `columns` are the rows of the model `input_columns` (see `contract.read_contract`), `folder`
    holds the files. raw_inputs then holds, for every input, a table or view with `row_number` (from
    1 over all files, in order of path) and every column, and
    unreadable_lines. Returns one row per file or table, as `records.FileRecord` describes.

    Everything is made in one transaction; the old schema is dropped before, so that no model can
    read old rows after an error. Raises InputError, and no other error that quotes the data.
    """
    inputs = read_contract(columns)
    try:
        session.execute("drop schema if exists raw_inputs cascade")
        files, passed_over = find_files(inputs, folder)
        records = load_in_transaction(session, inputs, files)
    except InputError as error:
        raise InputError(str(error)) from None
    skipped = [FileRecord(None, str(each.path), each.reason) for each in passed_over]
    return to_frame(records + skipped)


def load_in_transaction(
    con: duckdb.DuckDBPyConnection, inputs: Sequence[Input], files: dict[str, list[DataFile]]
) -> list[FileRecord]:
    """Load all inputs, or none."""
    if is_in_transaction(con):  # of someone else, who ends it
        return load_all(con, inputs, files)
    con.begin()
    try:
        records = load_all(con, inputs, files)
        con.commit()
    except BaseException:
        con.rollback()
        raise
    return records


def is_in_transaction(con: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether a transaction is open; asking in vain for a second one would end it."""
    first, second = (con.execute("select txid_current()").fetchall() for _ in range(2))
    return first == second


def load_all(
    con: duckdb.DuckDBPyConnection,
    inputs: Sequence[Input],
    files: dict[str, list[DataFile]],
) -> list[FileRecord]:
    """Make the schema with a table or view per input; return the record of every file."""
    con.execute("""
        create schema raw_inputs;
        create table raw_inputs.unreadable_lines (
            input varchar, file varchar, line_number bigint, raw_line varchar,
            rejection_reasons varchar
        )
    """)
    records: list[FileRecord] = []
    for input_ in inputs:
        parts = files.get(input_.name, [])
        if input_.relation is not None:
            records.append(load_table(con, input_))
        elif parts and parts[0].kind == "Parquet":
            records += load_parquet(con, input_, parts)
        else:
            records += load_texts(con, input_, parts)
    return records


def load_texts(con, input_: Input, parts: Sequence[DataFile]) -> list[FileRecord]:
    """Make a table of texts from CSV files or workbooks; an empty one without files."""
    columns = "".join(f", {identifier(column.name)} varchar" for column in input_.columns)
    con.execute(f"create table {raw_table(input_.name)} (row_number bigint{columns})")
    records: list[FileRecord] = []
    count = "select count(*) from " + raw_table(input_.name)
    first = 1
    for part in parts:
        if part.kind == "Excel":
            records.append(load_excel(con, input_, part, first))
        else:
            records.append(load_csv(con, input_, part, first))
        first = con.execute(count).fetchall()[0][0] + 1
    if parts and sum(each.row_count or 0 for each in records) == 0:
        where = parts[0].path if len(parts) == 1 else parts[0].path.parent
        raise InputError(
            f"{where} has no rows below the names of its columns. Deliver it again, or remove it."
        )
    return records
