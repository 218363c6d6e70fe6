"""Measure the columns of a wide table: DuckDB counts over all rows, one column at a time.

A value is a number, yes or no when the build reads it as such.
"""

import math
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pandas as pd

from cataloguing import values

# Texts that mean nothing is known, in lower case. They do not speak against a column of numbers,
# but the build reads none of them as unknown.
NOTHING = ("-", "n/a", "na", "nan", "none", "null")
DATE = (
    "([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"
    "|[0-9]{1,2}[./-][0-9]{1,2}[./-]([0-9]{4}|[0-9]{2}))([T ][0-9:.]+(Z|[+-][0-9:]+)?)?"
)

# A column is one of numbers or dates when at least this share of its known values is.
MOSTLY = 0.9
# So many values of a flag are yes or no; fewer, and the others are no errors but a third answer.
NEARLY_ALL = 0.99
# A count of distinct values is exact up to this many.
FEW = 100
# HyperLogLog is about this wrong at most; what may be unique is counted exactly.
MAYBE_UNIQUE = 0.85

SAMPLE_SIZE = 20_000


@dataclass(frozen=True)
class Column:
    """What is known of one column; counts are of rows.

    `type` is text, number, flag, date or other, as stored. Of `rows`, `known` have a value,
    `distinct` different ones (exact if few or nearly all). `numbers` of the values are numbers:
    `whole`, `zeros` and `negatives` of them are such, and so on; `dates` and `comma_numbers` count
    among the others. `words` count texts that stand for nothing, which are not known. Skewness is
    rounded to two decimals. `low`, `middle` and `high` are the 1st, 50th and 99th percentile,
    `top_share` the share of the most frequent value among the known ones, both in the sample. What
    a column without numbers cannot have is None.
    """

    position: int
    header: str
    type: str
    rows: int
    known: int
    distinct: int
    numbers: int = 0
    whole: int = 0
    zeros: int = 0
    negatives: int = 0
    in_unit_interval: int = 0
    yes_or_no: int = 0
    dates: int = 0
    comma_numbers: int = 0
    words: int = 0
    minimum: float | None = None
    maximum: float | None = None
    skewness: float | None = None
    log_skewness: float | None = None
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    top_share: float = 0.0

    @property
    def is_numeric(self) -> bool:
        """Whether nearly all known values are numbers."""
        return self.numbers > 0 and self.numbers >= MOSTLY * self.known

    @property
    def is_yes_or_no(self) -> bool:
        """Whether nearly all known values are words for yes and no; a third word is a category."""
        return self.type == "text" and self.yes_or_no >= NEARLY_ALL * self.known > 0

    @property
    def is_whole(self) -> bool:
        """Whether all its numbers are whole."""
        return self.whole == self.numbers > 0

    @property
    def unreadable(self) -> int:
        """Values of a column of numbers or flags that the build refuses as such."""
        is_flag = self.is_yes_or_no and not self.is_numeric
        return self.known + self.words - (self.yes_or_no if is_flag else self.numbers)

    @property
    def is_unique(self) -> bool:
        """Whether every row has a value of its own."""
        return self.rows == self.known == self.distinct > 0

    @property
    def distinct_share(self) -> float:
        """Different values as a share of all rows."""
        return self.distinct / self.rows if self.rows else 0.0


def measure_columns(
    connection: duckdb.DuckDBPyConnection, relation: str
) -> tuple[list[Column], str]:
    """Return what is known of every column of a relation, and its decimal sign, '.' or ','.

    The sign is a comma when more columns are numbers with a comma than with a point.
    """
    described = connection.execute(f"describe select * from {relation}").fetchall()

    def measure(sign: str) -> list[Column]:
        return [
            _measure(connection, relation, position, name, _kind(type_), sign)
            for position, (name, type_, *_) in enumerate(described, start=1)
        ]

    columns = measure(".")
    sign = find_decimal_sign(columns)
    return (columns if sign == "." else measure(sign)), sign


def find_decimal_sign(columns: list[Column]) -> str:
    """Return the sign, '.' or ',', with which more columns are numbers.

    `columns` were read with a point. A column of whole numbers alone speaks for neither.
    """
    with_point = sum(each.is_numeric and not each.is_whole for each in columns)
    with_comma = sum(
        not each.is_numeric
        and each.comma_numbers > 0
        and each.numbers + each.comma_numbers >= MOSTLY * each.known
        for each in columns
    )
    return "," if with_comma > with_point else "."


def read_sample(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: list[Column],
    key: Column,
    sign: str,
    size: int = SAMPLE_SIZE,
) -> pd.DataFrame:
    """Return at most `size` rows, chosen by a hash of the key, whatever the order of the rows.

    It has a column per column of numbers or flags, named by its position, NaN where unknown; yes is
    1 and no is 0.
    """
    numeric = [
        each for each in columns if (each.is_numeric or each.is_yes_or_no) and each is not key
    ]
    connection.execute(f"""
        create or replace temp table sampled_rows as
        from {relation} order by md5(cast({_quoted(key.header)} as varchar)) limit {size}
    """)
    values = {
        str(each.position): connection.execute(
            f"select cast({_sampled(each, sign)} as double) as value from sampled_rows"
        ).fetchnumpy()["value"]
        for each in numeric
    }
    (rows,) = connection.execute("select count(*) from sampled_rows").fetchone()
    return pd.DataFrame(
        {name: np.ma.filled(column, np.nan) for name, column in values.items()}, index=range(rows)
    )


def measure_sample(columns: list[Column], sample: pd.DataFrame) -> list[Column]:
    """Return the columns with the percentiles and the most frequent value of the sample."""
    measured = []
    for each in columns:
        values = sample.get(str(each.position))
        if values is not None and (known := values.dropna()).size:
            low, middle, high = known.quantile([0.01, 0.5, 0.99])
            top_share = known.value_counts(normalize=True).iloc[0]
            each = replace(each, low=low, middle=middle, high=high, top_share=top_share)
        measured.append(each)
    return measured


def _measure(
    connection, relation: str, position: int, header: str, type_: str, sign: str
) -> Column:
    is_text = type_ == "text"
    is_word = f"lower({values.text(_quoted(header))}) in {NOTHING}" if is_text else "false"
    facts = {
        "rows": "count(*)",
        "known": "count(v)",
        "distinct": "approx_count_distinct(v)",
        "numbers": "count(n)",
        "whole": "count(*) filter (n % 1 = 0)",
        "zeros": "count(*) filter (n = 0)",
        "negatives": "count(*) filter (n < 0)",
        "in_unit_interval": "count(*) filter (n between 0 and 1)",
        "minimum": "min(n)",
        "maximum": "max(n)",
        # Beyond 1e75 the third power is no number any more.
        "skewness": "skewness(case when abs(n) < 1e75 then n end)",
        "log_skewness": "skewness(case when n >= 0 then ln(1 + n) end)",
    }
    if is_text:
        facts |= {
            "yes_or_no": f"count({values.yes_or_no('v')})",
            "dates": f"count(*) filter (n is null and regexp_full_match(v, '{DATE}'))",
            "comma_numbers": f"count({values.number('v', ',')}) filter (n is null)",
            "words": "count(*) filter (is_word)",
        }
    value = f"(select {_value(header, type_)} as v, {is_word} as is_word from {relation})"
    counted = connection.execute(f"""
        select {", ".join(facts.values())}
        from (select *, {_number("v", type_, sign)} as n from {value})
    """).fetchone()
    fact = dict(zip(facts, counted, strict=True))
    for name in ("skewness", "log_skewness"):
        fact[name] = _rounded(fact[name])
    if fact["distinct"] <= FEW or fact["distinct"] >= MAYBE_UNIQUE * fact["known"]:
        (fact["distinct"],) = connection.execute(
            f"select count(distinct v) from {value}"
        ).fetchone()
    fact["distinct"] = min(fact["distinct"], fact["known"])
    return Column(position, header, type_, **fact)


def _kind(type_: str) -> str:
    """Return text, number, flag, date or other for a type of DuckDB."""
    if type_ == "VARCHAR" or type_.startswith("ENUM") or type_ == "UUID":
        return "text"
    if type_ == "BOOLEAN":
        return "flag"
    if type_ == "DATE" or type_.startswith(("TIMESTAMP", "TIME")):
        return "date"
    is_number = "INT" in type_ or type_.startswith(("DECIMAL", "DOUBLE", "FLOAT"))
    return "number" if is_number and "[" not in type_ and "(" not in type_[:6] else "other"


def _value(header: str, type_: str) -> str:
    """Return SQL for the known value of a column: null for words that stand for nothing."""
    name = _quoted(header)
    if type_ == "text":
        text = values.text(name)
        return f"case when lower({text}) not in {NOTHING} then {text} end"
    if type_ == "number":
        return f"nullif(cast({name} as double), 'nan'::double)"
    return name


def _number(value: str, type_: str, sign: str) -> str:
    """Return SQL for the value of a column as a finite double; null when it is none."""
    if type_ in ("text", "number"):
        return values.number(value, sign)
    if type_ == "flag":
        return f"cast({value} as double)"
    return "cast(null as double)"


def _sampled(column: Column, sign: str) -> str:
    value = _value(column.header, column.type)
    if column.is_numeric:
        return _number(value, column.type, sign)
    return values.yes_or_no(value)


def _rounded(skewness: float | None) -> float | None:
    return None if skewness is None or math.isnan(skewness) else round(skewness, 2)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
