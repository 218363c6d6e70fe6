"""Verifies the checksums of the pages of Parquet files, which DuckDB does not.

Spark and Hive write a CRC-32 into the header of every page. A page is what follows its header; the
header is a struct of Thrift's compact protocol:
https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

import zlib
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

import duckdb

from benefit_segments.front_door.errors import InputError, shorten
from benefit_segments.front_door.sql import path_literal

# How many bytes to read for a header. It is longer only when it holds long smallest values.
WINDOWS = (1 << 8, 1 << 20, 1 << 28)
# Types of the compact protocol that a page header has: booleans, whole numbers, texts, structs.
BOOLEANS, NUMBERS, BINARY, STRUCT = (1, 2), (4, 5, 6), 8, 12
# Fields of a page header.
COMPRESSED_SIZE, CHECKSUM = 3, 4


def verify_pages(con: duckdb.DuckDBPyConnection, path: Path, columns: Collection[str]) -> None:
    """Raise InputError when a page of these columns does not have the checksum that it carries.

    `columns` are names in the file. A column chunk is passed over from the first page on that
    carries no checksum.
    """
    chunks = con.execute(
        f"""
        select
            path_in_schema,
            list_min([x for x in [dictionary_page_offset, data_page_offset] if x > 0]),
            total_compressed_size
        from parquet_metadata({path_literal(path)})
        order by 2
        """
    ).fetchall()
    with open(path, "rb", buffering=0) as file:
        for column, start, size in chunks:
            if column in columns and (what := find_damage(file, start, start + size)):
                raise InputError(
                    f"{path} is damaged: {what} in its column {shorten(column)}. Deliver it again."
                )


def find_damage(file: BinaryIO, place: int, end: int) -> str | None:
    """Return what is wrong with the pages between two places of a file; None when nothing is."""
    while place < end:
        header = read_header(file, place)
        if header is None:
            return "a page cannot be read"
        length, size, checksum = header
        if checksum is None:
            return None
        file.seek(place + length)
        if zlib.crc32(file.read(size)) != checksum % (1 << 32):
            return "a page does not have the checksum that was written with it"
        place += length + size
    return None


def read_header(file: BinaryIO, place: int) -> tuple[int, int, int | None] | None:
    """Return its length, the size of the page and its checksum; None when it is no header."""
    for window in WINDOWS:
        file.seek(place)
        data = file.read(window)
        try:
            numbers, length = read_struct(data, 0)
        except IndexError:
            if len(data) < window:
                return None
            continue
        except ValueError:
            return None
        size = numbers.get(COMPRESSED_SIZE, -1)
        return (length, size, numbers.get(CHECKSUM)) if size >= 0 else None
    return None


def read_struct(data: bytes, place: int) -> tuple[dict[int, int], int]:
    """Return the whole numbers of a struct by field, and the place after it.

    Raises IndexError when the data end before it, and ValueError for an unknown type.
    """
    numbers: dict[int, int] = {}
    field = 0
    while (byte := data[place]) != 0:
        place += 1
        step, type_ = byte >> 4, byte & 15
        if step:
            field += step
        else:
            field, place = read_number(data, place)
        if type_ in NUMBERS:
            numbers[field], place = read_number(data, place)
        elif type_ == BINARY:
            length, place = read_length(data, place)
            place += length
        elif type_ == STRUCT:
            _, place = read_struct(data, place)
        elif type_ not in BOOLEANS:  # which have no further byte
            raise ValueError(f"no page header has type {type_}")
    return numbers, place + 1


def read_number(data: bytes, place: int) -> tuple[int, int]:
    """Return a whole number (zigzag in seven bits per byte) and the place after it."""
    value, place = read_length(data, place)
    return (value >> 1) ^ -(value & 1), place


def read_length(data: bytes, place: int) -> tuple[int, int]:
    """Return a whole number without sign and the place after it."""
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place
        if shift > 63:
            raise ValueError("a number of more than 64 bits")
