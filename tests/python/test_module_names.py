"""Other modules with the names of ours, in the working directory and on PYTHONPATH: ours win."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from app_server import free_port, wait_for_app
from conftest import DBT, PROJECT, Warehouse

LIBRARY = PROJECT / "python_models" / "lib"
# The one module that dbt itself imports, before any code of ours has run.
PLUGIN = "benefit_segments_plugin"
# Names that ours had, or that their parts have.
FORMER = {"segmentation", "front_door", "progress", "warehouse_folder"}


def ours() -> set[str]:
    """Return the names under which scripts, Python models and the app import modules of ours."""
    places = [PROJECT / "scripts", PROJECT / "app", LIBRARY]
    found = [entry for place in places for entry in place.iterdir() if entry.name[0] not in "._"]
    return {
        entry.stem for entry in found if entry.suffix == ".py" or (entry / "__init__.py").exists()
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Return a folder with packages that fail when anybody imports them, and how to get into it."""
    folder = tmp_path_factory.mktemp("planted")
    for name in ours() | FORMER:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(f"raise SystemExit('{name} is not ours')\n")
    return folder


def run(command: list, planted, **settings: str) -> subprocess.CompletedProcess:
    """Run a command where another module of every name comes first."""
    return subprocess.run(
        command,
        cwd=planted,
        # An empty entry is the working directory.
        env=os.environ | {"PYTHONPATH": f":{planted}", **settings},
        capture_output=True,
        text=True,
    )


def test_the_names_are_those_that_are_imported():
    assert {"benefit_segments", PLUGIN, "live_line", "reporting", "cataloguing", "views"} <= ours()
    assert "print_summary" in ours()


def test_python_models_import_ours(planted, tmp_path):
    """Up to the first Python model; the others import from the same package."""
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    (planted / PLUGIN).rename(tmp_path / PLUGIN)
    try:
        result = warehouse.dbt(
            *("run", "--select", "+load_inputs"), cwd=planted, PYTHONPATH=f":{planted}"
        )
    finally:
        (tmp_path / PLUGIN).rename(planted / PLUGIN)
    assert result.returncode == 0, result.stdout + result.stderr
    assert warehouse.rows("select count(*) from staging.load_inputs") != [(0,)]


def test_scripts_import_ours(planted, demo, tmp_path):
    scripts = PROJECT / "scripts"
    settings = {
        "WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    built = run(
        [sys.executable, scripts / "build.py", "--select", "+load_inputs"], planted, **settings
    )
    assert built.returncode == 0, built.stdout + built.stderr

    settings = {"WAREHOUSE_PATH": str(demo.path), "PUBLISHED_DIR": str(tmp_path / "published")}
    commands = [
        ["publish.py"],
        ["print_summary.py"],
        ["write_report.py", "--output", str(tmp_path / "report")],
        [
            "propose_catalog.py",
            "--company",
            str(tmp_path / "company"),
            PROJECT / "data/demo/credit_card_usage.csv",
        ],
        ["generate_demo_insurer.py", "--output", str(tmp_path / "demo")],
    ]
    for name, *arguments in commands:
        result = run([sys.executable, scripts / name, *arguments], planted, **settings)
        assert result.returncode == 0, (name, result.stderr)
    others = {script.name for script in scripts.glob("*.py") if "__main__" in script.read_text()}
    # It writes into the project.
    assert others - {name for name, *_ in commands} == {"build.py", "write_settings.py"}


def test_the_app_imports_ours(planted, published, browser):
    port = free_port()
    process = subprocess.Popen(
        [DBT.with_name("streamlit"), "run", PROJECT / "app" / "segments.py"],
        cwd=planted,
        env=os.environ
        | {
            "PYTHONPATH": f":{planted}",
            "PUBLISHED_DIR": str(published.parent),
            "STREAMLIT_SERVER_PORT": str(port),
            "STREAMLIT_SERVER_HEADLESS": "true",
        },
    )
    try:
        address = wait_for_app(process, port)
        page = browser.new_page()
        page.goto(address)
        publication = os.readlink(published)
        expect(page.get_by_text(publication)).to_be_visible(timeout=30_000)
    finally:
        process.terminate()
        process.wait()
