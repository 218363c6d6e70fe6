"""The catalogue that `make catalog` proposes for a wide table, and the folder it writes."""

import ast
import csv
import gzip
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

from benefit_segments.front_door import InputError, load_inputs
from cataloguing.company_folder import name_input, names_of_others, write_catalogue, write_seeds
from cataloguing.guesses import UnclearKeyError, choose_transform, find_key, propose
from cataloguing.measures import Column, measure_columns, measure_sample, read_sample
from cataloguing.names import group_benefits, name_features, split_words, write_label
from cataloguing.tables import RELATION, open_table
from cataloguing.values import number
from conftest import PROJECT

SCRIPT = PROJECT / "scripts" / "propose_catalog.py"
ROWS = 1000


def measured(columns: dict, as_text=False) -> tuple[list[Column], duckdb.DuckDBPyConnection, str]:
    """Measure a table with these columns; None is unknown."""
    table = pd.DataFrame(columns)
    connection = duckdb.connect()
    connection.register("frame", table)
    connection.execute(f"create table {RELATION} as from frame")
    if as_text:
        connection.execute(
            f"create or replace table {RELATION} as select columns(*)::varchar from frame"
        )
    found, sign = measure_columns(connection, RELATION)
    return found, connection, sign


def proposed(columns: dict, key="customer_id", taken=frozenset(), **options) -> dict:
    """Propose for a table of ROWS customers; return the proposals by header."""
    columns = {key: np.arange(1, ROWS + 1)} | columns
    found, connection, sign = measured(columns, **options)
    key_column, _ = find_key(found)
    sample = read_sample(connection, RELATION, found, key_column, sign)
    proposals = propose(
        measure_sample(found, sample),
        sample,
        key_column,
        other_benefit="shop",
        taken_names=set(taken),
    )
    return {each.column.header: each for each in proposals}


def repeated(*values) -> list:
    return [values[i % len(values)] for i in range(ROWS)]


def skewed(seed=1) -> np.ndarray:
    return np.round(np.random.default_rng(seed).lognormal(5, 1.2, ROWS), 2)


# --------------------------------------------------------------------------- units and roles


@pytest.mark.parametrize(
    ("header", "values", "unit", "role"),
    [
        ("motor premium", skewed(), "amount", "clustering"),
        ("motor_claims", repeated(0, 1, 2), "count", "clustering"),
        ("num_of_payments", repeated(*range(100)), "count", "clustering"),
        ("payment", repeated(*range(0, 9000, 7)), "amount", "clustering"),
        ("num_of_bytes", repeated(7, 10**9), "amount", "clustering"),
        ("card rate", repeated(0.1, 0.5, 0.9), "share", "clustering"),
        ("xyz", repeated(0.0, 0.25, 1.0), "share", "clustering"),
        ("has_loan", repeated(0, 1, 1), "flag", "clustering"),
        ("has_loan", repeated(True, False), "flag", "clustering"),
        ("has_loan", repeated("Yes", "no", "NO"), "flag", "clustering"),
        ("lines", repeated("Yes", "No", "No service"), "category", "profiling"),
        ("built", repeated(1950, 1999, 2024), "year", "profiling"),
        ("age", repeated(*range(18, 90)), "years", "profiling"),
        ("months_as_customer", repeated(*range(300)), "months", "clustering"),
        ("days_since_last_visit", repeated(*range(90)), "days", "clustering"),
        ("visits_last_12_months", repeated(*range(60)), "count", "clustering"),
        ("days_to_renewal", repeated(*range(-40, 90)), "amount", "clustering"),
        ("leverage", repeated(1.125, 2.25, 3.375), "ratio", "clustering"),
        ("solvency_ratio", repeated(0.5, 150.0, 90.0), "ratio", "clustering"),
        ("region_code", repeated(1, 2, 7), "category", "profiling"),
        ("region", repeated("north", "south"), "category", "profiling"),
        ("Churn", repeated("Yes", "No"), "flag", "profiling"),
        ("gender", repeated(0, 1), "flag", "profiling"),
        ("income", skewed(), "amount", "profiling"),
    ],
)
def test_unit_and_role_are_guessed_from_name_and_values(header, values, unit, role):
    guess = proposed({header: values})[header]
    assert (guess.unit, guess.role) == (unit, role)
    assert guess.reasons


@pytest.mark.parametrize(
    ("header", "values", "reason"),
    [
        ("policy", np.arange(ROWS) + 77, "running whole numbers"),
        ("agent_no", repeated(*range(1, 500)), "an id or a code by its name"),
        ("contract", [f"A{i:05d}" for i in range(ROWS)], "an id or free text"),
        ("remark", repeated(*[f"remark {i}" for i in range(300)]), "text with more than 20 values"),
        ("opened", pd.date_range("2001-01-01", periods=ROWS), "a date"),
        ("opened", [f"{1 + i % 28}.03.2020" for i in range(ROWS)], "a date, as text"),
        ("birth_date", [19500101 + i % 28 for i in range(ROWS)], "a date, as a number"),
        ("country", ["DE"] * ROWS, "the same value in every row"),
        ("nothing", [None] * ROWS, "it has no values"),
        ("mixed", repeated("1", "2", "x"), "numbers and texts are mixed"),
        ("odd {{name}}", repeated(1, 2, 3), "braces"),
    ],
)
def test_what_is_no_feature_is_ignored_with_the_reason(header, values, reason):
    guess = proposed({header: values})[header]
    assert guess.feature is None
    assert guess.reasons[0].startswith("ignored: ")
    assert reason in guess.reasons[0]


def test_typing_errors_are_counted_and_the_column_stays_one_of_numbers():
    premium = [str(value) for value in skewed()]
    premium[3], premium[30], premium[300] = "12O.50", "1,234.50", "EUR 5"
    premium[400] = "n/a"
    guess = proposed({"premium": premium})["premium"]
    assert guess.unit == "amount"
    assert guess.warnings == ["4 values are no number: the build will reject these rows"]
    assert guess.column.known == ROWS - 1


def test_a_nearly_constant_column_only_describes():
    guess = proposed({"visits": [5] + [0] * (ROWS - 1)})["visits"]
    assert guess.role == "profiling"
    assert "nearly constant: 99.9%" in guess.warnings[0]


def test_a_share_beyond_1_is_a_ratio_and_told():
    guess = proposed({"usage_rate": [1.5, *repeated(0.2, 0.9)[1:]]})["usage_rate"]
    assert guess.unit == "ratio"
    assert guess.warnings[0].startswith("1 of the values lie above 1")


# ----------------------------------------------------------------- transform and null policy


def test_a_skewed_amount_is_read_as_its_logarithm():
    guess = proposed(
        {"premium": skewed(), "margin": skewed() - 50, "points": repeated(*range(500))}
    )
    assert guess["premium"].transform == "log1p"
    assert any("skewness" in reason for reason in guess["premium"].reasons)
    assert guess["margin"].transform == "identity"
    assert any("negative values" in reason for reason in guess["margin"].reasons)
    assert guess["points"].transform == "identity"


@pytest.mark.parametrize(
    ("skewness", "log_skewness", "transform"),
    [(2.01, 0.1, "log1p"), (2.0, 0.1, "identity"), (3.0, -3.0, "identity"), (3.0, -2.9, "log1p")],
)
def test_a_logarithm_must_help(skewness, log_skewness, transform):
    column = Column(
        1, "premium", "number", 10, 10, 10, skewness=skewness, log_skewness=log_skewness
    )
    assert choose_transform(column, "amount")[0] == transform
    assert choose_transform(column, "share")[0] == "identity"


def test_skewness_is_the_one_of_all_rows():
    values = skewed()
    (_, column), _, _ = measured({"id": np.arange(ROWS), "premium": values})
    deviations = values - values.mean()
    biased = (deviations**3).mean() / (deviations**2).mean() ** 1.5
    unbiased = biased * np.sqrt(ROWS * (ROWS - 1)) / (ROWS - 2)
    assert column.skewness == pytest.approx(unbiased, abs=0.006)


def test_unknown_together_means_no_such_benefit():
    holds = np.arange(ROWS) % 3 == 0
    tables = {
        "motor_premium": np.where(holds, skewed(), np.nan),
        "motor_claims": np.where(holds, np.arange(ROWS) % 4, np.nan),
        "days_since_motor_claim": np.where(holds, np.arange(ROWS) % 90, np.nan),
        "savings_balance": np.where(np.arange(ROWS) % 5 == 0, np.nan, np.arange(ROWS) % 7 * 90.5),
        "loan_amount": np.where(np.arange(ROWS) % 4 == 0, np.nan, skewed(2)),
    }
    guess = proposed(tables)
    assert guess["motor_premium"].null_policy == "zero"
    # Half of its known values are 0, but it is unknown where the premium is.
    assert guess["motor_claims"].null_policy == "zero"
    assert guess["days_since_motor_claim"].role == "profiling"
    assert "66.6% unknown" in guess["days_since_motor_claim"].warnings[0]
    # A balance can be 0, so an unknown one is something else.
    assert guess["savings_balance"].null_policy == "median"
    assert guess["loan_amount"].null_policy == "zero"
    assert "hardly any 0" in guess["loan_amount"].reasons[-1]


def test_the_later_of_two_collinear_features_only_describes():
    net = skewed()
    guess = proposed({"premium_net": net, "premium_gross": net * 1.19, "other_cost": skewed(2)})
    assert [each.role for each in guess.values()] == ["clustering", "profiling", "clustering"]
    assert "collinear with premium_net (correlation 1.000)" in guess["premium_gross"].warnings[0]
    assert guess["premium_gross"].transform is None


def test_measures_are_marked_once_per_benefit():
    guess = proposed(
        {
            "has_loan": repeated(0, 1),
            "loan_contracts": repeated(0, 1, 2),
            "loan_balance": skewed(),
            "age": repeated(30, 40),
        }
    )
    measures = [each.measure for each in guess.values()]
    assert measures == ["holdings", None, "balance", None]


# ------------------------------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ({"x": [1, 2, 3], "CUST_ID": [7, 8, 9]}, "CUST_ID"),
        ({"policyholder_no": ["a", "b", "c"], "id": [1, 2, 3]}, "policyholder_no"),
        ({"amount": [1.5, 2.5, 3.5], "number": [4, 5, 6]}, "number"),
        ({"Customer ID": [1, 2, 3], "x": [1, 1, 1]}, "Customer ID"),
    ],
)
def test_the_key_is_found_by_name_or_because_it_is_unique(columns, key):
    found, _, _ = measured(columns)
    assert find_key(found)[0].header == key


def test_without_a_key_the_candidates_are_named():
    found, _, _ = measured({"branch": [1, 1, 2, 2], "policy": [1, 2, 3, 3]})
    with pytest.raises(UnclearKeyError, match=r'"policy" \(3 values\).*KEY=<column>'):
        find_key(found)
    with pytest.raises(UnclearKeyError, match="one row per customer"):
        find_key(found, "branch")
    with pytest.raises(UnclearKeyError, match='no column "x"'):
        find_key(found, "x")


def test_a_few_repeated_ids_do_not_hide_the_key():
    ids = [*range(99), 98]
    found, _, _ = measured({"customer_id": ids, "row": range(100)})
    assert find_key(found)[0].header == "customer_id"


# ------------------------------------------------------------------------------------- names


def test_headers_become_valid_names():
    headers = [
        "Größe (cm)",
        "MonthlyCharges",
        "2023 Sum",
        "order",
        "a b",
        "A-B",
        "??",
        "segment_id",
    ]
    names = name_features(headers, {"order", "segment_id"})
    assert names == [
        "grosse_cm",
        "monthly_charges",
        "feature_2023_sum",
        "order_value",
        "a_b",
        "a_b_2",
        "column_7",
        "segment_id_value",
    ]


def test_names_of_marts_and_words_of_sql_are_taken():
    names = names_of_others(PROJECT)
    assert {"segment_id", "customer_id", "segment_name", "order", "default", "left"} <= names


def test_labels_are_readable():
    assert write_label(split_words("CASH_ADVANCE_TRX"), "count") == "cash advance transactions"
    assert write_label(["tenure", "months"], "months") == "tenure"
    assert write_label(["n", "claims"], "count") == "number of claims"


def test_benefits_are_known_words_or_shared_words():
    columns = ["motor_premium", "credit_card_limit", "online_backup", "online_security", "premium"]
    grouped = group_benefits([split_words(each) for each in columns], {"premium", "limit"}, "rest")
    assert [benefit for benefit, _ in grouped] == [
        "motor",
        "credit_card",
        "online",
        "online",
        "rest",
    ]


def test_the_input_is_named_after_the_file_unless_that_is_another_input():
    assert name_input("Telco Churn", {"customers"}) == "telco_churn"
    assert name_input("customers", {"customers"}) == "customer_numbers"
    assert name_input("2023", set()) == "customer_numbers"


# ----------------------------------------------------------------------------- files to read


def write(folder: Path, kind: str) -> Path:
    """Write the same three rows as a file of each kind."""
    table = pd.DataFrame({"customer_id": ["a", "b", "c"], "Premium Paid": [1.5, 2.0, None]})
    file = folder / f"policies{kind}"
    if kind in (".csv", ".csv.gz"):
        table.to_csv(file, index=False, sep=";")
    elif kind == ".parquet":
        table.to_parquet(file)
    elif kind == ".xlsx":
        book = openpyxl.Workbook()
        rows = [table.columns.tolist(), ["a", 1.5], ["b", 2.0], ["c", None]]
        for row in rows:
            book.active.append(row)
        book.save(file)
    elif kind == "":
        file.mkdir()
        table[:2].to_csv(file / "part-1.csv", index=False)
        table[2:].to_csv(file / "part-2.csv", index=False)
    else:
        with duckdb.connect(str(folder / "crm.duckdb")) as connection:
            connection.execute("create schema sales")
            connection.register("frame", table)
            connection.execute("create table sales.policies as from frame")
        return Path(f"{folder}/crm.duckdb:sales.policies")
    return file


@pytest.mark.parametrize("kind", [".csv", ".csv.gz", ".parquet", ".xlsx", "", ":"])
def test_every_kind_of_table_is_read_alike(tmp_path, kind):
    connection = duckdb.connect()
    source = open_table(connection, str(write(tmp_path, kind)), set())
    assert source.input_name == "policies"
    columns, _ = measure_columns(connection, RELATION)
    told = [(each.header, each.rows, each.known, each.distinct) for each in columns]
    assert told == [("customer_id", 3, 3, 3), ("Premium Paid", 3, 2, 2)]
    assert (columns[1].numbers, columns[1].whole, columns[1].maximum) == (2, 1, 2)


@pytest.mark.parametrize("name", ["nowhere.csv", "notes.doc", "damaged.xlsx", "damaged.parquet"])
def test_what_cannot_be_read_is_named(tmp_path, name):
    file = tmp_path / name
    if name != "nowhere.csv":
        file.write_text("secret,content\n")
    with pytest.raises(InputError, match=name) as raised:
        open_table(duckdb.connect(), str(file), set())
    assert "secret" not in str(raised.value)


def workbook(*sheets: str) -> bytes:
    """Return a workbook in which every sheet has one customer."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        for row in (["customer_id", "premium"], ["a", 1.5]):
            book.create_sheet(sheet) if sheet not in book.sheetnames else None
            book[sheet].append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


REFUSED = {
    "empty": {"policies.csv": b""},
    "header alone": {"policies.csv": b"customer_id,premium\n"},
    "UTF-16": {"policies.csv": "customer_id,premium\na,1\n".encode("utf-16")},
    "quotation mark": {"policies.csv": b'customer_id,"premium\na,1\n'},
    "same column twice": {"policies.csv": b"customer_id,premium,Premium\na,1,2\n"},
    "cut gzip": {"policies.csv.gz": gzip.compress(b"customer_id,premium\na,1\n")[:-9]},
    "cut Parquet": {"policies.parquet": b"PAR1 and no more"},
    "cut workbook": {"policies.xlsx": workbook("one")[:-99]},
    "two sheets": {"policies.xlsx": workbook("one", "two")},
    "two files": {"policies.csv": b"customer_id,premium\na,1\n", "policies.xlsx": workbook("one")},
    "kinds": {"policies/1.csv": b"customer_id,premium\na,1\n", "policies/2.xlsx": workbook("one")},
    "no parts": {"policies/_SUCCESS": b""},
    "part without a column": {
        "policies/1.csv": b"customer_id,premium\na,1\n",
        "policies/2.csv": b"customer_id\nb\n",
    },
    "joined files": {"policies.csv": b"customer_id,premium\na,1\npremium,customer_id\n2,b\n"},
}


@pytest.mark.parametrize("shape", REFUSED)
def test_what_the_build_would_refuse_is_refused_in_its_words(tmp_path, shape):
    for name, content in REFUSED[shape].items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    first = tmp_path / next(iter(REFUSED[shape])).split("/")[0]
    contract = pd.DataFrame(
        {
            "input": "policies",
            "column_name": ["customer_id", "premium"],
            "position": [1, 2],
            "kind": ["key", "number"],
            "is_required": True,
            "aliases": [[], []],
            "relation": None,
        }
    )
    with pytest.raises(InputError) as by_the_build:
        load_inputs(duckdb.connect(), contract, tmp_path)
    with pytest.raises(InputError) as here:
        open_table(duckdb.connect(), str(first), set())
    assert str(here.value) == str(by_the_build.value)


def test_lines_that_are_no_rows_are_counted(tmp_path):
    file = tmp_path / "policies.csv"
    rows = "".join(f"{i},{i % 7},{i % 5 * 10}\n" for i in range(100))
    file.write_text(f"customer_id,visits,spend,??\n{rows.replace(chr(10), ',x' + chr(10))}1,2\n3\n")
    told = run(file, folder=tmp_path)
    assert "100 rows of 3 columns." in told
    assert re.search("  2 lines: line cannot be read: .*: the build will reject them", told)
    assert "  ??: cannot be the name of a column; rename it to use it" in told


@pytest.mark.parametrize("sign", [".", ","])
def test_values_are_read_as_the_build_reads_them(sign):
    """The macros are those of the build; here are values by which their rules differ."""
    values = [
        "1.5",
        "1,5",
        "1.234,5",
        " 2 ",
        "1e3",
        "0x1",
        "1_0",
        "inf",
        "5-",
        "-",
        "yes",
        "T",
        "2.5e400",
    ]
    (column,), _, _ = measured({"x": values})
    numbers = {".": {"1.5", " 2 ", "1e3"}, ",": {"1,5", "1.234,5", " 2 ", "1e3", "5-"}}
    connection = duckdb.connect()
    connection.execute("create table listed as select unnest(?::varchar[]) as v", [values])
    read = connection.execute(
        f"select v from listed where {number('v', sign)} is not null"
    ).fetchall()
    assert {value for (value,) in read} == numbers[sign]
    assert column.yes_or_no == 2


def test_a_decimal_comma_is_found_and_declared():
    amounts = ["1.234,50", "12,5", "7"] + ["3,25"] * (ROWS - 3)
    found, _, sign = measured({"customer_id": range(ROWS), "premium": amounts})
    assert sign == ","
    assert (found[1].numbers, found[1].maximum) == (ROWS, 1234.5)
    assert write_seeds([], "policies", sign)["input_formats.csv"].splitlines()[1] == 'policies,,","'


def test_the_sample_does_not_depend_on_the_order_of_the_rows():
    values = {"customer_id": np.arange(ROWS), "premium": skewed()}
    samples = []
    for order in (np.arange(ROWS), np.random.default_rng(3).permutation(ROWS)):
        found, connection, sign = measured({name: column[order] for name, column in values.items()})
        samples.append(read_sample(connection, RELATION, found, found[0], sign, size=100))
    pd.testing.assert_frame_equal(*samples)
    assert len(samples[0]) == 100


# --------------------------------------------------------------------------- folder to write


def run(*arguments, folder: Path, code=0) -> str:
    result = subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)],
        cwd=folder,
        env=os.environ,
        capture_output=True,
        text=True,
    )
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.fixture
def insurer(tmp_path) -> Path:
    """A wide table of two lines, with a header of its own for the key."""
    file = tmp_path / "customers.csv"
    table = pd.DataFrame(
        {
            "Policyholder": [f"P{i}" for i in range(ROWS)],
            "Motor Premium": skewed(),
            "health_claims": repeated(0, 1, 2),
            "select": repeated(0.5, 1.5, 900.25),
            "joined": "2020-01-01",
            "town": repeated("secret_a", "secret_b"),
        }
    )
    table.to_csv(file, index=False)
    return file


def test_a_company_folder_is_written_and_the_commands_are_printed(insurer, tmp_path):
    told = run(insurer, folder=tmp_path)
    company = tmp_path / "company"
    (model,) = yaml.safe_load((company / "customer_features.yml").read_text())["models"]
    assert model["name"] == "customer_features"
    assert model["config"]["contract"] == {"enforced": True}
    key, premium, claims, select, town = model["columns"]
    assert key["name"] == "customer_id"
    assert key["config"]["meta"]["aliases"] == ["Policyholder"]
    assert premium["name"] == "motor_premium"
    assert premium["config"]["meta"] == {
        "benefit": "motor",
        "label": "motor premium",
        "unit": "amount",
        "transform": "log1p",
        "null_policy": "median",
        "role": "clustering",
        "input": "customer_numbers",
        "column": "Motor Premium",
    }
    assert "column" not in claims["config"]["meta"]
    assert (select["name"], select["config"]["meta"]["benefit"]) == ("select_value", "general")
    assert (town["data_type"], town["config"]["meta"]["unit"]) == ("varchar", "category")
    text = (company / "customer_features.yml").read_text()
    assert '# "joined": ignored: the same value in every row' in text
    assert '      # amount: by "premium" in its name' in text

    with (company / "benefits.csv").open() as file:
        benefits = list(csv.DictReader(file))
    assert [each["benefit"] for each in benefits] == ["motor", "health", "general"]
    for seed in (
        "transaction_types",
        "input_formats",
        "segment_playbook",
        "segment_playbook_claims",
    ):
        assert len((company / f"{seed}.csv").read_text().splitlines()) == 1

    # Another input has the name of the file, so the build finds it by a link.
    link = tmp_path / "company_data" / "customer_numbers.csv"
    assert link.resolve() == insurer
    assert f"COMPANY_DIR={company} RAW_DATA_DIR={link.parent}" in told
    assert "make" in told
    assert "secret" not in told + text


def test_seeds_have_the_columns_that_the_build_reads():
    """Except for input_checks.csv: a proposal has no rules of its own."""
    macros = (PROJECT / "macros" / "front_door" / "read_declared.sql").read_text()
    found = re.search(r"macro declared_columns.*?return[(]([{].*?[}])[)]", macros, re.DOTALL)
    declared = {f"{name}.csv": columns for name, columns in ast.literal_eval(found[1]).items()}
    written = write_seeds([], "policies", ".")
    read = {name: text.strip().split(",") for name, text in written.items()}
    assert {**declared, "input_checks.csv": None} == {**read, "input_checks.csv": None}


def test_units_are_units_of_the_project():
    with (PROJECT / "seeds/catalogue/units.csv").open() as file:
        units = {each["unit"] for each in csv.DictReader(file)}
    assert {"amount", "count", "share", "flag", "year", "years", "months", "days", "ratio"} <= units


def test_an_existing_folder_is_kept(insurer, tmp_path):
    run(insurer, folder=tmp_path)
    catalogue = tmp_path / "company" / "customer_features.yml"
    catalogue.write_text("mine")
    told = run(insurer, folder=tmp_path, code=1)
    assert "exists and is kept as it is" in told
    assert catalogue.read_text() == "mine"


def test_data_of_the_same_name_is_kept(insurer, tmp_path):
    mine = tmp_path / "company_data" / "customer_numbers.csv"
    mine.parent.mkdir()
    mine.write_text("mine")
    assert "exists and is kept as it is" in run(insurer, folder=tmp_path, code=1)
    assert mine.read_text() == "mine"
    assert not (tmp_path / "company").exists()


def test_a_file_with_a_name_of_its_own_stays_where_it_is(insurer, tmp_path):
    file = insurer.rename(tmp_path / "policies.csv")
    told = run(file, "--company", tmp_path / "mine", folder=tmp_path)
    assert f"COMPANY_DIR={tmp_path / 'mine'} RAW_DATA_DIR={tmp_path} " in told
    assert not (tmp_path / "mine_data").exists()
    assert "input: policies" in (tmp_path / "mine" / "customer_features.yml").read_text()


def test_a_table_is_copied_for_the_build(tmp_path):
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as connection:
        connection.execute("""
            create table wide as
            select i as customer_id, i % 9 as visits, i % 7 * 10.5 as spend from range(100) t (i)
        """)
    run(f"{tmp_path}/crm.duckdb:main.wide", folder=tmp_path)
    copied = duckdb.sql(f"select count(*) from '{tmp_path}/company_data/wide.parquet'").fetchall()
    assert copied == [(100,)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("customer_id,Spend Total,spend_total\n1,2,3\n2,3,4\n", "both stand for Spend Total"),
        ("customer_id,town\n1,a\n2,b\n3,a\n", "None of these columns can make segments"),
        ("customer_id,x\n", "has no rows below the names of its columns"),
    ],
)
def test_a_table_that_cannot_make_segments_stops(tmp_path, text, told):
    file = tmp_path / "policies.csv"
    file.write_text(text)
    assert told in run(file, folder=tmp_path, code=1)
    assert not (tmp_path / "company").exists()


def test_the_same_table_gives_the_same_files(insurer, tmp_path):
    run(insurer, "--company", tmp_path / "one", folder=tmp_path)
    run(insurer, "--company", tmp_path / "two", folder=tmp_path)
    for file in (tmp_path / "one").iterdir():
        assert file.read_text() == (tmp_path / "two" / file.name).read_text()


def test_every_header_can_be_written_into_the_catalogue():
    headers = ['say "yes"', "it's: #1", "a\\b", "Prämie €"]
    guess = proposed({header: skewed(seed) for seed, header in enumerate(headers)})
    text = write_catalogue(list(guess.values()), replace(guess["a\\b"].column, header="k"), "shop")
    columns = yaml.safe_load(text)["models"][0]["columns"][1:]
    assert [column["config"]["meta"]["column"] for column in columns] == headers
