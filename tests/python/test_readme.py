"""What README and docs tell you to do is done, in a copy; what they list is what there is."""

import os
import re
import subprocess

import pytest

from conftest import PROJECT
from rooms import ROOMS, ROWS, draw_rooms

README = (PROJECT / "README.md").read_text()

# Every page that people read, by its path in the project.
PAGES = {
    str(path.relative_to(PROJECT)): path.read_text()
    for pattern in ("*.md", "docs/*.md", "benchmarks/*.md", "models/*.md", ".github/*.md")
    for path in sorted(PROJECT.glob(pattern))
}
# Pages whose commands run, in this order: each builds on what those before it left.
RUN = ["README.md", "docs/publishing.md", "docs/report.md", "docs/metrics.md"]
# What is running now.
NOT_RUN = ["make test"]
# Named on pages, but made by a build, a publication or an installation.
MADE_LATER = (
    "published/",
    "report/",
    "target/",
    "warehouse/",
    "results/quick",
    ".venv/",
    "path/",
    "benchmarks/.venv",
)


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a page in this language, without their indentation."""
    fence = rf"^( *)```{language}\n(.*?)^ *```$"
    found = re.findall(fence, PAGES[page], re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", text, flags=re.MULTILINE).strip() for indent, text in found]


def without_blocks(page: str) -> str:
    """Return a page without its fenced blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)


def rows(page: str, header: str) -> list[list[str]]:
    """Return the cells of all tables of a page that begin with this header."""
    tables = PAGES[page].split(f"\n| {header}")[1:]
    lines = [line for table in tables for line in table.split("\n\n", 1)[0].splitlines()[2:]]
    return [[cell.strip(" `") for cell in line.strip("| ").split(" | ")] for line in lines]


def examples() -> dict[str, str]:
    """Return the query of each mart by its name, parameters of a function left out."""
    marts = rows("docs/marts.md", "mart | one row per")
    return {cells[0].partition("(")[0]: cells[-1] for cells in marts}


@pytest.fixture(scope="module")
def run(clone):
    """Run a block of a page in the copy, with nothing set but what is given."""
    settings = {cells[0] for cells in rows("docs/settings.md", "environment variable")}
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


@pytest.mark.parametrize(
    ("page", "block"),
    [(page, block) for page in RUN for block in blocks(page, "sh") if block not in NOT_RUN],
)
def test_every_command_runs(run, page, block):
    # Unit tests ask nothing of the data, and run elsewhere.
    run(block, DBT_EXCLUDE_RESOURCE_TYPES="unit_test")


def test_the_readme_is_one_page_and_shows_the_report_first():
    lines = README.splitlines()
    assert len(lines) <= 150
    (picture,) = [number for number, line in enumerate(lines) if line.startswith("![")]
    assert picture < 10


def test_the_picture_is_that_of_the_rooms():
    assert blocks("README.md", "mermaid") == [draw_rooms()]
    assert [room for rooms in ROWS.values() for room in rooms] == list(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_a_folder_of_models(room):
    folders = [PROJECT / parent / room for parent in ("models", "python_models")]
    assert any(folder.is_dir() for folder in folders)


def test_the_summary_that_is_shown_is_that_of_the_demo(demo, run_summary):
    (shown,) = blocks("README.md", "text")
    printed = " ".join(run_summary(demo).split())
    parts = [" ".join(part.split()) for part in shown.split("...")]
    assert len(parts[0]) > 300
    assert [part for part in parts if part not in printed] == []


def test_the_places_to_find_things_exist():
    places = rows("CONTRIBUTING.md", "what | where")
    paths = [path for _, where in places for path in re.findall(r"[\w/.]+/[\w.]*", where)]
    assert len(places) == 5
    assert len(paths) == 7
    assert [path for path in paths if not (PROJECT / path).exists()] == []
    counts = PROJECT / "python_models" / "lib" / "benefit_segments" / "segment_counts.py"
    assert "def choose_segment_count(" in counts.read_text()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page):
    links = re.findall(r"\]\(([^):#]+)\)", without_blocks(page))
    assert [link for link in links if not (PROJECT / page).parent.joinpath(link).exists()] == []


# The changelog also names what is gone.
@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"CHANGELOG.md"}))
def test_every_target_and_path_that_a_page_names_exists(page):
    text = without_blocks(page)
    makefile = (PROJECT / "Makefile").read_text()
    targets = set(re.findall(r"`make ([a-z-]+)", text))
    assert [name for name in targets if f"\n{name}:" not in makefile] == []
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text)
    missing = [path for path in named if not (PROJECT / path).exists()]
    beside = [path for path in missing if not (PROJECT / page).parent.joinpath(path).exists()]
    assert [path for path in beside if not path.startswith(MADE_LATER)] == []


def test_the_tables_of_marts_are_those_of_their_descriptions(marts):
    described = {
        name: re.search(r"Example: `(.+)`\s*$", node["description"])[1]
        for name, node in marts.items()
    }
    assert examples() == described


def test_functions_have_the_parameters_of_their_row(demo):
    documented = [
        cells[0] for cells in rows("docs/marts.md", "mart | one row per") if "(" in cells[0]
    ]
    functions = demo.rows("""
        select function_name || '(' || array_to_string(parameters, ', ') || ')'
        from duckdb_functions()
        where schema_name = 'marts'
    """)
    assert sorted(documented) == sorted(name for (name,) in functions)


@pytest.mark.parametrize("mart", examples())
def test_every_query_of_a_mart_finds_something(demo, mart):
    query = examples()[mart]
    assert re.search(rf"\bmarts\.{mart}\b", query)
    assert demo.rows(query)


def test_every_query_of_a_page_finds_something(demo):
    queries = blocks("docs/reading_the_numbers.md", "sql")
    # One of them reads a table of yours.
    queries = [query for query in queries if "new_customers" not in query]
    assert len(queries) == 3
    assert [query for query in queries if not demo.rows(query)] == []


def test_actions_are_pinned_by_digest():
    workflows = (PROJECT / ".github" / "workflows").glob("*.yml")
    texts = [file.read_text() for file in workflows]
    uses = re.findall(r"uses: (.+)", "\n".join([*texts, PAGES["docs/publishing.md"]]))
    assert uses
    pinned = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [action for action in uses if not pinned.fullmatch(action)] == []
    assert all("permissions:\n  contents: read\n" in text for text in texts)
