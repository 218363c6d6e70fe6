"""Run `dbt build` without unit tests; when it fails, print the cause in the last line.

Arguments are passed on to dbt. Its log is a file; messages name it when you need it.
"""

import json
import os
import re
import sys
from threading import Lock

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.flags import get_flags
from dbt_common.events.base_types import EventMsg
from dbt_common.events.contextvars import get_node_info

import next_commands
from live_line import live_line

# Before PYTHONPATH and the working directory, so that dbt finds no other modules of these names.
sys.path.insert(0, str(next_commands.PROJECT / "python_models" / "lib"))

ARGUMENTS = [
    *("--exclude-resource-type", "unit_test"),
    *("--project-dir", str(next_commands.PROJECT)),
    *("--profiles-dir", str(next_commands.PROJECT)),
    *("--log-level", "none", "--log-level-file", "debug", "--no-use-colors"),
]

# What these name, when they are set. An empty one is a mistake, for example of a shell script.
SETTINGS = {
    "RAW_DATA_DIR": "a folder",
    "COMPANY_DIR": "a folder",
    "WAREHOUSE_PATH": "a file",
    "PUBLISHED_DIR": "a folder",
    "THREADS": "a number",
    "MEMORY_LIMIT": "an amount of memory",
}

# Lines that dbt puts around a message: where it was raised, above and below.
HEADING = re.compile(r"(\w+ )+Error in .*\)$")
OF_PYTHON = "Python model failed:"
TRACE = re.compile(r"> (in|called by) ")
# DuckDB's tips for a file in use do not help a build.
TIPS = re.compile(r" (However, you would|See also) .*")
# Events that repeat the warning of a test; the warning is printed at the end.
WARNINGS_OF_TESTS = {"LogTestResult", "RunResultWarning", "RunResultWarningMessage"}


class Progress:
    """The progress of dbt, from its events, which come from several threads at once."""

    def __init__(self):
        self.log_path: str | None = None
        self.total = 0
        self.finished = 0
        # What runs, by the id of its node: the name, or the progress that a Python model reports.
        self.running: dict[str, str] = {}
        self.lock = Lock()

    def hear(self, event: EventMsg) -> None:
        """Record one event, and print it when it is a message for the user."""
        with self.lock:
            match event.info.name:
                case "MainReportArgs":
                    self.log_path = event.data.args["log_path"] + "/dbt.log"
                case "ConcurrencyLine":
                    self.total = event.data.node_count
                case "NodeStart":
                    node = event.data.node_info
                    self.running[node.unique_id] = node.node_name
                case "NodeFinished":
                    self.running.pop(event.data.node_info.unique_id, None)
                    self.finished += 1
                case "Note" if (node := get_node_info().get("unique_id")) in self.running:
                    self.running[node] = event.info.msg
        is_warning = event.info.level == "warn" and event.info.name not in WARNINGS_OF_TESTS
        if is_warning or event.info.name == "JinjaLogInfo":
            print(" ".join(event.info.msg.split()), flush=True)

    def tell(self) -> str:
        """Return the progress of dbt and what it is doing."""
        with self.lock:
            if not self.total:
                return "reading the project"
            doing = ", ".join(self.running.values())
            if not doing:
                doing = "finishing" if self.finished else "reading the inputs"
            return f"{self.finished} of {self.total} steps  {doing}"


def with_settings(message: str) -> str:
    """Add to the dbt commands in a message what they need to show the rows of this run."""
    given = getattr(get_flags(), "VARS", None)
    settings = ["--vars", json.dumps(given)] if given else []
    return message.replace("dbt show", next_commands.dbt("show", *settings))


def tell_test(result) -> str:
    """Tell how many rows a failed test found, and how to see them."""
    return (
        f"the test {result.node.name} did not pass ({result.message}). The rows:"
        f" dbt show --select {result.node.name}"
    )


def find_cause(result: dbtRunnerResult) -> str:
    """Return the message of the error that stopped the build, otherwise of the first failure."""
    if result.exception is not None:
        # An interruption has no message.
        return str(result.exception) or "dbt was stopped."
    for each in result.result.results:
        if each.status == "error":
            return each.message
        if each.status == "fail":
            return tell_test(each)
    return "dbt was stopped."


def in_one_line(cause: str) -> str:
    """Remove where a message was raised, and add what to do when dbt does not tell."""
    lines = [line.strip() for line in cause.splitlines()]
    # How DuckDB and Python name an error with a message of ours.
    lines = [re.sub(r"^(Invalid Input Error|InputError): ", "", line) for line in lines]
    told = " ".join(
        line
        for line in lines
        if line and not HEADING.match(line) and not TRACE.match(line) and line != OF_PYTHON
    )
    if "Could not set lock" in told:
        told = TIPS.sub("", told).rstrip(".")
        told += ". Close that program; what is published can be read while dbt builds."
    return told


def main() -> None:
    """Build, or end with the cause."""
    for name, kind in SETTINGS.items():
        if os.environ.get(name, kind).strip() == "":
            sys.exit(f"Nothing was published: {name} is set but empty. Unset it, or name {kind}.")
    progress = Progress()
    with live_line(progress.tell) as line:
        result = dbtRunner(callbacks=[progress.hear]).invoke(["build", *ARGUMENTS, *sys.argv[1:]])
    log = f"(log of dbt: {progress.log_path})" if progress.log_path else ""
    if not result.success:
        cause = with_settings(in_one_line(find_cause(result)))
        sys.exit(f"Nothing was published: {cause} {log}".rstrip())
    for each in result.result.results:
        if each.status == "warn":
            print(f"Warning: {with_settings(tell_test(each))}")
    print(f"Built in {line.elapsed} {log}")


if __name__ == "__main__":
    main()
