"""Numbers and names as people read them, by the rules of macros/wording.sql."""

import math
from datetime import date

ALL_BENEFITS = "Relationship as a whole"


def in_percent(share: float | None) -> str:
    """Write a share as a percentage."""
    if share is None:
        return "unknown"
    return f"{share:.2%}" if 0 < abs(share) < 0.01 else f"{share:.1%}"


def in_figures(value: float | None) -> str:
    """Write a number with about three digits that count, whole numbers as they are."""
    if value is None:
        return "unknown"
    if isinstance(value, int) or abs(value) >= 10:
        return f"{value:,.0f}"
    # Adding 0 makes 0 of what would be written as -0.
    return f"{value:.1f}" if abs(value) >= 1 else f"{round(value, 2) + 0:.2f}"


def cut(similarity: float) -> str:
    """Write a similarity so that it never reads better than it is."""
    return f"{math.floor(round(100 * similarity, 9)) / 100:.2f}"


def in_unit(value: float | None, unit: str) -> str:
    """Write a value of a feature in its unit."""
    if value is None:
        return "unknown"
    if unit == "share":
        return in_percent(value)
    return in_figures(float(value)) + (f" {unit}" if unit in ("days", "months", "years") else "")


def in_hundreds(index: float | None) -> str:
    """Write an index, of which 100 is the average; a dash where there is none."""
    return "\N{EN DASH}" if index is None else f"{index:,.0f}"


def of(count: int, thing: str) -> str:
    """Write how many there are of something."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def day(moment: date) -> str:
    """Write a day, or the day of a moment."""
    return f"{moment.day} {moment:%B %Y}"


def sentence(words: str) -> str:
    """Write words with the first letter large, the others as they are."""
    return words[:1].upper() + words[1:]


def benefit(name: str) -> str:
    """Write the name of a benefit."""
    return ALL_BENEFITS if name == "all" else sentence(name.replace("_", " "))


def column(name: str) -> str:
    """Write the name of a column of build_info."""
    proper = {"dbt": "dbt", "duckdb": "DuckDB", "numpy": "NumPy", "scikit_learn": "scikit-learn"}
    for written, spoken in proper.items():
        if name.startswith(written):
            return spoken + name.removeprefix(written).replace("_", " ")
    return sentence(name.replace("_", " "))


def quoted(name: str) -> str:
    """Write the name of a segment so that it is seen to be one."""
    return f'"{name}"'


def enumerated(things: list[str]) -> str:
    """Write things as a list in a sentence."""
    return " and ".join([", ".join(things[:-1]), things[-1]] if len(things) > 1 else things)
