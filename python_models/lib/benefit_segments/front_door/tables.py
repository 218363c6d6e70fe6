"""Copies a table of the warehouse, or of an attached database, into the table of its input."""

import re

import duckdb

from benefit_segments.front_door.contract import Input, match_columns
from benefit_segments.front_door.errors import InputError, shorten
from benefit_segments.front_door.records import FileRecord, record
from benefit_segments.front_door.sql import identifier, kind_of, raw_table

_NAME = r'("[^"]+"|[A-Za-z_][A-Za-z0-9_]*)'
RELATION = re.compile(rf"{_NAME}([.]{_NAME}){{0,2}}")


def load_table(con: duckdb.DuckDBPyConnection, input_: Input) -> FileRecord:
    """Create the table of an input from the table that `input_.relation` names.

    Columns keep their types. Raises InputError when the table is not there, cannot be read or has
    no rows.
    """
    relation = str(input_.relation)
    if not RELATION.fullmatch(relation):
        raise InputError(
            f"The input {input_.name} cannot be read from {shorten(relation)}: that is not the name"
            " of a table (database.schema.table). Correct the var input_relations."
        )
    try:
        found = [row[0] for row in con.execute(f"describe select * from {relation}").fetchall()]
    except (duckdb.CatalogException, duckdb.BinderException):
        raise InputError(
            f"The input {input_.name}: there is no table {relation}. Correct the var"
            " input_relations, or attach its database in profiles.yml."
        ) from None
    except duckdb.Error as error:
        raise unreadable(input_, error) from None
    matched = match_columns(input_, found, relation)
    expressions = [
        f"{identifier(found[matched.positions[column.name]])} as {identifier(column.name)}"
        if column.name in matched.positions
        else f"cast(null as varchar) as {identifier(column.name)}"
        for column in input_.columns
    ]
    try:
        row_count = con.execute(
            f"create table {raw_table(input_.name)} as"
            f" select row_number() over () as row_number, {', '.join(expressions)} from {relation}"
        ).fetchall()[0][0]
    except duckdb.Error as error:
        raise unreadable(input_, error) from None
    if row_count == 0:
        raise InputError(
            f"The table {relation} of the input {input_.name} has no rows. Fill it, or take it out"
            " of the var input_relations."
        )
    return record(input_.name, relation, matched, row_count=row_count, first_row_number=1)


def unreadable(input_: Input, error: duckdb.Error) -> InputError:
    """Return what to say about a table that DuckDB cannot read."""
    return InputError(
        f"The input {input_.name}: the table {input_.relation} cannot be read ({kind_of(error)})."
        " Try: select * from it."
    )
