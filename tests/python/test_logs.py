"""Nothing of a row reaches what is printed, the logs or the folder target, even after a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PROJECT

# Stands in every row of every input: in ids, in values that cannot be used and in broken lines.
SECRET = "Rosenquist"
CUSTOMERS = 200


@pytest.fixture(scope="module")
def raw_data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    ids = [f"{SECRET}{number}" for number in range(CUSTOMERS)]
    odd = [number % 20 == 0 for number in range(CUSTOMERS)]
    files = {
        "customers.csv": [
            "customer_id,joined_on,birth_date,region,marketing_consent",
            *(
                f"{id_},{SECRET if is_odd else '2020-01-01'},{SECRET},{SECRET},{SECRET}"
                for id_, is_odd in zip(ids, odd, strict=True)
            ),
            f'{SECRET},"{SECRET}',
            f"{SECRET},{SECRET},{SECRET},{SECRET},{SECRET},{SECRET}",
        ],
        "benefit_accounts.csv": [
            "account_id;customer_id;benefit;opened_on;balance",
            *(
                f"A{id_};{id_};{SECRET + id_ if is_odd else 'loan'};{SECRET};"
                f"{SECRET if is_odd else number % 2 * 5000 + number}"
                for number, (id_, is_odd) in enumerate(zip(ids, odd, strict=True))
            ),
        ],
        "benefit_transactions.csv": [
            "transaction_id,account_id,occurred_at,transaction_type,amount",
            *(
                f"T{id_}{month},A{id_},2025-{month:02}-15,"
                f"{f'{id_}{month}' if is_odd else 'repayment'},{SECRET if month == 12 else 10}"
                for id_, is_odd in zip(ids, odd, strict=True)
                for month in range(1, 13)
            ),
            f'{SECRET},"{SECRET}\n{SECRET}",2025-01-01,repayment,1',
        ],
        "credit_card_usage.csv": [
            "CUST_ID,BALANCE,PURCHASES",
            *(
                f"{id_},{SECRET if is_odd else number % 2 * 900},{number % 2 * 70 + number % 5}"
                for number, (id_, is_odd) in enumerate(zip(ids, odd, strict=True))
            ),
        ],
    }
    for name, rows in files.items():
        (folder / name).write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture(scope="module")
def run(raw_data, tmp_path_factory):
    """Return a function that runs a script on these data; its `folder` has what dbt writes."""
    folder = tmp_path_factory.mktemp("build")
    settings = {
        "RAW_DATA_DIR": str(raw_data),
        "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
        "PUBLISHED_DIR": str(folder / "published"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }

    def run(script: str, *arguments: str) -> tuple[int, str]:
        result = subprocess.run(
            [sys.executable, PROJECT / "scripts" / script, *arguments],
            env=os.environ | settings,
            capture_output=True,
            text=True,
        )
        return result.returncode, result.stdout + result.stderr

    run.folder = folder
    return run


def files_with_the_secret(folder: Path) -> list[Path]:
    written = [file for part in ("logs", "target") for file in (folder / part).rglob("*")]
    assert (folder / "logs" / "dbt.log") in written
    return [
        file
        for file in written
        if file.is_file() and SECRET.lower().encode() in file.read_bytes().lower()
    ]


def test_a_build_that_fails_shows_no_row(run):
    code, printed = run("build.py", "--exclude", "tag:dossier")
    assert code != 0
    assert "rows were rejected, more than the share of 0.05" in printed
    assert SECRET.lower() not in printed.lower()
    assert files_with_the_secret(run.folder) == []


def test_a_build_that_succeeds_shows_no_row(run):
    settings = ("--vars", "{max_rejected_share: 1, segment_count: 2}")
    code, printed = run("build.py", "--exclude", "tag:dossier", *settings)
    assert code == 0, printed
    for script in ("publish.py", "print_summary.py"):
        code, more = run(script)
        assert code == 0, more
        printed += more
    assert "rows rejected" in printed
    assert SECRET.lower() not in printed.lower()
    assert files_with_the_secret(run.folder) == []
