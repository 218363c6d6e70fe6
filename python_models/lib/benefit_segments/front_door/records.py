"""What is recorded of every file and of every line that cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from benefit_segments.front_door.contract import Matched
from benefit_segments.front_door.sql import append_frame


@dataclass(frozen=True)
class FileRecord:
    """One file or table: what was found in it, or why it was passed over.

    `row_count` are the rows to be accounted for: rows used, rejected and unreadable.
    """

    input: str | None
    file: str
    reason_passed_over: str | None = None
    row_count: int | None = None
    first_row_number: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    ignored_columns: str | None = None
    missing_columns: str | None = None


def record(input_name: str, file: object, matched: Matched, **facts) -> FileRecord:
    """Return the record of a file that was read."""
    return FileRecord(
        input=input_name,
        file=str(file),
        ignored_columns=", ".join(matched.ignored) or None,
        missing_columns=", ".join(matched.missing) or None,
        **facts,
    )


def to_frame(records: Sequence[FileRecord]) -> pd.DataFrame:
    """Return one row per record, with types that do not depend on the values."""
    numbers = {"row_count", "first_row_number", "bytes"}
    return pd.DataFrame(
        {
            name: pd.array(
                [getattr(each, name) for each in records],
                dtype="Int64" if name in numbers else "string",
            )
            for name in FileRecord.__dataclass_fields__
        }
    )


class UnreadableLines:
    """Collects lines that cannot be read and puts them into raw_inputs.unreadable_lines."""

    AT_ONCE = 2_000

    def __init__(self, con: duckdb.DuckDBPyConnection, input_name: str, file: object):
        self.count = 0
        self._con = con
        self._place = (input_name, str(file))
        self._waiting: list[tuple] = []

    def add(self, number: int, text: str, reason: str) -> None:
        """Add a line; `number` counts from 1 for the first line of the file or sheet."""
        self.count += 1
        self._waiting.append((*self._place, number, text, f"line cannot be read: {reason}"))
        if len(self._waiting) >= self.AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        if self._waiting:
            columns = ["input", "file", "line_number", "raw_line", "rejection_reasons"]
            lines = pd.DataFrame(self._waiting, columns=columns)
            append_frame(self._con, "raw_inputs.unreadable_lines", lines)
            self._waiting = []
