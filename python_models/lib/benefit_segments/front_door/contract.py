"""What the project expects of its inputs, and which columns of a file stand for it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from benefit_segments.front_door.errors import InputError, list_names, shorten

# Columns of this kind may hold line ends.
LONG_TEXT = "long_text"


@dataclass(frozen=True)
class Column:
    """A column that an input may have."""

    name: str
    kind: str
    is_required: bool
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Input:
    """An input with its columns, the key first; `relation` is a table to read instead of files."""

    name: str
    columns: tuple[Column, ...]
    relation: str | None = None

    @cached_property
    def key(self) -> Column:
        """The column that every file must have, and that tells its delimiter."""
        return self.columns[0]


@dataclass(frozen=True)
class Matched:
    """The columns of one file: which of them are used, and which are not."""

    # Name in the contract -> position in the file, from 0.
    positions: Mapping[str, int]
    ignored: tuple[str, ...]
    missing: tuple[str, ...]


def read_contract(columns: pd.DataFrame) -> list[Input]:
    """Return the inputs that the rows of the model `input_columns` describe, in order of name.

    `columns` has one row per input and column: input, column_name, position, kind, is_required,
    aliases (a list or null) and relation (text or null, the same for all columns of an input).
    """
    inputs = []
    for name, rows in columns.sort_values(["input", "position"]).groupby("input"):
        relation = rows["relation"].iloc[0]
        inputs.append(
            Input(
                name=str(name),
                columns=tuple(
                    Column(
                        name=row.column_name,
                        kind=row.kind,
                        is_required=bool(row.is_required),
                        aliases=tuple(row.aliases) if row.aliases is not None else (),
                    )
                    for row in rows.itertuples()
                ),
                relation=None if pd.isna(relation) else str(relation),
            )
        )
    return inputs


def normalise(name: str) -> str:
    """Return the form in which names are compared: only letters and digits, in lower case."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())


def match_columns(input_: Input, found: Sequence[str], where: str) -> Matched:
    """Find the columns of an input among the names found in a file.

    Names are compared without case, spaces, underscores and punctuation; aliases count, unless they
    are the own name of another column. Raises InputError when two names stand for one column, or
    when a required column is missing. Names are shown only when one of them is known: in a file
    without a header line they would be values.
    """
    own = {normalise(column.name): column for column in input_.columns}
    stands_for: dict[str, list[int]] = {column.name: [] for column in input_.columns}
    for position, name in enumerate(found):
        plain = normalise(name)
        if not plain:
            continue
        if plain in own:
            stands_for[own[plain].name].append(position)
            continue
        for column in input_.columns:
            if plain in map(normalise, column.aliases):
                stands_for[column.name].append(position)

    for column, places in stands_for.items():
        if len(places) > 1:
            twice = " and ".join(shorten(found[position]) for position in places)
            raise InputError(
                f"{where}: the columns {twice} both stand for {column}. Keep one of them."
            )
    positions = {column: places[0] for column, places in stands_for.items() if places}
    missing = [column for column in input_.columns if column.name not in positions]
    required = [column.name for column in missing if column.is_required]
    if required:
        if positions:
            shown = f"Columns found: {list_names(name or '(no name)' for name in found)}"
            remedy = "Rename the column that holds it."
        else:
            shown = (
                f"None of the names in its first line ({len(found)} columns) is known"
                if found
                else "It has no columns"
            )
            remedy = (
                "The first line must name the columns"
                " (in a CSV file separated by comma, semicolon, tab or |)."
            )
        raise InputError(f"{where} has no column {', '.join(required)}. {shown}. {remedy}")
    used = set(positions.values())
    return Matched(
        positions=positions,
        ignored=tuple(name for i, name in enumerate(found) if i not in used and name),
        missing=tuple(column.name for column in missing),
    )
