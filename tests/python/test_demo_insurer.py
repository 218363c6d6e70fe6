"""The demo insurer: real runs of the generator, compared with what it promises."""

import csv
import gzip
import importlib.util
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "generate_demo_insurer.py"
BUNDLED = ROOT / "data" / "demo"
INPUT_COLUMNS = {
    "customers": "customer_id joined_on birth_date region marketing_consent",
    "credit_card_usage": "CUST_ID BALANCE BALANCE_FREQUENCY PURCHASES "
    "ONEOFF_PURCHASES INSTALLMENTS_PURCHASES CASH_ADVANCE PURCHASES_FREQUENCY "
    "ONEOFF_PURCHASES_FREQUENCY PURCHASES_INSTALLMENTS_FREQUENCY "
    "CASH_ADVANCE_FREQUENCY CASH_ADVANCE_TRX PURCHASES_TRX CREDIT_LIMIT PAYMENTS "
    "MINIMUM_PAYMENTS PRC_FULL_PAYMENT TENURE",
    "benefit_accounts": "account_id customer_id benefit opened_on closed_on balance",
    "benefit_transactions": "transaction_id account_id occurred_at transaction_type amount",
}


def generate(output, *arguments):
    """Run the generator as a user would and return the folder it wrote to."""
    command = [sys.executable, str(SCRIPT), "--output", str(output), *arguments]
    subprocess.run(command, check=True)
    return output


def files(folder):
    """Return the paths of all files below a folder, relative to it."""
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def content(folder, name):
    """Return the text of a csv file, compressed or not."""
    compressed = folder / f"{name}.csv.gz"
    if compressed.exists():
        return gzip.decompress(compressed.read_bytes()).decode()
    return (folder / f"{name}.csv").read_bytes().decode()


def planted_defects(folder):
    """Return the planted defects as (input, row key, defect)."""
    return list(csv.reader(content(folder / "answers", "planted_defects").splitlines()[1:]))


def assert_keys_hold(folder, customers):
    """Fail unless ids are unique, references resolve, and all customers are there."""
    connection = duckdb.connect()
    for name in [*INPUT_COLUMNS, "answers/planted_customer_types"]:
        view = Path(name).name
        connection.execute(f"create view {view} as from '{folder}/{name}.parquet'")
    for name, key in (
        ("customers", "customer_id"),
        ("planted_customer_types", "customer_id"),
        ("credit_card_usage", "CUST_ID"),
        ("benefit_accounts", "account_id"),
        ("benefit_transactions", "transaction_id"),
    ):
        counts = f"select count(*) - count(distinct {key}) from {name}"
        assert connection.execute(counts).fetchall() == [(0,)], name
    for child, key, parent, parent_key in (
        ("planted_customer_types", "customer_id", "customers", "customer_id"),
        ("credit_card_usage", "CUST_ID", "customers", "customer_id"),
        ("benefit_accounts", "customer_id", "customers", "customer_id"),
        ("benefit_transactions", "account_id", "benefit_accounts", "account_id"),
    ):
        orphans = f"""
            select count(*) from {child} where {key} not in
                (select {parent_key} from {parent})
        """
        assert connection.execute(orphans).fetchall() == [(0,)], child
    counts = "select (select count(*) from {}), (select count(*) from {})"
    counts = counts.format("customers", "planted_customer_types")
    assert connection.execute(counts).fetchall() == [(customers, customers)]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small clean insurer as Parquet."""
    return generate(
        tmp_path_factory.mktemp("small"),
        *("--customers", "200", "--format", "parquet", "--no-defects"),
    )


@pytest.fixture
def generator():
    """The generator as a module, fresh for every test."""
    specification = importlib.util.spec_from_file_location("generator", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_default_run_reproduces_the_bundled_sample(tmp_path):
    written = generate(tmp_path)
    # What the company declares lies beside its files and is not generated.
    bundled = {path for path in files(BUNDLED) if path.parts[0] != "company"}
    assert set(files(written)) == bundled
    for path in bundled:
        name = path.name.split(".")[0]
        places = [folder / path.parent for folder in (written, BUNDLED)]
        assert content(places[0], name) == content(places[1], name), name


def test_compressed_file_bears_no_time_stamp(generator, tmp_path):
    chunks = generator.plan_chunks(100, 18, seed=1, typed=False, defects=False)
    generator.write_csv(chunks, tmp_path)
    header = (tmp_path / "benefit_transactions.csv.gz").read_bytes()[:8]
    assert header[4:] == bytes(4)


def test_bundled_sample_is_small():
    assert sum((BUNDLED / path).stat().st_size for path in files(BUNDLED)) < 1_500_000


def test_two_runs_write_the_same_bytes(small, tmp_path):
    again = generate(tmp_path, "--customers", "200", "--format", "parquet", "--no-defects")
    for path in files(small):
        assert (again / path).read_bytes() == (small / path).read_bytes(), path


def test_small_run_has_the_promised_columns(small):
    for name, columns in INPUT_COLUMNS.items():
        found = duckdb.execute(f"describe from '{small}/{name}.parquet'").fetchall()
        assert [row[0] for row in found] == columns.split()


def test_small_run_has_unique_ids_and_sound_references(small):
    assert_keys_hold(small, customers=200)


def test_small_run_has_about_the_right_size(small):
    transactions, first_day, last_day = duckdb.execute(
        f"""
        select
            count(*) filter (occurred_at >= date '2025-01-01'),
            cast(min(occurred_at) as varchar),
            cast(max(occurred_at) as varchar)
        from '{small}/benefit_transactions.parquet'
        """
    ).fetchall()[0]
    assert 200 * 14 < transactions < 200 * 26
    assert first_day >= "2024-07-01"
    assert last_day == "2025-12-31"
    types = duckdb.execute(
        f"select distinct customer_type from '{small}/answers/planted_customer_types.parquet'"
    ).fetchall()
    assert len(types) == 5


def test_a_shorter_history_is_the_end_of_the_longer_one(small, tmp_path):
    short = generate(
        tmp_path,
        *("--customers", "200", "--months", "13", "--format", "parquet", "--no-defects"),
    )
    for name in INPUT_COLUMNS:
        later = "where occurred_at >= date '2024-12-01'" if name == "benefit_transactions" else ""
        full = duckdb.sql(f"from '{small}/{name}.parquet' {later}").fetchall()
        assert duckdb.sql(f"from '{short}/{name}.parquet'").fetchall() == full, name
    counts = duckdb.sql(f"select count(*) from '{short}/benefit_transactions.parquet'").fetchall()
    assert 200 * 18 < counts[0][0] < 200 * 22


def test_chunks_join_into_one_insurer(generator, tmp_path):
    generator.CUSTOMERS_PER_CHUNK = 100
    chunks = generator.plan_chunks(250, 18, seed=1, typed=True, defects=False)
    generator.write_parquet(chunks, tmp_path)
    assert_keys_hold(tmp_path, customers=250)
    ids = duckdb.sql(f"select transaction_id from '{tmp_path}/benefit_transactions.parquet'")
    assert ids.fetchall() == ids.order("transaction_id").fetchall()


def test_chunks_share_the_defects_and_lose_none(generator, tmp_path):
    generator.CUSTOMERS_PER_CHUNK = 100
    chunks = generator.plan_chunks(250, 18, seed=1, typed=False, defects=True)
    generator.write_csv(chunks, tmp_path)
    found = Counter((name, defect) for name, _, defect in planted_defects(tmp_path))
    assert found == Counter(
        (name, row[0]) for name, rows in generator.DEFECTS.items() for row in rows
    )


def test_another_seed_gives_another_insurer(generator):
    balances = []
    for seed in (1, 2):
        (draw,) = generator.plan_chunks(100, 18, seed, typed=True, defects=False)
        accounts, _ = draw()["benefit_accounts"]
        balances.append(accounts["balance"].sum())
    assert balances[0] != balances[1]


def test_defects_are_the_only_rows_added(tmp_path):
    clean = generate(tmp_path / "clean", "--no-defects")
    assert planted_defects(clean) == []
    planted = planted_defects(BUNDLED)
    assert len(planted) > 30
    for name in INPUT_COLUMNS:
        bundled = Counter(content(BUNDLED, name).splitlines())
        without = Counter(content(clean, name).splitlines())
        assert without - bundled == Counter()
        keys = Counter(line.split(",")[0] for line in (bundled - without).elements())
        assert keys == Counter(key for input_, key, _ in planted if input_ == name)


def test_defects_are_few_and_scattered():
    for name in INPUT_COLUMNS:
        lines = content(BUNDLED, name).splitlines()
        keys = {key for input_, key, _ in planted_defects(BUNDLED) if input_ == name}
        places = [number for number, line in enumerate(lines[1:]) if line.split(",")[0] in keys]
        assert len(places) < 0.05 * len(lines)
        assert min(places) < 0.4 * len(lines)
        assert max(places) > 0.6 * len(lines)


def test_parquet_gets_the_defects_its_types_can_hold(tmp_path):
    folder = generate(tmp_path, "--customers", "200", "--format", "parquet")
    values = duckdb.execute(
        f"select BALANCE from '{folder}/credit_card_usage.parquet' where isinf(BALANCE)"
    ).fetchall()
    assert values == [(float("inf"),)]
    count = f"select count(*) from '{folder}/answers/planted_defects.parquet'"
    assert duckdb.execute(count).fetchall() == [(27,)]
