"""Propose the catalogue of a wide table, which has one row per customer and a column per feature.

Measures every column, and writes a folder of a company with the guesses and their reasons. Prints
them, what to look at, and the commands that build the segments.
"""

import argparse
import os
import shlex
import sys
import tempfile
from collections import Counter
from pathlib import Path

import duckdb
import yaml

import next_commands

# The front door of the build reads the table.
sys.path.insert(0, str(Path(__file__).parents[1] / "python_models" / "lib"))

from benefit_segments.front_door.errors import InputError
from cataloguing.company_folder import (
    CATALOGUE,
    is_taken,
    list_benefits,
    name_benefit,
    names_of_others,
    write_catalogue,
    write_folder,
    write_seeds,
)
from cataloguing.guesses import Proposal, UnclearKeyError, find_key, propose
from cataloguing.measures import measure_columns, measure_sample, read_sample
from cataloguing.tables import RELATION, Source, open_table

PROJECT = Path(__file__).parents[1]


def parse_arguments() -> argparse.Namespace:
    """Return which table to read, its key and where to write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="file, folder of parts, or table (file.duckdb:schema.table)")
    parser.add_argument("--key", help="column that identifies a customer")
    parser.add_argument("--company", type=Path, help="new folder; default: company beside the data")
    return parser.parse_args()


def own_inputs() -> set[str]:
    """Return the names of inputs that have columns of their own."""
    file = PROJECT / "models/staging/_staging__sources.yml"
    tables = yaml.safe_load(file.read_text())["sources"][0]["tables"]
    return {table["name"] for table in tables}


def place_data(source: Source, company: Path, connection: duckdb.DuckDBPyConnection) -> Path:
    """Return the folder in which the build finds the data under the name of the input.

    A file or folder with the input's name stays where it is. Any other gets a link of that name,
    and a table a copy as Parquet, in a folder beside the company.
    """
    if source.stays:
        return source.path.parent
    folder = company.parent / f"{company.name}_data"
    file = folder / f"{source.input_name}{'.parquet' if source.table else source.suffix}"
    is_ours = file.is_symlink() and file.readlink() == source.path
    if os.path.lexists(file) and not is_ours:
        sys.exit(
            f"{file} exists and is kept as it is. Remove it, or name another COMPANY=<folder>."
        )
    folder.mkdir(parents=True, exist_ok=True)
    if source.table is not None:
        literal = str(file).replace("'", "''")
        connection.execute(f"copy (from {RELATION}) to '{literal}' (format parquet)")
        return folder
    if not is_ours:
        file.symlink_to(source.path)
    return folder


def tell_columns(proposals: list[Proposal]) -> list[str]:
    """Return one line per column: what is proposed, then why."""
    width = max((len(each.column.header) for each in proposals), default=0)
    lines = []
    for each in proposals:
        words = [each.benefit, each.unit, each.role, each.transform, each.null_policy, each.measure]
        proposed = " ".join(filter(None, words)) if each.feature else "ignored"
        why = "; ".join(each.reasons).removeprefix("ignored: ").removeprefix(f"{each.unit}: ")
        lines.append(f"  {one_line(each.column.header):<{width}}  {proposed}: {why}")
    return lines


def tell_lines(source: Source) -> list[str]:
    """Return one line per reason why lines of the table, or headers, cannot be read."""
    lines = [
        f"  {count:,} {'line' if count == 1 else 'lines'}: {reason}: the build will reject them"
        for reason, count in source.unreadable_lines.items()
    ]
    if source.not_read:
        headers = ", ".join(map(one_line, source.not_read))
        lines.append(f"  {headers}: cannot be the name of a column; rename it to use it")
    return lines


def tell_warnings(proposals: list[Proposal]) -> list[str]:
    """Return one line per warning about a column."""
    return [
        f"  {one_line(each.column.header)}: {warning}"
        for each in proposals
        for warning in each.warnings
    ]


def one_line(text: str) -> str:
    """Return a header as it can be printed in one line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def commands(company: Path, raw_data: Path, input_name: str) -> list[str]:
    """Return the commands that build the segments and explain them."""
    folder = [] if Path.cwd() == PROJECT else ["-C", str(PROJECT)]
    settings = {
        "COMPANY_DIR": company,
        "RAW_DATA_DIR": raw_data,
        "WAREHOUSE_PATH": f"warehouse/{input_name}.duckdb",
    }
    assigned = " ".join(f"{name}={shlex.quote(str(path))}" for name, path in settings.items())
    return [f"{assigned} {shlex.join(['make', *folder, 'segments'])}", next_commands.make("report")]


def main() -> None:
    """Propose and write, or end with the cause."""
    arguments = parse_arguments()
    if not arguments.data:
        sys.exit("Name the table: make catalog DATA=<file, folder or file.duckdb:schema.table>")
    # What does not fit into memory goes into a file.
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(str(Path(folder) / "table.duckdb")) as connection,
    ):
        propose_company(connection, arguments)


def propose_company(connection: duckdb.DuckDBPyConnection, arguments: argparse.Namespace) -> None:
    """Propose and write with a connection to an empty database; end with the cause."""
    if limit := os.environ.get("MEMORY_LIMIT"):
        connection.execute(f"set memory_limit = '{limit}'")
    try:
        source = open_table(connection, arguments.data, own_inputs())
        columns, sign = measure_columns(connection, RELATION)
        key, why_key = find_key(columns, arguments.key)
    except (InputError, UnclearKeyError) as error:
        sys.exit(str(error))
    except duckdb.Error as error:
        # Later lines can repeat what is in the file.
        sys.exit(f"{arguments.data} cannot be read. {str(error).splitlines()[0]}")
    sample = read_sample(connection, RELATION, columns, key, sign)
    measured = measure_sample(columns, sample)
    key = next(each for each in measured if each.position == key.position)
    input_name = source.input_name
    proposals = propose(
        measured,
        sample,
        key,
        other_benefit=name_benefit(input_name),
        taken_names=names_of_others(PROJECT),
    )
    if not any(each.role == "clustering" for each in proposals):
        print(*tell_columns(proposals), sep="\n")
        sys.exit("None of these columns can make segments. Add columns of numbers or flags.")

    company = (arguments.company or source.path.parent / "company").absolute()
    texts = {
        CATALOGUE: write_catalogue(proposals, key, input_name),
        **write_seeds(proposals, input_name, sign),
    }
    if is_taken(company):
        sys.exit(
            f"{company} exists and is kept as it is. Name another folder, COMPANY=<folder>,"
            " or remove this one."
        )
    raw_data = place_data(source, company, connection)
    write_folder(company, texts)

    print(f"{key.rows:,} rows of {len(columns)} columns.")
    print(f'Key: "{key.header}", {why_key}.', end="")
    repeated = key.rows - key.distinct
    print(f" {repeated:,} rows have no key of their own and will be rejected." if repeated else "")
    if sign == ",":
        print("Decimal sign: a comma, written into input_formats.csv.")
    print("\nProposed (benefit unit role transform null_policy measure: why)")
    print(*tell_columns(proposals), sep="\n")
    if warnings := tell_lines(source) + tell_warnings(proposals):
        print("\nLook at")
        print(*warnings, sep="\n")
    roles = Counter(each.role or "ignored" for each in proposals)
    counted = ", ".join(f"{roles[role]} {role}" for role in ("clustering", "profiling", "ignored"))
    print(f"\nFeatures: {counted}. Benefits: {', '.join(list_benefits(proposals)) or 'none'}.")
    print(f"Written: {company / CATALOGUE} and {len(texts) - 1} tables beside it.")
    if raw_data != source.path.parent:
        kind = "a copy of the table" if source.table else "a link to the data"
        print(f"Written: {raw_data / input_name}.*, {kind}, as the input {input_name}.")
    print("Correct it if a guess is wrong. Then build the segments, and explain them:")
    print(*(f"  {command}" for command in commands(company, raw_data, input_name)), sep="\n")


if __name__ == "__main__":
    main()
