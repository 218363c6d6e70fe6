"""Write the report for managers about the current publication.

Reads published/current/segments.duckdb (PUBLISHED_DIR, or --database) and writes
report/segments.html, and report/segments.pdf when a Chromium is installed (CHROMIUM may name one).
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import duckdb

import next_commands
from reporting.facts import read_facts
from reporting.page import find_chromium, print_page, write_page

PROJECT = Path(__file__).parents[1]


def parse_arguments() -> argparse.Namespace:
    """Return what to read and what to write."""
    published = Path(os.environ.get("PUBLISHED_DIR") or PROJECT / "published")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--database",
        type=Path,
        default=published / "current" / "segments.duckdb",
        help="published DuckDB file",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=PROJECT / "report" / "segments.html",
        help="HTML file; the PDF is written beside it",
    )
    return parser.parse_args()


def main() -> None:
    """Write the report; otherwise print in the last line why not and what to do."""
    arguments = parse_arguments()
    database, page = arguments.database, arguments.output.resolve()
    pdf = page.with_suffix(".pdf")
    if page == pdf:
        sys.exit("--output names the page; the PDF is written beside it. Give it the suffix .html")
    again = next_commands.make("publish")
    if not database.exists():
        sys.exit(f"There is no publication at {database}. Make one with: {again}")
    try:
        facts = read_facts(database)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        print(error, file=sys.stderr)
        sys.exit(
            f"{database} does not have the marts of this version of the project."
            f" Publish again with: {again}"
        )
    except duckdb.Error as error:
        print(error, file=sys.stderr)
        sys.exit(
            f"{database} cannot be read as a DuckDB file that nobody writes to."
            f" Name a published file with --database, or make one with: {again}"
        )
    if not facts["segments"]:
        sys.exit(f"{database} holds no segments. Publish again with: {again}")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(write_page(facts), encoding="utf-8")
    print(page)
    # A PDF of another publication must not stay beside the page.
    pdf.unlink(missing_ok=True)
    chromium = find_chromium()
    if chromium is None:
        print("No PDF: no Chromium is installed. CHROMIUM=<program> names one elsewhere.")
        return
    try:
        print_page(page, pdf, chromium)
    except (subprocess.CalledProcessError, OSError) as error:
        print(getattr(error, "stderr", error), file=sys.stderr)
        sys.exit(
            f"The page is written, the PDF is not: {chromium} could not print it."
            " Name another browser with CHROMIUM=<program>."
        )
    print(pdf)


if __name__ == "__main__":
    main()
