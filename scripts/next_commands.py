"""Commands to copy: each works in the same shell, also for the data of this run.

Variables set for one run (`RAW_DATA_DIR=... PUBLISHED_DIR=... make segments`) are not set for the
next command, so each command sets the variables that it needs.
"""

import os
import shlex
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def set_for_this_run(name: str) -> list[str]:
    """Return the path that the environment variable `name` sets, as a word of a command."""
    value = os.environ.get(name)
    # dbt reads a relative COMPANY_DIR from the project folder.
    start = PROJECT if name == "COMPANY_DIR" else Path.cwd()
    return [f"{name}={shlex.quote(str(start / value))}"] if value else []


def make(target: str) -> str:
    """Return the make command for a target: `segments` builds, the others read the publication."""
    names = ["PUBLISHED_DIR"]
    if target in ("segments", "publish"):
        names = ["RAW_DATA_DIR", "COMPANY_DIR", "WAREHOUSE_PATH", *names]
    settings = [word for name in names for word in set_for_this_run(name)]
    folder = [] if Path.cwd() == PROJECT else ["-C", str(PROJECT)]
    return " ".join([*settings, shlex.join(["make", *folder, target])])


def publish() -> str:
    """Return the command that publishes the last build without a new build."""
    settings = [*set_for_this_run("WAREHOUSE_PATH"), *set_for_this_run("PUBLISHED_DIR")]
    return " ".join([*settings, shlex.join([sys.executable, str(PROJECT / "scripts/publish.py")])])


def dbt(*arguments: str) -> str:
    """Return a command of dbt on the warehouse; it needs no activated environment."""
    program = Path(sys.executable).with_name("dbt")
    anchors = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    if Path.cwd() == PROJECT:
        anchors = []
        program = program.relative_to(PROJECT) if program.is_relative_to(PROJECT) else program
    settings = [*set_for_this_run("COMPANY_DIR"), *set_for_this_run("WAREHOUSE_PATH")]
    return " ".join([*settings, shlex.join([str(program), *arguments, *anchors])])
