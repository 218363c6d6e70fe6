"""Texts, names and paths as SQL, and DuckDB's errors without what they quote."""

import re
from pathlib import Path

import duckdb
import pandas as pd


def literal(text: str | None) -> str:
    """Return a text in quotation marks; null for None."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name in quotation marks."""
    return '"' + name.replace('"', '""') + '"'


def path_literal(path: Path) -> str:
    """Return a path as DuckDB's readers take it, where [ * and ? are wildcards."""
    return literal(re.sub(r"([\[*?])", r"[\1]", str(path)))


def raw_table(name: str) -> str:
    """Return the name of an input in the schema raw_inputs."""
    return f"raw_inputs.{identifier(name)}"


def kind_of(error: duckdb.Error) -> str:
    """Return what kind of error DuckDB met; its message can quote rows and is never shown."""
    return re.sub(
        r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Exception")
    ).lower()


def append_frame(con: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    """Append the rows of a frame to a table, column by column in order."""
    # By its name alone, DuckDB does not find a frame through the connection of dbt-duckdb.
    con.register("front_door_rows", frame)
    con.execute(f"insert into {table} select * from front_door_rows")
    con.unregister("front_door_rows")
