"""Numbers as people write them, and names as they are."""

import re

import pandas as pd


def in_words(value: float, unit: str) -> str:
    """Write a number with about three digits that count, a share as a percentage."""
    if pd.isna(value):
        return "unknown"
    if unit == "share":
        return share(value)
    if unit == "difference":
        return f"{value:+.2f}"
    number = f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{number} {unit}" if unit in ("days", "months", "years") else number


def share(value: float) -> str:
    """Write a share as a percentage."""
    return "unknown" if pd.isna(value) else f"{value:.1%}"


def plain(text: str) -> str:
    """Keep Markdown out of names, ids and sentences: A_1_B stays A_1_B."""
    return re.sub(r"([^\w\s])|_", r"\\\g<0>", text)
