"""The first lines of a CSV file: its encoding, its delimiter and its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benefit_segments.front_door.contract import Input, Matched, match_columns, normalise
from benefit_segments.front_door.errors import InputError
from benefit_segments.front_door.survey import CHUNK, damaged, open_text

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DELIMITERS = (",", ";", "\t", "|")
# First bytes of files that are something else, whatever their name.
OTHER_KINDS = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a zip archive or a workbook",
    b"\x1f\x8b": "compressed with gzip",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"%PDF": "a PDF file",
}


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written. `header_lines` is 2 when a line `sep=;` comes before the names."""

    delimiter: str
    names: tuple[str, ...]
    header_lines: int
    matched: Matched
    # Positions of the columns whose values may hold line ends.
    long_texts: frozenset[int]


def read_dialect(path: Path, input_: Input, known: Sequence[str] = ()) -> Dialect:
    """Read the first lines of a file.

    `known` are columns that the names of its folders give. Raises InputError when the file has no
    header line in UTF-8, or lacks a required column.
    """
    text, separator = read_header(path, [column.name for column in input_.columns])
    delimiter = separator or find_delimiter(text, input_)
    names = tuple(split_header(text, delimiter))
    extra = [name for name in known if normalise(name) not in set(map(normalise, names))]
    matched = match_columns(input_, [*names, *extra], str(path))
    kinds = {
        position: column.kind
        for column in input_.columns
        if (position := matched.positions.get(column.name)) is not None
    }
    return Dialect(
        delimiter=delimiter,
        names=names,
        header_lines=2 if separator else 1,
        matched=matched,
        long_texts=frozenset(
            position
            for position in range(len(names))
            if kinds.get(position, "long_text") == "long_text"
        ),
    )


def read_header(path: Path, wanted: Sequence[str] = ()) -> tuple[str, str | None]:
    """Return the line that names the columns, and the delimiter if a line `sep=;` precedes it.

    `wanted` are columns to name when there is no such line. Raises InputError when there is none in
    UTF-8.
    """
    lines = first_lines(path)
    header = lines[0]
    separator = re.fullmatch(rb'"?sep=([^"\w\s]|\t)"?', header.strip(b" "), re.IGNORECASE)
    if separator:
        header = lines[1] if len(lines) > 1 else b""
    if not header.strip(b' "\t'):
        named = f": {', '.join(wanted[:10])}" if wanted else ""
        raise InputError(f"{path} has no header line. Its first line must name the columns{named}.")
    try:
        if b"\0" in header:
            raise ValueError
        text = header.decode()
    except ValueError:
        raise InputError(
            f"{path}: its first line is not UTF-8 text. Save the file as CSV in UTF-8."
        ) from None
    if text.count('"') % 2:
        raise InputError(
            f"{path}, line 1: a quotation mark in the names of the columns is never closed."
            " Correct the first line."
        )
    return text, separator[1].decode() if separator else None


def first_lines(path: Path) -> list[bytes]:
    """Return at most two first lines, without the byte order mark; raise InputError if none."""
    with open(path, "rb") as file:
        start = file.read(4)
    for magic, what in OTHER_KINDS.items():
        compressed = magic == b"\x1f\x8b" and path.name.lower().endswith(".gz")
        if start.startswith(magic) and not compressed:
            raise InputError(
                f"{path} is {what}, not what its name says. Save it as CSV, or rename it."
            )
    try:
        with open_text(path) as file:
            head = file.read(CHUNK)
    except Exception as error:
        raise damaged(path, error) from None
    if not head:
        raise InputError(
            f"{path} is empty: it has no header line. Deliver the file again, or remove it."
        )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(
            f"{path}: its first line is not UTF-8 text but UTF-16. Save the file as CSV in UTF-8."
        )
    return re.split(rb"\r\n|\r|\n", head.removeprefix(BYTE_ORDER_MARK), maxsplit=2)[:2]


def find_delimiter(header: str, input_: Input) -> str:
    """Return the first of comma, semicolon, tab and | with which the key column is found.

    Without the key column, it is the one that splits the line into the most columns that are known.
    """
    key = {normalise(name) for name in (input_.key.name, *input_.key.aliases)}
    known = {
        normalise(name) for column in input_.columns for name in (column.name, *column.aliases)
    }

    def fit(delimiter: str) -> tuple[bool, int]:
        names = set(map(normalise, split_header(header, delimiter)))
        return bool(names & key), len(names & known)

    return max(DELIMITERS, key=fit)


def split_header(line: str, delimiter: str) -> list[str]:
    """Return the names in a header line; a delimiter between quotation marks belongs to a name."""
    name = f'((?:"[^"]*"|[^"{re.escape(delimiter)}])*)'
    names = re.findall(re.escape(delimiter) + name, delimiter + line)
    return [name.strip().strip('"').strip() for name in names]
