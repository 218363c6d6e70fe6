"""Which files belong to which input, and which are passed over."""

import errno
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from benefit_segments.front_door.contract import Input, normalise
from benefit_segments.front_door.errors import InputError, list_names, shorten

KINDS = {".csv": "CSV", ".csv.gz": "CSV", ".parquet": "Parquet", ".xlsx": "Excel"}
KNOWN_KINDS = ".csv, .csv.gz, .parquet or .xlsx"
# How Hive writes a missing value in the name of a folder.
HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class DataFile:
    """A file of an input. `partitions` are the values that the names of its folders give."""

    path: Path
    kind: str
    partitions: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class PassedOver:
    """A file or folder that no input takes."""

    path: Path
    reason: str


def find_files(
    inputs: Iterable[Input], folder: Path
) -> tuple[dict[str, list[DataFile]], list[PassedOver]]:
    """Return the files of every input in order of path (none for a missing input), and the others.

    Raises InputError when the folder cannot be read, when an input is found twice, when what has
    the name of an input cannot be read, and when there is no input at all.
    """
    wanted = {normalise(input_.name): input_.name for input_ in inputs if input_.relation is None}
    given = [input_.name for input_ in inputs if input_.relation is not None]
    candidates: dict[str, list[Path]] = {name: [] for name in wanted.values()}
    unreadable: dict[str, list[Path]] = {name: [] for name in wanted.values()}
    passed_over = []
    for entry in list_folder(folder, f"RAW_DATA_DIR={folder}"):
        if entry.name.startswith((".", "~$")):
            continue
        stem, kind = split_name(entry.name)
        name = None if is_hidden(entry.name) else wanted.get(normalise(stem))
        is_folder = entry.is_dir()
        if name and (kind or is_folder):
            candidates[name].append(entry)
        elif name:
            unreadable[name].append(entry)
        elif reason := reason_to_pass_over(entry, stem, kind, [*wanted.values(), *given]):
            passed_over.append(PassedOver(entry, reason))

    files: dict[str, list[DataFile]] = {}
    for name, entries in candidates.items():
        if len(entries) > 1:
            raise InputError(
                f"The input {name} was found more than once in {folder}:"
                f" {list_names(entry.name for entry in entries)}. Keep one of them."
            )
        if unreadable[name] and not entries:
            raise InputError(
                f"{unreadable[name][0]} has the name of an input but cannot be read."
                f" Save it as {KNOWN_KINDS}, or rename it."
            )
        passed_over += [PassedOver(path, f"not {KNOWN_KINDS}") for path in unreadable[name]]
        files[name] = list_parts(entries[0]) if entries else []
    if not any(files.values()) and not given:
        raise InputError(
            f"No input found in RAW_DATA_DIR={folder}. It must be a folder that holds at least"
            f" one of {list_names(files)} as {KNOWN_KINDS}, or as a folder of such files."
        )
    return files, sorted(passed_over, key=lambda each: str(each.path))


def split_name(name: str) -> tuple[str, str | None]:
    """Return the name of a file without its extensions, and its kind if it is one that is read."""
    for extension, kind in KINDS.items():
        if name.lower().endswith(extension):
            return name[: -len(extension)], kind
    return re.split(r"[.](?=[A-Za-z])", name, maxsplit=1)[0], None


def reason_to_pass_over(entry: Path, stem: str, kind: str | None, names: list[str]) -> str | None:
    """Return why no input takes a file; None for what is plainly no data."""
    if entry.suffix.lower() in (".md", ".yml", ".yaml"):
        return None
    if is_hidden(entry.name):
        return "its name begins with _"
    if normalise(stem) in map(normalise, names):
        return "the input is read from a table"
    if entry.is_dir():
        begins = any(normalise(entry.name).startswith(normalise(name)) for name in names)
        return "no input has this name" if begins else None
    return "no input has this name" if kind else f"not {KNOWN_KINDS}"


def is_hidden(name: str) -> bool:
    """Tell whether a file only serves the program that wrote the others."""
    return name.startswith((".", "_", "~$"))


def list_folder(folder: Path, said: str) -> list[Path]:
    """Return what a folder holds, in order of name."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        reason = "there is no such folder"
    except NotADirectoryError:
        reason = "it is not a folder"
    except PermissionError:
        reason = "you may not read it"
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
    raise InputError(f"No input found in {said}: {reason}. It must be a folder with your data.")


def list_parts(entry: Path) -> list[DataFile]:
    """Return the file itself, or the files in a folder and the folders below it, in order of path.

    Raises InputError for anything that is not a readable file of a known kind, for a folder without
    files and for one whose files are of several kinds.
    """
    if not entry.is_dir():
        check_readable(entry)
        return [DataFile(entry, split_name(entry.name)[1] or "")]
    parts = sorted(walk(entry, {}), key=lambda part: str(part.path))
    if not parts:
        raise InputError(
            f"{entry} is a folder without data files. It must hold files that end with"
            f" {KNOWN_KINDS}. Fill it or remove it."
        )
    kinds = sorted({part.kind for part in parts})
    if len(kinds) > 1:
        raise InputError(
            f"{entry} holds files of several kinds: {', '.join(kinds)}. Keep one kind."
        )
    return parts


def walk(folder: Path, partitions: dict[str, str | None]) -> Iterable[DataFile]:
    """Yield the data files of a folder and of the folders below it."""
    for entry in list_folder(folder, str(folder)):
        if entry.name == "_temporary":
            raise InputError(
                f"{folder} holds the folder _temporary: the program that writes it has not"
                " finished. Wait for it, or write the folder again."
            )
        if is_hidden(entry.name):
            continue
        if entry.is_dir() and not entry.is_symlink():
            key, is_partition, value = entry.name.partition("=")
            inner = {key: None if value == HIVE_NULL else unquote(value)} if is_partition else {}
            yield from walk(entry, partitions | inner)
            continue
        check_readable(entry)
        kind = split_name(entry.name)[1]
        if kind is None:
            raise InputError(
                f"{entry} lies among the files of an input but is not {KNOWN_KINDS}. Remove it."
            )
        yield DataFile(entry, kind, partitions)


def check_readable(path: Path) -> None:
    """Raise InputError unless the path is a file that can be read; never opens anything else."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise InputError(f"{path} is a link to nothing. Restore its target or remove it.") from None
    except OSError as error:
        reason = shorten(os.strerror(error.errno or errno.EIO))
        raise InputError(f"{path} cannot be read: {reason}. Correct or remove it.") from None
    if not stat.S_ISREG(mode):
        raise InputError(f"{path} is not a file (perhaps a pipe or a device). Put a file there.")
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} cannot be read: you have no permission. Change its permissions.")
