"""Names, dates and lists as people read them. Queries return numbers in words."""

from datetime import date

ALL_BENEFITS = "Relationship as a whole"


def day(moment: date) -> str:
    """Write a day, or the day of a moment."""
    return f"{moment.day} {moment:%B %Y}"


def sentence(words: str) -> str:
    """Write words with a capital first letter, the others unchanged."""
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
    """Write the name of a segment in quotation marks."""
    return f'"{name}"'


def enumerated(things: list[str]) -> str:
    """Write things as a list in a sentence."""
    return " and ".join([", ".join(things[:-1]), things[-1]] if len(things) > 1 else things)
