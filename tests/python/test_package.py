"""The project as a package: the importing project of docs/package.md, built on the demo."""

import os
import re
import shutil
import subprocess

import duckdb
import pytest

from conftest import DBT, PROJECT, Warehouse

SIZES = [363, 520, 648, 687, 782]


@pytest.fixture(scope="module")
def importer(tmp_path_factory):
    """Return a function that runs dbt in the project that docs/package.md shows."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "benefit_segments").symlink_to(PROJECT)
    project = folder / "insurer"
    page = (PROJECT / "docs" / "package.md").read_text()
    for path, text in re.findall(r"```\w+\n(?:#|--) (\S+)\n(.*?)```", page, flags=re.DOTALL):
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    company = shutil.copytree(PROJECT / "data" / "demo" / "company", project / "company")
    playbook = company / "segment_playbook.csv"
    playbook.write_text(playbook.read_text().replace("Steady savers", "Savers of ours"))

    environment = {name: value for name, value in os.environ.items() if name != "RAW_DATA_DIR"}
    environment["WAREHOUSE_PATH"] = str(project / "insurer.duckdb")
    environment["COMPANY_DIR"] = str(company)
    environment["RAW_DATA_DIR"] = str(PROJECT / "data" / "demo")
    anchors = ["--project-dir", project, "--profiles-dir", project]

    def run(*arguments):
        # No network: a local package is a link.
        return subprocess.run(
            [DBT, "--no-use-colors", *arguments, *anchors],
            cwd=project,
            env=environment | {"HTTPS_PROXY": "http://127.0.0.1:9"},
            capture_output=True,
            text=True,
        )

    for command in ("deps", "parse"):
        result = run(command)
        assert result.returncode == 0, result.stdout
    run.project = project
    return run


@pytest.fixture(scope="module")
def imported(importer) -> Warehouse:
    """The demo insurer, built with its data tests by the importing project."""
    result = importer(
        *("build", "--exclude-resource-type", "unit_test", "--vars", "{a_var_of_ours: 1}")
    )
    assert result.returncode == 0, result.stdout
    assert "PASS assert_segment_sizes_agree" in result.stdout
    return Warehouse(importer.project / "insurer.duckdb", importer.project)


def test_a_model_of_the_importing_project_reads_the_segments(imported):
    sizes = dict(imported.rows("select segment_name, customers from main.segment_sizes"))
    assert sorted(sizes.values()) == SIZES
    assert sizes["Savers of ours"] == 782  # its own playbook


def test_the_vars_of_the_importing_project_count(imported):
    assert imported.rows("select vars ->> 'outlier_distance' from marts.build_info") == [("2.5",)]
    (shares,) = imported.rows("""
        select
            bool_and(is_outlier = coalesce(outlier_score > 2.5, false)),
            count(*) filter (outlier_score between 2.5 and 3) > 0
        from marts.customer_segments
    """)
    assert shares == (True, True)


def test_every_mart_has_the_same_comments_as_in_the_project_itself(imported, demo):
    comments = """
        select table_name, '' as column_name, comment from duckdb_tables()
        where schema_name = 'marts'
        union all
        select view_name, '', comment from duckdb_views() where schema_name = 'marts'
        union all
        select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts'
        union all
        select function_name, '', comment from duckdb_functions() where schema_name = 'marts'
        order by all
    """
    rows = imported.rows(comments)
    assert len(rows) > 200
    assert [row for row in rows if not row[2]] == []
    assert rows == demo.rows(comments)


def test_the_functions_answer(imported):
    with duckdb.connect(str(imported.path), read_only=True) as connection:
        drivers = connection.execute(
            "select count(*) from marts.customer_segment_drivers('P0000123')"
        )
        assert drivers.fetchone()[0] > 10


def test_what_was_built_can_be_published(imported, tmp_path):
    result = imported.publish(tmp_path / "published")
    assert result.returncode == 0, result.stderr
    with duckdb.connect(str(tmp_path / "published/current/segments.duckdb")) as connection:
        sizes = connection.execute("select customers from marts.segment_profiles order by 1")
        assert [customers for (customers,) in sizes.fetchall()] == SIZES


def test_an_invalid_var_of_the_importing_project_is_refused(importer, imported):
    file = importer.project / "dbt_project.yml"
    shown = file.read_text()
    file.write_text(shown.replace("outlier_distance: 2.5", 'outlier_distance: "2.5"'))
    try:
        result = importer("build", "--select", "segment_sizes")
    finally:
        file.write_text(shown)
    assert result.returncode != 0
    assert 'The var outlier_distance is "2.5"; it must be a number from 0 to' in result.stdout
    assert imported.rows("select count(*) from main.segment_sizes") == [(5,)]


def test_unit_tests_of_the_package_run_too(importer, imported):
    result = importer(
        "test", "--select", "build_info,test_type:unit", "segment_cards,test_type:unit"
    )
    assert result.returncode == 0, result.stdout
    assert "PASS build_info::test_a_build_is_described_in_one_row" in result.stdout
