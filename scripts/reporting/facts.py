"""Read the facts of the report from a published database file."""

from pathlib import Path

import duckdb

QUERIES = Path(__file__).parent / "queries"

# Marts that a build may leave out, by the query that reads them.
DOSSIER = ("votes", "rules", "robustness", "variants")

Row = dict[str, object]
Facts = dict[str, list[Row]]


def read_rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """Return the rows of queries/<query>.sql, each by its column names."""
    result = connection.execute((QUERIES / f"{query}.sql").read_text())
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def has_dossier(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the marts of the dossier exist."""
    tables = connection.execute(
        "select count(*) from duckdb_tables()"
        " where schema_name = 'marts' and table_name = 'segment_count_scores'"
    )
    return tables.fetchone() == (1,)


def read_facts(database: Path) -> Facts:
    """Return the rows of every query by its name.

    Queries of the dossier are empty if it was left out or was made for another model. Raises
    duckdb.Error if the file cannot be read or lacks a mart.
    """
    always = {file.stem for file in QUERIES.glob("*.sql")} - {"verdict", *DOSSIER}
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        facts = {query: read_rows(connection, query) for query in sorted(always)}
        facts["verdict"] = read_rows(connection, "verdict") if has_dossier(connection) else []
        for query in DOSSIER:
            facts[query] = read_rows(connection, query) if facts["verdict"] else []
    return facts
