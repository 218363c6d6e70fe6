"""The publication that the app reads."""

import os
from pathlib import Path

import duckdb
import pandas as pd

DEFAULT_FOLDER = Path(__file__).parents[1] / "published"


class Publication:
    """One publication: a folder whose files never change."""

    def __init__(self, folder: Path):
        self.folder = folder

    def frame(self, query: str, **parameters) -> pd.DataFrame:
        """Open the file for this query only, so that no publication stays open."""
        with self._connect() as connection:
            return connection.execute(query, parameters).df()

    def copy_to(self, file: Path, query: str, **parameters) -> None:
        """Write the answer as CSV, without holding it in Python."""
        with self._connect() as connection:
            connection.execute(
                f"copy ({query}) to $file (format csv, header)", {"file": str(file), **parameters}
            )

    def _connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.folder / "segments.duckdb"), read_only=True)


def published_folder() -> Path:
    """Return the folder of all publications."""
    return Path(os.environ.get("PUBLISHED_DIR") or DEFAULT_FOLDER)


def newest_publication() -> Publication | None:
    """Follow the link `current` once, so that a whole page comes from one publication."""
    try:
        return Publication((published_folder() / "current").resolve(strict=True))
    except FileNotFoundError:
        return None
