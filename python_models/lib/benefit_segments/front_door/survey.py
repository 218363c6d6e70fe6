"""Hashes a file in the background, and opens text that may be compressed."""

import gzip
import hashlib
import threading
import zlib
from pathlib import Path
from typing import BinaryIO

from benefit_segments.front_door.errors import InputError

CHUNK = 1 << 20


def is_compressed(path: Path) -> bool:
    """Tell whether the name says that a file is compressed."""
    return path.name.lower().endswith(".gz")


def open_text(path: Path) -> BinaryIO:
    """Open a file, or what a .gz file holds, for reading bytes."""
    raw = open(path, "rb", buffering=CHUNK)  # noqa: SIM115 - closed by who reads it
    return gzip.GzipFile(fileobj=raw) if is_compressed(path) else raw


def damaged(path: Path, error: Exception) -> InputError:
    """Return what to say about a file that cannot be read to its end."""
    if isinstance(error, EOFError):
        what = "is cut: the compressed data end too early"
    elif isinstance(error, gzip.BadGzipFile | zlib.error):
        what = "is damaged or is not a gzip file"
    else:
        what = f"cannot be read to its end ({type(error).__name__})"
    return InputError(f"{path} {what}. Deliver the file again.")


class Survey(threading.Thread):
    """Hashes a file while others read it. After `result()`: sha256, and size in bytes."""

    def __init__(self, path: Path):
        super().__init__(name=f"survey of {path.name}", daemon=True)
        self.path = path
        self.sha256 = ""
        self.size = 0
        self._before = path.stat()
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Read the file to its end."""
        hashed = hashlib.sha256()
        try:
            with open(self.path, "rb", buffering=0) as file:
                while chunk := file.read(CHUNK):
                    hashed.update(chunk)
                    self.size += len(chunk)
        except Exception as error:  # raised again in the thread that asks for the result
            self._error = error
        self.sha256 = hashed.hexdigest()

    def result(self) -> "Survey":
        """Wait for the end; raise InputError when the file is damaged or was changed meanwhile."""
        self.join()
        if self._error is not None:
            raise damaged(self.path, self._error)
        after = self.path.stat()
        if (after.st_size, after.st_mtime_ns) != (self._before.st_size, self._before.st_mtime_ns):
            raise InputError(
                f"{self.path} was changed while it was read. Build again when it is complete."
            )
        return self
