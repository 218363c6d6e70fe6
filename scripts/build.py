"""Run `dbt build` without unit tests and, when it fails, say why in the last line.

Arguments are passed on to dbt. The exit code is that of dbt.
"""

import re
import sys

from dbt.cli.main import dbtRunner, dbtRunnerResult

# What dbt puts around a message: where it was raised, above it and below.
HEADING = re.compile(r"(\w+ )+Error in .*\)$")
TRACE = re.compile(r"> (in|called by) ")


def find_cause(result: dbtRunnerResult) -> str:
    """Return the message of the error that stopped the build, or else of the first failure."""
    if result.exception is not None:
        return str(result.exception)
    failed = next(each for each in result.result.results if each.status in ("error", "fail"))
    # A test that found rows says how many, but not which test it is.
    return f"{failed.node.name}: {failed.message}" if failed.status == "fail" else failed.message


def in_one_line(cause: str) -> str:
    """Leave out where a message was raised, and say what to do where dbt does not."""
    lines = [line.strip().removeprefix("Invalid Input Error: ") for line in cause.splitlines()]
    told = " ".join(
        line for line in lines if line and not HEADING.match(line) and not TRACE.match(line)
    )
    if "Could not set lock" in told:
        told += " Close that program; what is published can be read while dbt builds."
    return told


def main() -> None:
    """Build, or end with the cause."""
    result = dbtRunner().invoke(["build", "--exclude-resource-type", "unit_test", *sys.argv[1:]])
    if not result.success:
        print(f"Nothing was published: {in_one_line(find_cause(result))}", file=sys.stderr)
        sys.exit(2 if result.exception is not None else 1)


if __name__ == "__main__":
    main()
