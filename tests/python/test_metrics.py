"""MetricFlow's numbers are those of the marts, asked for while others read the publication."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from conftest import DBT, PROJECT

MF = Path(sys.executable).with_name("mf")
METRICS = {
    "segment_size",
    "segment_share",
    "balance",
    "benefit_holders",
    "possible_benefit_holders",
    "penetration",
    "average_confidence",
    "migrated_customers",
    "compared_customers",
    "migration_rate",
}

# One customer in seven is new, and one in five was in segment 1.
PREVIOUS = """
    update marts.customer_segments set previous_segment_id = case
        when hash(customer_id) % 7 = 0 then null
        when hash(customer_id) % 5 = 0 then 1
        else segment_id
    end
"""

BY_SEGMENT = """
    select
        segment_id as segment,
        any_value(segment_name) as segment__segment_name,
        count(*) as segment_size,
        count(*) / (select count(*) from marts.customer_segments) as segment_share,
        avg(assignment_confidence) as average_confidence,
        count(*) filter (where segment_id != previous_segment_id) as migrated_customers,
        count(previous_segment_id) as compared_customers,
        migrated_customers / compared_customers as migration_rate
    from marts.customer_segments
    group by segment_id
"""

BY_BENEFIT = """
    select
        segment_id as segment,
        segment_name as segment__segment_name,
        benefit as segment_benefit__benefit,
        total_balance as balance,
        holders as benefit_holders,
        penetration
    from marts.segment_benefit_profiles
"""

MIGRATIONS = """
    select
        segment_id as segment,
        cast(previous_segment_id as double) as customer__previous_segment_id,
        count(*) as segment_size
    from marts.customer_segments
    group by all
"""


@pytest.fixture(scope="module")
def publication(published, tmp_path_factory) -> Path:
    """A folder of publications in which some customers migrated."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(published, folder / "current")
    file = folder / "current" / "segments.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        connection.execute(PREVIOUS)
    return folder


@pytest.fixture(scope="module")
def mf(publication, tmp_path_factory):
    """Run mf on the publication as `make metrics` does; nothing is written into the project."""
    folder = tmp_path_factory.mktemp("metrics")
    shutil.copy(PROJECT / "dbt_project.yml", folder)
    settings = os.environ | {
        "PUBLISHED_DIR": str(publication),
        "DBT_TARGET": "published",
        "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_LOG_PATH": str(folder / "logs"),
    }

    def run(*command, project=folder) -> str:
        result = subprocess.run(
            command,
            env=settings | {"DBT_PROJECT_DIR": str(project)},
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        assert "ERROR:" not in result.stdout, result.stdout
        return result.stdout

    # mf looks for the semantic manifest in the folder `target` of the project.
    run(DBT, "parse", "--target-path", folder / "target", project=PROJECT)
    return lambda *arguments: run(MF, *arguments)


def assert_equals(answer: Path, expected: pd.DataFrame) -> None:
    found = pd.read_csv(answer)
    keys = [name for name in expected if name not in METRICS]
    found, expected = (
        table[expected.columns].sort_values(keys, ignore_index=True) for table in (found, expected)
    )
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9, check_dtype=False)


def test_every_metric_is_known_to_dbt(manifest):
    # The spec of a later dbt would be passed over in silence, and leave nothing.
    metrics = {metric["name"]: metric for metric in manifest["metrics"].values()}
    assert set(metrics) == METRICS
    documented = (PROJECT / "docs" / "metrics.md").read_text()
    assert [name for name in metrics if f"| {name} |" not in documented] == []
    queries = {query["name"] for query in manifest["saved_queries"].values()}
    assert [name for name in queries if f"`{name}`" not in documented] == []


def test_metrics_are_what_the_marts_say(mf, publication, tmp_path):
    path = str(publication / "current" / "segments.duckdb")
    with duckdb.connect(path, read_only=True) as reader:
        expected = reader.execute(BY_SEGMENT).df()
        metrics = ",".join(METRICS & set(expected.columns))
        groups = "segment,segment__segment_name"
        mf("query", "--metrics", metrics, "--group-by", groups, "--csv", tmp_path / "segments.csv")
        assert expected["migrated_customers"].sum() > 100
        assert_equals(tmp_path / "segments.csv", expected)

        expected = reader.execute(BY_BENEFIT).df()
        mf("query", "--saved-query", "benefit_overview", "--csv", tmp_path / "benefits.csv")
        assert len(expected) == 20
        assert_equals(tmp_path / "benefits.csv", expected)

        expected = reader.execute(MIGRATIONS).df()
        mf("query", "--saved-query", "segment_migrations", "--csv", tmp_path / "migrations.csv")
        assert len(expected) > 5
        assert_equals(tmp_path / "migrations.csv", expected)


def test_the_query_of_make_metrics_is_in_the_order_of_the_segments(mf, demo, tmp_path):
    mf("query", "--saved-query", "segment_overview", "--csv", tmp_path / "overview.csv")
    found = pd.read_csv(tmp_path / "overview.csv")
    expected = demo.frame("select segment_id, customers from marts.segment_profiles order by 1")
    assert found["segment"].tolist() == expected["segment_id"].tolist()
    assert found["segment_size"].tolist() == expected["customers"].tolist()


def test_everything_that_can_be_asked_for_is_in_the_marts(mf):
    assert "Successfully validated metrics" in mf("validate-configs")
