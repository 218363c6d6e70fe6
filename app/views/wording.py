"""Numbers as people write them, by the rules of macros/wording.sql, and names as they are."""

import re

import pandas as pd


def in_words(value: float, unit: str) -> str:
    """Write a number with about three digits that count, a share as a percentage."""
    if pd.isna(value):
        return "unknown"
    if unit == "share":
        return share(value)
    if unit == "customers" or abs(value) >= 10:
        number = f"{value:,.0f}"
    else:
        number = f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"
    return f"{number} {unit}" if unit in ("days", "months", "years") else number


def share(value: float) -> str:
    """Write a share as a percentage."""
    if pd.isna(value):
        return "unknown"
    return f"{value:.2%}" if 0 < abs(value) < 0.01 else f"{value:.1%}"


def difference(value: float, is_beyond_measure: bool) -> str:
    """Write a difference in standard deviations, of which there may be none to measure it by."""
    if is_beyond_measure:
        return "no overlap"
    return "unknown" if pd.isna(value) else f"{value:+.2f}"


def benefit_name(name: str) -> str:
    """Write the name of a benefit; features of no single one stand under "all"."""
    return "relationship as a whole" if name == "all" else name.replace("_", " ")


def plain(text: str) -> str:
    """Keep Markdown out of names, ids and sentences: A_1_B stays A_1_B."""
    return re.sub(r"[!-/:-@\[-`{-~]", r"\\\g<0>", text)
