"""From a wide table to explained segments in three commands, typing errors found by name."""

import os
import re
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from conftest import DBT, PROJECT, run_as_printed

LINES = {"motor": 0.7, "household": 0.5, "health": 0.3, "life": 0.4, "work": 0.15}
CUSTOMERS = 10_000
# Each is found by its customer and its column. The last ones look like numbers to other programs.
ERRORS = [
    *["EUR 300", "300 EUR", "1 200", "12O.50", "1,234.50", "1.234,50", "12,5", "12..5"],
    *["12.5-", "--5", "1/2", "(12)", "abc", "tbd", "?", "-", "n/a", "null", "nan", "#REF!"],
    *["0x10", "1_000", "infinity", "1e400"],
]
# Numbers that look odd.
GOOD = ["  12.5 ", "+3", "1e2", ".5", "5.", "007"]


def write_wide_table(file: Path) -> list[tuple[str, str]]:
    """Write premium and claims of five lines; return key and column of every typing error."""
    random = np.random.default_rng(1)
    table = pd.DataFrame({"policyholder": [f"P{i:05d}" for i in range(CUSTOMERS)]})
    for line, share in LINES.items():
        holds = random.random(CUSTOMERS) < share
        premium = np.round(random.lognormal(5.5, 0.9, CUSTOMERS), 2)
        table[f"{line}_premium"] = [
            str(p) if h else "" for p, h in zip(premium, holds, strict=True)
        ]
        claims = random.poisson(0.4, CUSTOMERS)
        table[f"{line}_claims"] = [str(c) if h else "" for c, h in zip(claims, holds, strict=True)]
    errors = []
    rows = random.choice(CUSTOMERS, len(ERRORS) + len(GOOD), replace=False)
    for number, (row, value) in enumerate(zip(rows, ERRORS + GOOD, strict=True)):
        column = f"{list(LINES)[number % len(LINES)]}_premium"
        table.loc[row, column] = value
        if value in ERRORS:
            errors.append((table.loc[row, "policyholder"], column))
    table.to_csv(file, index=False)
    return errors


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    """What the three commands printed, the warehouse and the errors that were put in."""
    folder = tmp_path_factory.mktemp("wide")
    errors = write_wide_table(folder / "customers.csv")
    settings = {
        "PATH": f"{DBT.parent}:{os.environ['PATH']}",
        "PUBLISHED_DIR": str(folder / "published"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }

    def run(command: str) -> str:
        return run_as_printed(command, PROJECT, **settings)

    proposed = run(f"{sys.executable} scripts/propose_catalog.py {folder / 'customers.csv'}")
    build, report = re.findall(r"^  (\S.*make.*)$", proposed, flags=re.MULTILINE)
    # A warehouse of its own, and the environment at hand.
    build = re.sub(r"WAREHOUSE_PATH=\S+", f"WAREHOUSE_PATH={folder / 'w.duckdb'}", build)
    built = run(build.replace(" make ", " make --old-file .venv/installed "))
    output = folder / "segments.html"
    assert report.endswith("make report")
    run(f"{sys.executable} scripts/write_report.py --output {output}")
    return proposed, built, folder / "w.duckdb", output, errors


def test_the_catalogue_counts_the_errors(explained):
    proposed = explained[0]
    counted = re.findall(r"_premium: (\d+) values? (?:are|is) no number", proposed)
    assert sum(map(int, counted)) == len(ERRORS)
    assert "Benefits: motor, household, health, life, work." in proposed


def test_every_error_is_found_by_name_and_costs_no_one_else(explained):
    """The build refuses exactly the values that `make catalog` counted."""
    _, _, warehouse, _, errors = explained
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rejected = connection.execute("""
            select record_key, rejection_reasons from marts.rejected_rows
            where input = 'customer_numbers'
        """).fetchall()
        segmented = connection.execute("select count(*) from marts.customer_segments").fetchall()
    assert sorted(rejected) == sorted((key, f"{column} is not a number") for key, column in errors)
    assert segmented == [(CUSTOMERS - len(ERRORS),)]


def test_the_segments_are_told_by_benefit(explained):
    _, built, warehouse, report, _ = explained
    assert "segment" in built
    assert "motor premium" in report.read_text()
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        used = connection.execute(
            "select feature from marts.feature_scalers where is_used"
        ).fetchall()
    assert {f"{line}_premium" for line in LINES} <= {feature for (feature,) in used}
