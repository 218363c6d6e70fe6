"""Run `dbt build` without unit tests and, when it fails, say why in the last line.

Arguments are passed on to dbt.
"""

import re
import sys

from dbt.cli.main import dbtRunner, dbtRunnerResult

# What dbt puts around a message: where it was raised, above it and below.
HEADING = re.compile(r"(\w+ )+Error in .*\)$")
TRACE = re.compile(r"> (in|called by) ")
# DuckDB's tips for a file in use do not help a build.
TIPS = re.compile(r" (However, you would|See also) .*")


def find_cause(result: dbtRunnerResult) -> str:
    """Return the message of the error that stopped the build, or else of the first failure."""
    if result.exception is not None:
        # An interruption has no message.
        return str(result.exception) or "dbt was stopped."
    for each in result.result.results:
        if each.status == "error":
            return each.message
        if each.status == "fail":
            return (
                f"the test {each.node.name} found what must not be ({each.message}). The rows:"
                f" dbt show --select {each.node.name}"
            )
    return "dbt was stopped."


def in_one_line(cause: str) -> str:
    """Leave out where a message was raised, and say what to do where dbt does not."""
    lines = [line.strip().removeprefix("Invalid Input Error: ") for line in cause.splitlines()]
    told = " ".join(
        line for line in lines if line and not HEADING.match(line) and not TRACE.match(line)
    )
    if "Could not set lock" in told:
        told = TIPS.sub("", told).rstrip(".")
        told += ". Close that program; what is published can be read while dbt builds."
    return told


def main() -> None:
    """Build, or end with the cause."""
    result = dbtRunner().invoke(["build", "--exclude-resource-type", "unit_test", *sys.argv[1:]])
    if not result.success:
        sys.exit(f"Nothing was published: {in_one_line(find_cause(result))}")


if __name__ == "__main__":
    main()
