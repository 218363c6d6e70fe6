"""How the build reads values, as SQL: its own macros, so that a proposal counts what it refuses."""

from functools import cache
from pathlib import Path

import jinja2

MACROS = Path(__file__).parents[2] / "macros" / "front_door" / "parse_values.sql"


@cache
def macros() -> object:
    """Return the macros of parse_values.sql; each takes a column and returns SQL."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    return environment.from_string(MACROS.read_text()).module


def number(column: str, decimal_sign: str = ".") -> str:
    """Return SQL for a column as a finite double; null when the build reads no number."""
    format_ = {} if decimal_sign == "." else {"decimal_sign": decimal_sign}
    return macros().parse_number(column, format_)


def yes_or_no(column: str) -> str:
    """Return SQL for a column as a boolean; null when it is neither yes nor no."""
    return macros().parse_boolean(column)


def text(column: str) -> str:
    """Return SQL for a column as trimmed text; null when it is empty."""
    return macros().parse_text(column)
