"""The one error that the front door raises, and how names and counts are written in it."""

from collections.abc import Iterable


class InputError(Exception):
    """An input cannot be used. The message says what, where, how many and what to do.

    dbt-duckdb prints every error of a Python model with `traceback.format_exception`. The
    attributes below leave nothing to print but this name and the message: neither the stack nor
    the error of DuckDB behind it, which can quote rows.
    """

    __module__ = "builtins"
    __traceback__ = None
    __cause__ = None
    __context__ = None
    __suppress_context__ = True


def shorten(text: object, length: int = 60) -> str:
    """Return a name of at most `length` characters, on one line."""
    line = "".join(c if c.isprintable() else "?" for c in str(text))
    return line if len(line) <= length else line[: length - 1] + "…"


def list_names(names: Iterable[object], at_most: int = 20) -> str:
    """Return names separated by commas; beyond `at_most` only how many more there are."""
    names = list(names)
    listed = ", ".join(shorten(name) for name in names[:at_most])
    more = len(names) - at_most
    return f"{listed} and {more} more" if more > 0 else listed
