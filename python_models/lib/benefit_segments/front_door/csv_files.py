"""Reads a CSV file into the table of its input, every column as text."""

import tempfile
from pathlib import Path

import duckdb

from benefit_segments.front_door.contract import Input
from benefit_segments.front_door.csv_dialect import Dialect, read_dialect
from benefit_segments.front_door.csv_sift import Grammar, Sifter
from benefit_segments.front_door.errors import InputError
from benefit_segments.front_door.files import DataFile
from benefit_segments.front_door.records import FileRecord, UnreadableLines, record
from benefit_segments.front_door.sql import identifier, kind_of, literal, path_literal, raw_table
from benefit_segments.front_door.survey import Survey, is_compressed


def load_csv(
    con: duckdb.DuckDBPyConnection, input_: Input, part: DataFile, first_row_number: int
) -> FileRecord:
    """Append the rows of a file to the table of its input, numbered from `first_row_number`.

    The lines are sifted first. DuckDB then reads the file itself, or a copy of its rows when the
    file holds lines that are no rows. Raises InputError when it reads more or fewer rows.
    """
    dialect = read_dialect(part.path, input_, list(part.partitions))
    survey = Survey(part.path)
    unreadable = UnreadableLines(con, input_.name, part.path)
    grammar = Grammar(dialect, input_)
    sifted = Sifter(part.path, dialect, grammar, unreadable.add).run()
    unreadable.write()
    if sifted.row_count == 0:
        read = 0
    elif sifted.is_plain:
        read = insert_rows(con, input_, part, dialect, part.path, first_row_number)
    else:
        folder = tempfile.TemporaryDirectory(prefix="benefit_segments_", dir=spill_folder(con))
        with folder as name:
            copy = Path(name) / "rows.csv"
            with open(copy, "wb") as rows:
                Sifter(part.path, dialect, grammar, lambda *_: None, rows).run()
            read = insert_rows(con, input_, part, dialect, copy, first_row_number)
    survey.result()
    if read != sifted.row_count:
        raise InputError(
            f"{part.path}: {abs(sifted.row_count - read)} of {sifted.row_count} rows cannot be"
            " accounted for. The usual cause is a quotation mark in the wrong place. Correct the"
            " file."
        )
    return record(
        input_.name,
        part.path,
        dialect.matched,
        row_count=read + unreadable.count,
        first_row_number=first_row_number,
        bytes=survey.size,
        sha256=survey.sha256,
    )


def insert_rows(con, input_, part, dialect: Dialect, path: Path, first_row_number: int) -> int:
    """Append rows that DuckDB reads from a file; return how many there are.

    Lines that are no rows are left out: whoever calls compares the numbers.
    """
    is_original = path == part.path
    columns = {f"c{i}": "varchar" for i in range(len(dialect.names))}
    expressions = [
        column_expression(dialect, part, column.name) + f" as {identifier(column.name)}"
        for column in input_.columns
    ]
    options = {
        "columns": str(columns),
        "header": "true" if is_original else "false",
        "skip": str(dialect.header_lines - 1 if is_original else 0),
        "delim": literal(dialect.delimiter),
        "quote": "'\"'",
        "escape": "'\"'",
        "strict_mode": "true",
        "null_padding": "false",
        "auto_detect": "false",
        "ignore_errors": "true",
        "max_line_size": "16777216",
        "compression": "'gzip'" if is_original and is_compressed(path) else "'none'",
    }
    settings = ", ".join(f"{name} = {value}" for name, value in options.items())
    query = f"""
        insert into {raw_table(input_.name)}
        select {first_row_number - 1} + row_number() over () as row_number, {", ".join(expressions)}
        from read_csv({path_literal(path)}, {settings})
    """
    try:
        return con.execute(query).fetchall()[0][0]
    except duckdb.Error as error:
        raise InputError(
            f"{part.path} cannot be read by DuckDB ({kind_of(error)}). Write the file again with"
            " another program, or as Parquet."
        ) from None


def column_expression(dialect: Dialect, part: DataFile, column: str) -> str:
    """Return what to select for a column: of the file, of the names of its folders, or null."""
    position = dialect.matched.positions.get(column)
    if position is None:
        return "cast(null as varchar)"
    if position < len(dialect.names):
        return f"c{position}"
    names = [name for name in part.partitions if name not in dialect.names]
    return f"cast({literal(part.partitions[names[position - len(dialect.names)]])} as varchar)"


def spill_folder(con: duckdb.DuckDBPyConnection) -> Path | None:
    """Return the folder in which DuckDB makes its temporary one; None for the default."""
    setting = con.execute("select current_setting('temp_directory')").fetchall()[0][0]
    folder = Path(setting or "").parent
    return folder if folder.is_absolute() and folder.is_dir() else None
