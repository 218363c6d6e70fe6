"""Values far outside their column, the small segments they make, and words that fit the means."""

import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from conftest import PROJECT, Warehouse
from own_feature_table import CATALOG_HEAD, declare

FEATURE = """      - name: {name}
        description: {label}.
        data_type: double
        config: {{meta: {{benefit: {name}, label: {label}, unit: {unit}, {model},
          input: wide}}}}
"""
READ = "transform: identity, null_policy: zero, role: clustering"
LOGARITHM = "transform: log1p, null_policy: zero, role: clustering"
DESCRIBED = "role: profiling"

RNG = np.random.default_rng(20240131)


def catalog(*features: tuple[str, str, str, str]) -> str:
    """Return a catalogue of (name, label, unit, keys of the model)."""
    lines = [
        FEATURE.format(name=name, label=label, unit=unit, model=model)
        for name, label, unit, model in features
    ]
    return CATALOG_HEAD + "".join(lines)


@pytest.fixture(scope="module")
def build_table(tmp_path_factory):
    """Build a wide table with its catalogue; `command` may be only a part of the build."""

    def build(customers: pd.DataFrame, features: str, *settings: str, command=None) -> Warehouse:
        folder = tmp_path_factory.mktemp("extremes")
        company = declare(folder / "company", features)
        warehouse = Warehouse(folder / "warehouse.duckdb", company=company)
        with duckdb.connect(str(warehouse.path)) as connection:
            connection.register("customers", customers)
            connection.execute("create table wide as select * from customers")
        settings = [
            "--vars",
            "{" + ", ".join(["input_relations: {wide: wide}", *settings]) + "}",
        ]
        if command is None:
            return warehouse.build(*settings, dossier=False)
        result = warehouse.dbt(*command, *settings)
        assert result.returncode == 0, result.stdout
        return warehouse

    return build


def with_mistakes(values: np.ndarray, mistake: float, count: int = 1) -> np.ndarray:
    """Return the values, the first of them replaced by a mistake."""
    return np.concatenate([np.full(count, mistake), values[count:]]).astype(float)


def mostly_zero(values: np.ndarray, zeros: float = 0.95) -> np.ndarray:
    return np.where(RNG.random(len(values)) < zeros, 0, values)


def lognormal(sigma: float, size: int) -> np.ndarray:
    return 3000 * np.exp(sigma * RNG.standard_normal(size))


SIZE = 4000
ROWS = np.arange(SIZE)

# Column: values, number of mistakes among them.
MISTAKEN = {
    "premium": (with_mistakes(100 + ROWS * 91 % 120, 28272), 1),
    "thousands": (with_mistakes(RNG.uniform(1000, 9000, SIZE), 1e9), 1),
    "heavy": (with_mistakes(lognormal(1.5, SIZE), 1e9), 1),
    "below": (with_mistakes(RNG.uniform(1000, 9000, SIZE), -9999), 1),
    "below_often": (with_mistakes(RNG.uniform(1000, 9000, SIZE), -9999, SIZE // 20), SIZE // 20),
    "nines": (with_mistakes(RNG.uniform(0, 5000, SIZE), 999999, SIZE // 20), SIZE // 20),
    "nines_and_zeros": (with_mistakes(mostly_zero(RNG.uniform(0, 5000, SIZE)), 999999), 1),
    "age": (with_mistakes(RNG.integers(18, 91, SIZE), 999, 7), 7),
    "born": (with_mistakes(RNG.integers(1930, 2006, SIZE), 19), 1),
    "held": (with_mistakes(RNG.integers(0, 5, SIZE), 9999), 1),
    "flow": (with_mistakes(500 * RNG.standard_t(4, SIZE), -1e8), 1),
}
HONEST = {
    "lognormal": lognormal(1.5, SIZE),
    "lognormal_and_zeros": mostly_zero(lognormal(1.5, SIZE)),
    "poisson": RNG.poisson(0.1, SIZE),
    "poisson_many": RNG.poisson(20, SIZE),
    "negative_binomial": RNG.negative_binomial(0.3, 0.05, SIZE),
    "shares": RNG.beta(0.3, 0.6, SIZE),
    "shares_near_one": RNG.beta(50, 1, SIZE),
    "twelfths": RNG.integers(0, 13, SIZE) / 12,
    "two_points": RNG.integers(0, 2, SIZE) * 1000,
    "rare_point": (ROWS < 7) * 5000,
    "normal": RNG.normal(35000, 3000, SIZE),
    "flow_both_ways": mostly_zero(500 * RNG.standard_t(3, SIZE)),
    "capped": np.minimum(lognormal(1, SIZE), 20000),
    "pareto": 1000 * (1 + RNG.pareto(1.5, SIZE)),
    "unknown": np.full(SIZE, np.nan),
}


@pytest.fixture(scope="module")
def columns(build_table) -> Warehouse:
    """All columns of both kinds in one table, with the limits of each."""
    values = {name: values for name, (values, _) in MISTAKEN.items()} | HONEST
    table = pd.DataFrame({"customer_id": ROWS} | values)
    features = catalog(*[(name, name, "amount", READ) for name in values])
    return build_table(table, features, command=["run", "--select", "+int_extreme_limits"])


def beyond(columns: Warehouse, name: str) -> int:
    """Return how many customers have a value of the column beyond its limits."""
    return columns.rows(f"""
        select count(*)
        from features.customer_features
        inner join features.int_extreme_limits on feature = '{name}'
        where {name} != 0 and ({name} < lower_limit or {name} > upper_limit)
    """)[0][0]


@pytest.mark.parametrize("name", MISTAKEN)
def test_mistakes_are_beyond_the_limits_of_their_column(columns, name):
    assert beyond(columns, name) == MISTAKEN[name][1]


@pytest.mark.parametrize("name", HONEST)
def test_honest_values_are_not(columns, name):
    assert beyond(columns, name) == 0


PREMIUMS = pd.DataFrame(
    {
        "customer_id": [f"C{row}" for row in range(1000)],
        "motor": 300 + np.arange(1000) * 37 % 200,
        "life": np.arange(1000) * 53 % 150,
        "health": with_mistakes(100 + np.arange(1000) * 91 % 120, 28272.0),
        "visits": with_mistakes(np.arange(1000) * 29 % 40, 87654.0),
    }
)
PREMIUM_FEATURES = catalog(
    ("motor", "motor premium", "amount", READ),
    ("life", "life premium", "amount", READ),
    ("health", "health premium", "amount", READ),
    ("visits", "visits", "count", DESCRIBED),
)


@pytest.fixture(scope="module")
def one_mistake(build_table) -> Warehouse:
    return build_table(PREMIUMS, PREMIUM_FEATURES)


def test_extreme_values_are_counted_with_an_example(one_mistake):
    assert one_mistake.rows("""
        select feature, extreme_customers, example_customer_id from marts.extreme_values order by 1
    """) == [("health", 1, "C0"), ("life", 0, None), ("motor", 0, None), ("visits", 1, "C0")]
    (told,) = one_mistake.rows(
        "select description from marts.extreme_values where feature = 'health'"
    )
    assert told[0].startswith("health premium far from all other values: below")


def test_a_small_segment_is_marked_wherever_it_has_rows(one_mistake):
    marked = one_mistake.rows(
        "select segment_id from marts.segment_profiles where is_small_segment"
    )
    assert len(marked) == 1
    marts = one_mistake.rows("""
        select table_name from duckdb_columns()
        where schema_name = 'marts' and column_name = 'is_small_segment' order by 1
    """)
    assert [name for (name,) in marts] == [
        "customer_segments",
        "segment_attribute_profiles",
        "segment_benefit_profiles",
        "segment_cards",
        "segment_comparisons",
        "segment_feature_profiles",
        "segment_profiles",
    ]
    named = one_mistake.rows("""
        select distinct table_name from duckdb_columns()
        where schema_name = 'marts' and column_name = 'segment_name' order by 1
    """)
    assert named == marts
    assert one_mistake.rows(
        "select customer_id, segment_name from marts.customer_segments where is_small_segment"
    ) == [("C0", f"Small segment {marked[0][0]}")]
    for (name,) in marts:
        said = one_mistake.rows(f"select distinct segment_id, is_small_segment from marts.{name}")
        assert {segment for segment, is_small in said if is_small} <= {marked[0][0]}


def test_the_summary_begins_with_the_small_segment_its_cause_and_the_remedy(
    one_mistake, run_summary
):
    printed = run_summary(one_mistake)
    (segment,) = one_mistake.rows(
        "select segment_id from marts.segment_profiles where is_small_segment"
    )
    first = " ".join(printed.split("\n\n")[0].split())
    assert first == (
        f"Segment {segment[0]}, Small segment {segment[0]}: This is a small segment, below 2.0% of"
        " all customers. Likely cause: extreme values of health premium, which 1 customer of it"
        " has. If they are mistakes, correct them. If not, set transform: clipped for the feature"
        " health in customer_features.yml, or set the var segment_count."
    )
    assert (
        "Values far from all others: health premium (1 customer), visits (1 customer):"
        " marts.extreme_values" in printed
    )
    assert "C0" not in printed


def test_a_segment_above_the_var_is_not_small(build_table, run_summary):
    warehouse = build_table(PREMIUMS, PREMIUM_FEATURES, "smallest_segment_share: 0.001")
    assert warehouse.rows("select count(*) from marts.segment_profiles where is_small_segment") == [
        (0,)
    ]
    assert "small segment" not in run_summary(warehouse).lower()


def write_report(warehouse: Warehouse, folder: Path) -> str:
    """Return the text of the report about a warehouse."""
    page = folder / "page.html"
    subprocess.run(
        [
            *(sys.executable, PROJECT / "scripts" / "write_report.py"),
            *("--database", warehouse.path, "--output", page),
        ],
        env={"PATH": "", "CHROMIUM": ""},
        check=True,
    )
    return " ".join(page.read_text().split())


def test_the_report_says_it_before_the_answer(one_mistake, tmp_path):
    page = write_report(one_mistake, tmp_path)
    answer = page[page.index('id="answer"') : page.index('id="number"')]
    assert answer.index("extreme values of health premium") < answer.index("<li>")
    assert "Health premium far from all other values" in page
    assert page.count("This is a small segment") == 2
    assert "C0" not in page


# Of 300 customers, 30 buy neither milk nor eggs. Most of them buy nothing fresh either, but five
# buy a lot. So they have the higher mean of fresh spending, and the lower mean of its logarithms.
SPENDING = pd.DataFrame({"customer_id": range(300)})
SPENDING["fresh"] = [100_000 if i < 5 else 0 if i < 30 else 5000 + i for i in range(300)]
SPENDING["milk"] = [0 if i < 30 else 4000 + i for i in range(300)]
SPENDING["eggs"] = SPENDING["milk"] / 10
SPENDING_FEATURES = catalog(
    *[(name, f"{name} spending", "amount", LOGARITHM) for name in ("fresh", "milk", "eggs")]
)


@pytest.fixture(scope="module")
def contradiction(build_table) -> Warehouse:
    return build_table(SPENDING, SPENDING_FEATURES, "segment_count: 2")


def test_no_word_says_low_beside_a_mean_that_is_higher(contradiction, run_summary, tmp_path):
    assert contradiction.rows("""
        select smd_vs_rest < 0, mean > average, shows_means, contains(segment_name, 'fresh')
        from marts.segment_feature_profiles
        inner join (select segment_id, customers from marts.segment_profiles) using (segment_id)
        where customers = 30 and feature in ('fresh', 'milk') order by feature
    """) == [
        (True, True, False, False),
        (True, False, True, False),
    ]
    told = contradiction.rows("""
        select distinct sentence from marts.segment_cards
        where topic = 'stands_out' and evidence_feature = 'fresh'
    """)
    assert len(told) == 2
    for (sentence,) in told:
        assert sentence.startswith("Different fresh spending: ")
        assert sentence.endswith("as the model sees the values; the plain means do not show it.")
    printed = run_summary(contradiction)
    assert printed.count("    ~ fresh spending: ") == 2
    assert printed.count("the means do not show the difference that the model sees") == 2
    page = write_report(contradiction, tmp_path)
    assert "that the model sees, in fresh spending." in page
    assert not {"High fresh", "Low fresh", "high fresh", "low fresh"} & {
        page[place : place + 10].replace("\n", " ").strip() for place in range(len(page))
    }


def test_two_segments_side_by_side_say_it_too(contradiction):
    assert contradiction.rows("""
        select distinct feature, shows_means from marts.compare_segments(1, 2) order by 1
    """) == [("eggs", True), ("fresh", False), ("milk", True)]
