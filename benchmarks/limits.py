"""Time the lower limits for any query on this data, and the scoring to compare with them.

Run with the product's environment, so that DuckDB is the product's version:

    scan     read and sum every column of the four raw Parquet files
    copy     copy the feature table within its warehouse file
    scoring alone
             write a row per customer with the scoring SQL that dbt compiled

Prints the seconds of each as JSON. The warehouse file stays unchanged.
"""

import argparse
import json
import time
from pathlib import Path

import duckdb

INPUTS = ("customers", "credit_card_usage", "benefit_accounts", "benefit_transactions")


def summed(column: str, kind: str) -> str:
    """Return the cheapest aggregate that reads every value of a column."""
    if kind == "VARCHAR":
        return f'sum(strlen("{column}"))'
    if kind in ("DATE", "BOOLEAN") or kind.startswith("TIMESTAMP"):
        return f'max("{column}")'
    return f'sum("{column}")'


def scan_queries(connection: duckdb.DuckDBPyConnection, raw: Path) -> list[str]:
    """Return one query per raw file that reads all of its columns."""
    queries = []
    for name in INPUTS:
        file = f"read_parquet('{raw / name}.parquet')"
        columns = connection.execute(f"describe from {file}").fetchall()
        queries.append(
            f"select {', '.join(summed(column, kind) for column, kind, *_ in columns)} from {file}"
        )
    return queries


def seconds_of(connection: duckdb.DuckDBPyConnection, queries: list[str]) -> float:
    """Run the queries one after the other and return how long that took."""
    started = time.perf_counter()
    for query in queries:
        connection.execute(query).fetchall()
    return time.perf_counter() - started


def main() -> None:
    """Read the arguments, time everything in turns and print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path, required=True, help="folder of the raw Parquet files")
    parser.add_argument("--warehouse", type=Path, required=True, help="built from these files")
    parser.add_argument("--scoring", type=Path, required=True, help="the compiled scoring SQL")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()

    config = {"threads": arguments.threads}
    with duckdb.connect(str(arguments.warehouse), config=config) as connection:
        connection.execute("set TimeZone = 'UTC'")
        work = {
            "scan": scan_queries(connection, arguments.raw),
            "copy": ["create table benchmark_rows as from features.customer_features"],
            "scoring alone": [f"create table benchmark_rows as {arguments.scoring.read_text()}"],
        }
        seconds = {name: [] for name in work}
        for _ in range(arguments.repeats):
            for name, queries in work.items():
                seconds[name].append(seconds_of(connection, queries))
                connection.execute("drop table if exists benchmark_rows")
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
