"""Makes a view of the Parquet files of an input, so that they are scanned where they lie."""

import itertools
from collections.abc import Mapping, Sequence

import duckdb

from benefit_segments.front_door.contract import Input, Matched, match_columns, normalise
from benefit_segments.front_door.errors import InputError
from benefit_segments.front_door.files import DataFile
from benefit_segments.front_door.parquet_pages import verify_pages
from benefit_segments.front_door.records import FileRecord, record
from benefit_segments.front_door.sql import identifier, kind_of, literal, path_literal, raw_table
from benefit_segments.front_door.survey import Survey

OPTIONS = "file_row_number = true, hive_partitioning = false, binary_as_string = true"


class Part:
    """One Parquet file: its columns with their types, its rows and which columns are used."""

    def __init__(self, con: duckdb.DuckDBPyConnection, input_: Input, file: DataFile):
        self.file = file
        path = path_literal(file.path)
        try:
            described = con.execute(
                f"describe select * exclude (file_row_number) from read_parquet({path}, {OPTIONS})"
            ).fetchall()
            self.row_count = con.execute(
                f"select num_rows from parquet_file_metadata({path})"
            ).fetchall()[0][0]
        except duckdb.Error as error:
            raise unreadable(file, error) from None
        self.names = [row[0] for row in described]
        self.types = [row[1] for row in described]
        self.extra = [
            name
            for name in file.partitions
            if normalise(name) not in set(map(normalise, self.names))
        ]
        self.matched: Matched = match_columns(input_, [*self.names, *self.extra], str(file.path))

    def source(self, column: str) -> tuple[str, str] | None:
        """Return the name and type of a column in this file; None unless the file itself has it."""
        position = self.matched.positions.get(column)
        if position is None or position >= len(self.names):
            return None
        return self.names[position], self.types[position]

    def used_columns(self, input_: Input) -> dict[str, str]:
        """Return the type, by its name in this file, of every column of an input."""
        return dict(source for each in input_.columns if (source := self.source(each.name)))

    def partition(self, column: str) -> str | None:
        """Return the value that the names of the folders give for a column."""
        position = self.matched.positions.get(column)
        if position is None or position < len(self.names):
            return None
        return self.file.partitions[self.extra[position - len(self.names)]]


def load_parquet(
    con: duckdb.DuckDBPyConnection, input_: Input, files: Sequence[DataFile]
) -> list[FileRecord]:
    """Create the view of an input over its files; rows are numbered over all of them.

    A column with one type in all files keeps it; with several types it becomes text. Raises
    InputError for a damaged file, and when there are no rows.
    """
    surveys = [Survey(file.path) for file in files[:1]]
    parts = [Part(con, input_, file) for file in files]
    first_row_numbers = [1, *itertools.accumulate(part.row_count for part in parts)]
    first_row_numbers[1:] = [number + 1 for number in first_row_numbers[1:]]
    types = {column.name: common_type(parts, column.name) for column in input_.columns}

    groups: dict[tuple, list[int]] = {}
    for index, part in enumerate(parts):
        sources = tuple(part.source(column.name) for column in input_.columns)
        groups.setdefault(sources, []).append(index)
    selects = [
        select_group(
            input_, [parts[i] for i in group], [first_row_numbers[i] for i in group], types
        )
        for group in groups.values()
    ]
    con.execute(f"create view {raw_table(input_.name)} as {' union all '.join(selects)}")

    if sum(part.row_count for part in parts) == 0:
        where = files[0].path if len(files) == 1 else files[0].path.parent
        raise InputError(f"{where} has no rows. Deliver it again, or remove it.")
    for part in parts:
        verify_pages(con, part.file.path, part.used_columns(input_))
    decode_pages(con, input_, parts, types)
    records = []
    for index, part in enumerate(parts):
        survey = (surveys.pop() if surveys else Survey(part.file.path)).result()
        records.append(
            record(
                input_.name,
                part.file.path,
                part.matched,
                row_count=part.row_count,
                first_row_number=first_row_numbers[index],
                bytes=survey.size,
                sha256=survey.sha256,
            )
        )
    return records


def common_type(parts: Sequence[Part], column: str) -> str:
    """Return the type of a column in the view: that of all files that have it, or else text."""
    types = {source[1] for part in parts if (source := part.source(column))}
    is_in_folders = any(
        column in part.matched.positions and part.source(column) is None for part in parts
    )
    return types.pop() if len(types) == 1 and not is_in_folders else "VARCHAR"


def select_group(
    input_: Input, parts: Sequence[Part], first_row_numbers: Sequence[int], types: dict[str, str]
) -> str:
    """Return a query over files that have the same columns."""
    paths = ", ".join(path_literal(part.file.path) for part in parts)
    if len(parts) == 1:
        row_number = f"{first_row_numbers[0]} + file_row_number"
    else:
        row_number = f"{per_file(map(str, first_row_numbers))} + file_row_number"
    expressions = [f"cast({row_number} as bigint) as row_number"]
    for column in input_.columns:
        source = parts[0].source(column.name)
        if source is None:
            values = [literal(part.partition(column.name)) for part in parts]
            value = "null" if set(values) == {"null"} else per_file(values)
            expression = f"cast({value} as {types[column.name]})"
        elif source[1] == types[column.name]:
            expression = identifier(source[0])
        else:
            expression = text_expression(*source)
        expressions.append(f"{expression} as {identifier(column.name)}")
    return f"select {', '.join(expressions)} from read_parquet([{paths}], {OPTIONS})"


def per_file(values) -> str:
    """Return an expression with one value for each file of a group."""
    return f"[{', '.join(values)}][cast(file_index as bigint) + 1]"


def text_expression(name: str, type_: str) -> str:
    """Return a column as text; a whole number as one, whatever its type."""
    column = identifier(name)
    if type_ in ("DOUBLE", "FLOAT"):
        return (
            f"case when isfinite({column}) and {column} = trunc({column}) and abs({column}) < 1e15"
            f" then cast(cast({column} as bigint) as varchar) else cast({column} as varchar) end"
        )
    if type_.startswith("DECIMAL"):
        return f"regexp_replace(cast({column} as varchar), '[.]0+$', '')"
    return f"cast({column} as varchar)"


def decode_pages(con, input_: Input, parts: Sequence[Part], types: Mapping[str, str]) -> None:
    """Read the used columns; raise InputError when a file is damaged.

    Here the file can be named. An error of DuckDB in a later model does not always name it, and can
    quote a text that is not UTF-8.
    """
    try:
        con.execute(f"select {read_values(types)} from {raw_table(input_.name)}").fetchall()
    except duckdb.Error as error:
        raise unreadable(find_damaged(con, input_, parts), error) from None


def read_values(types: Mapping[str, str]) -> str:
    """Return expressions for which every value must be read.

    Statistics of the file do not do. Nor do the bytes of a text, which DuckDB counts without
    looking whether they are UTF-8; its characters are counted twice as fast as they are hashed.
    """
    return ", ".join(
        f"bit_xor({'length' if type_ == 'VARCHAR' else 'hash'}({identifier(name)}))"
        for name, type_ in types.items()
    )


def find_damaged(con, input_: Input, parts: Sequence[Part]) -> DataFile:
    """Return the first file that cannot be read to its end."""
    for part in parts:
        values = read_values(part.used_columns(input_))
        path = path_literal(part.file.path)
        try:
            with con.cursor() as cursor:  # the transaction of `con` has ended with the error
                cursor.execute(f"select {values} from read_parquet({path}, {OPTIONS})").fetchall()
        except duckdb.Error:
            return part.file
    return parts[0].file


def unreadable(file: DataFile, error: duckdb.Error) -> InputError:
    """Return what to say about a file that DuckDB cannot read."""
    return InputError(
        f"{file.path} is cut or damaged, or is not a Parquet file ({kind_of(error)})."
        " Deliver it again."
    )
