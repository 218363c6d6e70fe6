"""What the README says to do is done, in a copy; what it lists is what there is."""

import os
import re
import subprocess

import pytest
import yaml

from conftest import PROJECT

README = (PROJECT / "README.md").read_text()
# What is running now, and what runs until it is stopped: test_app.py drives it.
NOT_RUN = ["make test", "make app"]


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of the README in this language, without their indentation."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", README, re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE).strip() for indent, text in found]


def table(header: str) -> list[list[str]]:
    """Return the cells of the table that begins with this header."""
    rows = README.split(f"\n| {header}", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in rows]


def examples() -> dict[str, str]:
    """Return the query of each mart by its name, parameters of a macro left out."""
    return {
        re.sub(r"\(.*", "", cells[0]): cells[-1].strip("`") for cells in table("mart | one row per")
    }


@pytest.fixture(scope="module")
def run(clone):
    """Run a block of the README in the copy, with nothing set but what is given."""
    settings = {cells[0] for cells in table("environment variable")}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in settings and not name.startswith(("DBT_", "MAKE"))
    }

    def run(block: str, **environment) -> str:
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=clone,
            env=inherited | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert result.returncode == 0, result.stdout
        return result.stdout

    return run


@pytest.mark.parametrize("block", [block for block in blocks("sh") if block not in NOT_RUN])
def test_every_command_runs(run, block):
    # Unit tests ask nothing of the data, and run elsewhere.
    run(block, DBT_EXCLUDE_RESOURCE_TYPES="unit_test")


def test_the_summary_that_is_shown_is_that_of_the_demo(demo, run_summary):
    (shown,) = blocks("text")
    printed = " ".join(run_summary(demo).split())
    parts = [" ".join(part.split()) for part in shown.split("...")]
    assert len(parts[0]) > 400
    assert [part for part in parts if part not in printed] == []


def test_every_target_and_path_that_is_named_exists():
    makefile = (PROJECT / "Makefile").read_text()
    text = re.sub(r"^ *```.*?^ *```$", "", README, flags=re.MULTILINE | re.DOTALL)
    targets = set(re.findall(r"`make ([a-z-]+)", text))
    assert {"bench", "docs", "metrics"} <= targets
    assert [name for name in targets if f"\n{name}:" not in makefile] == []
    links = re.findall(r"\]\(([^):]+)\)", README)
    folders = [cells[0].strip("`") for cells in table("folder | holds")]
    assert len(links) > 5
    assert [path for path in links + folders if not (PROJECT / path).exists()] == []


def test_the_table_of_marts_is_that_of_their_descriptions(marts):
    described = {
        name: re.search(r"Example: `(.+)`\s*$", node["description"])[1]
        for name, node in marts.items()
    }
    assert examples() == described


@pytest.mark.parametrize("mart", examples())
def test_every_query_of_a_mart_finds_something(demo, mart):
    query = examples()[mart]
    assert re.search(rf"\bmarts\.{mart}\b", query)
    assert demo.rows(query)


def test_the_table_of_vars_is_that_of_the_project():
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    defaults = {name: str(value) or '""' for name, value in project["vars"].items()}
    assert {name: default for name, default, _ in table("var | default")} == defaults


def test_the_table_of_environment_variables_is_what_is_read():
    read: dict[str, set[str]] = {}
    folders = [PROJECT / name for name in ("macros", "models", "python_models", "scripts", "app")]
    sources = [file for folder in folders for file in folder.rglob("*")]
    sources = [file for file in sources if file.suffix in (".sql", ".py", ".yml")]
    for file in [PROJECT / "profiles.yml", *sources]:
        for name, default in re.findall(r"env_var\('(\w+)'(.*?)\)", file.read_text()):
            read.setdefault(name, set()).update(re.findall(r"'(.*?)'", default))
        for name in re.findall(r'environ(?:\.get\(|\[)"(\w+)"', file.read_text()):
            read.setdefault(name, set())
    rows = {cells[0]: cells[1] for cells in table("environment variable")}
    assert set(rows) == set(read)
    for name, defaults in read.items():
        said = [default for default in defaults if default.lstrip("/") in rows[name]]
        assert said or not defaults, f"{name}: {rows[name]}, but read with {defaults}"
