"""Separates the lines of a CSV file that are rows from those that are not.

Every line of the file ends up as part of a row, as an unreadable line, or as a blank line (only
spaces and quotation marks). What DuckDB reads afterwards must have as many rows.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np

from benefit_segments.front_door.contract import Column, Input, normalise
from benefit_segments.front_door.csv_dialect import BYTE_ORDER_MARK, Dialect, split_header
from benefit_segments.front_door.errors import InputError
from benefit_segments.front_door.survey import CHUNK, damaged, open_text

# A value may span this many lines.
LONGEST_VALUE = 1_000
# A longer line is unreadable; beyond the second limit the file is not read at all.
LONGEST_LINE = 16 << 20
LONGEST_TEXT = 64 << 20
# As much of an unreadable line is kept.
KEPT_CHARACTERS = 10_000

TOO_LONG = f"more than {LONGEST_LINE >> 20} MiB"
NUL = "a character with code 0"
NOT_UTF8 = "not UTF-8 text"
HEADER = "the names of the columns again"
SPANS = "a value in quotation marks goes on after the end of the line"
UNCLOSED = "a quotation mark is not closed"
QUOTE = "a quotation mark inside a value in quotation marks"
BLANK = b' \t"'


# Takes a line that is no row: its number in the file (the first line is 1), its text and why.
Refuse = Callable[[int, str, str], None]


class Grammar:
    """What a row looks like in a file with these columns."""

    def __init__(self, dialect: Dialect, input_: Input):
        self.columns = len(dialect.names)
        self.delimiter = dialect.delimiter.encode()
        self.long_texts = dialect.long_texts
        self.header = [normalise(name) for name in dialect.names]
        self.key = {normalise(name) for name in (input_.key.name, *input_.key.aliases)}
        self.known = {normalise(name) for column in input_.columns for name in column_names(column)}
        self.known |= set(filter(None, self.header))
        delimiter = re.escape(self.delimiter)
        quoted, plain = rb' *"[^"]*(?:""[^"]*)*" *', rb'(?! *")[^' + delimiter + rb"\n]*"
        # One value and the delimiter or the end of the line after it.
        self._value = re.compile(rb"(?:" + quoted + rb"|" + plain + rb")(" + delimiter + rb"|\Z)")
        # As many whole rows as possible, at the speed of the regular expression.
        value = rb'(?> *"[^"\n]*+(?:""[^"\n]*+)*+" *|(?! *")[^' + delimiter + rb"\n]*+)"
        row = value + rb"(?:" + delimiter + value + rb"){%d}+" % (self.columns - 1)
        self.rows = re.compile(rb"(?>" + row + delimiter + rb"?+\n)*+")
        self._opening = re.compile(rb' *"[^"]*(?:""[^"]*)*\Z')
        self._closing = re.compile(rb'[^"]*(?:""[^"]*)*" *(' + delimiter + rb"|\Z)")
        self._no_closing = re.compile(rb'[^"]*(?:""[^"]*)*\Z')
        self.telling = [name.encode() for name in telling_names(dialect, input_)]
        self.telling_pattern = re.compile(b"|".join(map(re.escape, self.telling)))

    @cached_property
    def wrong_count(self) -> str:
        """Why a line with another number of values is no row."""
        noun = "column" if self.columns == 1 else "columns"
        return f"the line does not have {self.columns} {noun}"

    def read(self, line: bytes, position: int = 0, count: int = 0) -> tuple[str | None, int]:
        """Read values from `position` on, after `count` values.

        Returns why the line is no row (None if it is one) and how many values precede the problem;
        the reason is SPANS when a value in quotation marks goes on in the next line.
        """
        while True:
            value = self._value.match(line, position)
            if value is None:
                return (SPANS if self._opening.match(line, position) else QUOTE), count
            count += 1
            position = value.end()
            if not value[1]:
                break
            if count == self.columns and position == len(line):
                break  # a delimiter at the end of every line
        return (None if count == self.columns else self.wrong_count), count

    def go_on(self, line: bytes, count: int) -> tuple[str | None, int]:
        """Read a line that begins inside quotation marks, as `read` does."""
        closing = self._closing.match(line)
        if closing is None:
            return (SPANS if self._no_closing.match(line) else QUOTE), count
        count += 1
        if not closing[1] or (count == self.columns and closing.end() == len(line)):
            return (None if count == self.columns else self.wrong_count), count
        return self.read(line, closing.end(), count)

    def is_header(self, line: bytes) -> bool | None:
        """Tell whether a line names the columns again; None if others or in another order."""
        if not any(name in line for name in self.telling):
            return False
        text = line.removeprefix(BYTE_ORDER_MARK).decode(errors="replace")
        names = [normalise(name) for name in split_header(text, self.delimiter.decode())]
        if names == self.header:
            return True
        others = set(names) - self.key
        return None if others != set(names) and others & self.known else False


def column_names(column: Column) -> tuple[str, ...]:
    """Return the names that a column can have in a file."""
    return (column.name, *column.aliases)


def telling_names(dialect: Dialect, input_: Input) -> list[str]:
    """Return spellings of the key's name; a row with one of them may be a second header line."""
    position = dialect.matched.positions[input_.key.name]
    found = [name for name in dialect.names[position : position + 1] if name]
    spellings = {name for name in (*found, *column_names(input_.key))}
    return sorted(spellings | {s.upper() for s in spellings} | {s.lower() for s in spellings})


class Sifter:
    """Tells which lines of a file are rows; writes them into `rows`, if it is given.

    After `run()`: `row_count`, and `is_plain`, whether DuckDB can read the file as it is.
    """

    def __init__(
        self,
        path: Path,
        dialect: Dialect,
        grammar: Grammar,
        refuse: Refuse,
        rows: BinaryIO | None = None,
    ):
        self.path = path
        self.grammar = grammar
        self.row_count = 0
        self.is_plain = True
        self._rows = rows
        self._refuse = refuse
        self._header_lines = dialect.header_lines
        self._line = 0  # lines before the present block

    def run(self) -> "Sifter":
        """Sift the whole file."""
        rest = b""
        blocks = Blocks(self.path)
        for block, is_last in blocks:
            text = rest + block
            if self._line == 0:
                text = text.removeprefix(BYTE_ORDER_MARK)
            used, lines = self._sift(text, is_last)
            self._line += lines
            rest = text[used:]
        self.is_plain &= len(blocks.line_ends) <= 1
        return self

    def _sift(self, text: bytes, is_last: bool) -> tuple[int, int]:
        """Sift lines; return how many bytes and lines are done."""
        is_cut = is_last and bool(text) and not text.endswith(b"\n")
        if is_cut:
            text += b"\n"
        codes = np.frombuffer(text, np.uint8)
        ends = np.flatnonzero(codes == ord("\n"))
        if not len(ends):
            return 0, 0
        starts = np.concatenate(([0], ends[:-1] + 1))
        suspects = self._find_suspects(text, codes, starts, ends)
        if is_cut:
            suspects[-1] = True
        if self._line < self._header_lines:
            suspects[: self._header_lines - self._line] = True

        done = 0  # lines
        for index in np.flatnonzero(suspects).tolist():
            if index < done:
                continue
            self._keep(text, starts, done, index)
            done = index
            if self._may_run and self._line + index >= self._header_lines:
                end = self.grammar.rows.match(text, int(starts[index])).end()
                done = int(np.searchsorted(starts, end))
                self._keep(text, starts, index, done)
            if done == index:
                taken = self._judge(text, starts, ends, index, is_last, is_cut)
                if taken == 0:
                    return int(starts[index]), index
                done = index + taken
        self._keep(text, starts, done, len(starts))
        return len(text), len(starts)

    def _find_suspects(self, text, codes, starts, ends) -> np.ndarray:
        """Return for every line whether it needs a closer look; all others are rows for certain."""
        delimiters = np.flatnonzero(codes == self.grammar.delimiter[0])
        before = np.searchsorted(delimiters, ends)
        counts = np.diff(before, prepend=0)
        suspects = counts != self.grammar.columns - 1
        suspects |= codes[starts] <= ord(" ")
        odd = codes == ord('"')
        # Whether a run of lines may be taken as rows together.
        self._may_run = self.grammar.columns > 1 and b"\0" not in text
        if not self._may_run:
            odd |= codes == 0
        try:
            text.decode()
        except UnicodeDecodeError:
            odd |= codes >= 0x80
            self._may_run = False
        suspects[np.searchsorted(ends, np.flatnonzero(odd))] = True
        too_long = ends - starts > LONGEST_LINE
        suspects |= too_long
        self._may_run &= not too_long.any()
        if any(name in text for name in self.grammar.telling):
            places = [name.start() for name in self.grammar.telling_pattern.finditer(text)]
            told = np.unique(np.searchsorted(ends, places))
            suspects[told] = True
            self._may_run &= bool((self._line + told < self._header_lines).all())
        return suspects

    def _keep(self, text: bytes, starts: np.ndarray, first: int, end: int) -> None:
        """Write lines that are rows for certain."""
        if first < end:
            stop = int(starts[end]) if end < len(starts) else len(text)
            self._write(memoryview(text)[int(starts[first]) : stop])
            self.row_count += end - first

    def _write(self, text: bytes | memoryview) -> None:
        if self._rows is not None:
            self._rows.write(text)

    def _judge(self, text, starts, ends, index: int, is_last: bool, is_cut: bool) -> int:
        """Judge one line, and the lines that its last value spans.

        Returns how many lines are done; none when the value goes on in the next block.
        """
        number = self._line + index + 1
        line = text[starts[index] : ends[index]]
        if number <= self._header_lines:
            return 1
        if not line.strip(BLANK):
            self.is_plain &= not line and self.grammar.columns > 1
            return 1
        if len(line) > LONGEST_LINE:
            return self._refuse_lines([line], number, TOO_LONG)
        if b"\0" in line:
            return self._refuse_lines([line], number, NUL)
        try:
            line.decode()
        except UnicodeDecodeError:
            return self._refuse_lines([line], number, NOT_UTF8)
        repeats = self.grammar.is_header(line)
        if repeats is None:
            raise InputError(
                f"{self.path}, line {number} names the columns again, others or in another order:"
                " files were joined. Deliver each of them as a part in a folder."
            )
        if repeats:
            return self._refuse_lines([line], number, HEADER)
        reason, count = self.grammar.read(line)
        ends_file = is_cut and index == len(starts) - 1
        if reason and ends_file:
            raise InputError(
                f"{self.path} ends in the middle of line {number}: it was probably cut. Deliver it"
                " again; if the line is complete, correct it."
            )
        if reason is None:
            self._write(line + b"\n")
            self.row_count += 1
            return 1
        if reason != SPANS:
            return self._refuse_lines([line], number, reason)

        spanned, columns = [line], {count}
        while reason == SPANS:
            next_index = index + len(spanned)
            if next_index == len(starts):
                if not is_last and len(spanned) < LONGEST_VALUE and ends[-1] < LONGEST_LINE:
                    return 0
                return self._refuse_lines([line], number, UNCLOSED)
            if len(spanned) == LONGEST_VALUE:
                return self._refuse_lines([line], number, UNCLOSED)
            following = text[starts[next_index] : ends[next_index]]
            spanned.append(following)
            columns.add(count)
            reason, count = self.grammar.go_on(following, count)
        if reason is not None:
            return self._refuse_lines([line], number, UNCLOSED)
        if self._may_span(spanned, columns):
            self._write(b"\n".join(spanned) + b"\n")
            self.row_count += 1
            return len(spanned)
        return self._refuse_lines(spanned, number, SPANS)

    def _may_span(self, lines: list[bytes], columns: set[int]) -> bool:
        """Tell whether these lines are one row: no line of a text may look like a row itself."""
        whole = b"\n".join(lines)
        try:
            whole.decode()
        except UnicodeDecodeError:
            return False
        looks_like_row = any(
            line.count(self.grammar.delimiter) >= self.grammar.columns - 1 for line in lines[1:]
        )
        return columns <= self.grammar.long_texts and not looks_like_row and b"\0" not in whole

    def _refuse_lines(self, lines: list[bytes], number: int, reason: str) -> int:
        self.is_plain = False
        for offset, line in enumerate(lines):
            if line.strip(BLANK):
                text = line[: 4 * KEPT_CHARACTERS].decode(errors="replace").replace("\0", "\ufffd")
                self._refuse(number + offset, text[:KEPT_CHARACTERS], reason)
        return len(lines)


class Blocks:
    """The text of a file in blocks of whole lines with LF at their ends, and which is the last.

    `line_ends` are the line ends met so far.
    """

    def __init__(self, path: Path):
        self.path = path
        self.line_ends: set[bytes] = set()

    def __iter__(self) -> Iterator[tuple[bytes, bool]]:
        """Yield the blocks; raise InputError when the file is damaged or a line is too long."""
        with open_text(self.path) as file:
            rest = b""
            while True:
                try:
                    chunk = file.read(CHUNK)
                except Exception as error:
                    raise damaged(self.path, error) from None
                text = rest + chunk
                if not chunk:
                    yield self._with_lf(text), True
                    return
                # A CR at the very end may belong to a LF that comes next.
                end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1
                rest = text[end:]
                if len(rest) > LONGEST_TEXT:
                    raise InputError(
                        f"{self.path} has a line of more than {LONGEST_TEXT >> 20} MiB. Its lines"
                        " must end with LF or CR LF."
                    )
                if end:
                    yield self._with_lf(text[:end]), False

    def _with_lf(self, text: bytes) -> bytes:
        if b"\r" not in text:
            self.line_ends |= {b"\n"} & {text[-1:]}
            return text
        pairs = text.count(b"\r\n")
        counts = {
            b"\r\n": pairs,
            b"\n": text.count(b"\n") - pairs,
            b"\r": text.count(b"\r") - pairs,
        }
        self.line_ends |= {end for end, count in counts.items() if count}
        return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
