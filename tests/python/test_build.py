"""What `make segments` prints: a line that changes, few that stay, commands that work."""

import os
import re
import shlex
import signal
import subprocess
import sys

import duckdb
import pytest
from playwright.sync_api import expect

import next_commands
from app_server import free_port, wait_for_app
from conftest import NOTHING_SET, PROJECT, run_as_printed

PROGRESS = re.compile(r"\d+:\d\d  ")
MOVES = re.compile(r"\x1b\[\?25[lh]|\x1b\[1A|\x1b\[2K|\r|\n|[^\x1b\r\n]+")
# One run with data of your own, nothing exported.
OWN = 'RAW_DATA_DIR=path/to/folder WAREHOUSE_PATH="own\'s/one file.duckdb" PUBLISHED_DIR="own\'s"'


def screen(written: str) -> list[str]:
    """Return the lines that stand on a terminal after this was written to it."""
    assert "".join(MOVES.findall(written)) == written
    lines, row = [""], 0
    for move in MOVES.findall(written):
        if move == "\n":
            row += 1
            lines += [""] if row == len(lines) else []
        elif move == "\x1b[1A":
            row -= 1
        elif move == "\x1b[2K":
            lines[row] = ""
        elif move[0] not in "\x1b\r":
            lines[row] += move
    return lines


# -- On a terminal --


def test_one_line_says_how_far_the_build_is_and_is_gone_at_the_end(demo_run):
    _, written = demo_run
    shown = [line for line in MOVES.findall(written) if PROGRESS.match(line)]
    assert max(map(len, shown)) <= 80
    steps = [re.match(r"\d+:\d\d  (\d+) of (\d+) steps  \w+", line) for line in shown]
    finished = [(int(step[1]), int(step[2])) for step in steps if step]
    assert finished == sorted(finished)
    assert finished[-1] == (finished[0][1], finished[0][1])
    assert len(set(finished)) > 20
    # Long models say how far they are.
    assert re.search(r"steps  .*criteria, pca space: \w.+: \d+ of \d+ finished", written)
    assert [line for line in screen(written) if PROGRESS.match(line)] == []


def test_a_build_of_the_demo_prints_few_lines_and_no_warning(demo_run):
    warehouse, written = demo_run
    lines = screen(written)
    assert len(lines) <= 60
    log = warehouse.path.parent / "logs" / "dbt.log"
    assert re.fullmatch(rf"Built in \d+:\d\d \(log of dbt: {log}\)", lines[0])
    assert "OK created sql table model marts.segment_profiles" in log.read_text()
    assert lines[1].startswith("Published ")
    assert lines[3].startswith("3,000 customers.")


# -- Elsewhere, with data of your own --


@pytest.fixture(scope="module")
def own_run(clone) -> str:
    """What `make segments` prints in continuous integration."""
    return run_as_printed(f"{OWN} CI=true make segments", clone)


def test_without_a_terminal_lines_are_plain_and_few(own_run):
    assert re.search("[\x00-\x09\x0b-\x1f]", own_run) is None
    lines = own_run.splitlines()
    assert 1 <= len([line for line in lines if PROGRESS.match(line)]) < 10
    # The summary tells which inputs are not there.
    for name in ("customers", "benefit_accounts", "benefit_transactions"):
        assert f"{name}: no file or table of this name, treated as empty" in lines


def printed_command(own_run: str, target: str) -> str:
    (command,) = re.findall(f"^    (.*make {target})$", own_run, re.MULTILINE)
    return command


def test_the_command_for_the_report_works_in_the_same_shell(own_run, clone):
    file = clone / "own's" / "current" / "segments.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        ((customers,),) = connection.execute("select customers from marts.build_info").fetchall()
    # Not those of the demo.
    assert customers < 100
    run_as_printed(printed_command(own_run, "report"), clone)
    assert f"{customers} customers" in (clone / "report" / "segments.html").read_text()


def test_the_command_for_the_app_works_in_the_same_shell(own_run, clone, browser):
    port = free_port()
    settings = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_HEADLESS": "true"}
    process = subprocess.Popen(
        ["bash", "-c", printed_command(own_run, "app")],
        cwd=clone,
        env=NOTHING_SET | settings,
        start_new_session=True,
    )
    try:
        address = wait_for_app(process, port)
        page = browser.new_page()
        page.goto(address)
        publication = os.readlink(clone / "own's" / "current")
        expect(page.get_by_text(publication)).to_be_visible(timeout=30_000)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


@pytest.mark.parametrize("name", ["own's data", 'a "b" $HOME `c`', "d\\e;f&g"])
def test_commands_name_the_paths_of_this_run(name, tmp_path, monkeypatch):
    """Whatever is in them: the shell that reads a command gets them as they are."""
    paths = {
        variable: str(tmp_path / name / variable)
        for variable in ("RAW_DATA_DIR", "COMPANY_DIR", "WAREHOUSE_PATH", "PUBLISHED_DIR")
    }
    for variable, path in paths.items():
        monkeypatch.setenv(variable, path)
    for command, read in {
        next_commands.make("segments"): [*paths],
        next_commands.make("report"): ["PUBLISHED_DIR"],
        next_commands.publish(): ["WAREHOUSE_PATH", "PUBLISHED_DIR"],
        next_commands.dbt("show"): ["COMPANY_DIR", "WAREHOUSE_PATH"],
    }.items():
        words = shlex.split(command)
        assert words[: len(read)] == [f"{variable}={paths[variable]}" for variable in read]
        assert "=" not in words[len(read)]


# -- What went wrong --


def test_a_test_that_warns_is_printed_with_a_command_that_shows_its_rows(tmp_path):
    test = "assert_observation_window_holds_activity"
    result = subprocess.run(
        [
            *(sys.executable, PROJECT / "scripts" / "build.py"),
            *("--select", "+observation_window", test, "--vars", "{as_of_date: '2010-01-01'}"),
            # Of the tests, only those of which all models are built.
            *("--indirect-selection", "cautious"),
            *("--target-path", tmp_path / "target", "--log-path", tmp_path / "logs"),
        ],
        cwd=PROJECT,
        env=os.environ | {"WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb")},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    (warning,) = re.findall("^Warning: .*", result.stdout, re.MULTILINE)
    assert warning.startswith(f"Warning: the test {test} did not pass (Got 1 result,")
    rows = run_as_printed(warning.partition("The rows: ")[2], PROJECT)
    assert "2010-01-01 |           2025-12-31" in rows


def test_an_option_that_dbt_does_not_know_is_the_cause():
    result = subprocess.run(
        [sys.executable, PROJECT / "scripts" / "build.py", "--no-such-option"],
        capture_output=True,
        text=True,
    )
    assert result.stderr == "Nothing was published: No such option '--no-such-option'.\n"


def test_the_environment_is_a_plain_one():
    """Activated, it must change nothing for other projects of dbt."""
    command = ["make", "--dry-run", "--always-make", ".venv/installed"]
    recipe = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "-m venv .venv" in recipe
    assert "activate" not in recipe
