"""Publish the marts of the last build, so that they can be read while the next one runs.

A DuckDB file has either one writer or only readers, so only dbt opens the warehouse. All others
open PUBLISHED_DIR/current/segments.duckdb. `current` is a link to the newest publication, a folder
that never changes after it has its name:

    2026-11-23T154501Z-1a2b3c4d/segments.duckdb         the marts and what their functions read
    2026-11-23T154501Z-1a2b3c4d/parquet/<mart>.parquet  every mart that is a table

Publishing is all or nothing: if anything stops it, `current` does not change. With --rollback,
`current` becomes the previous publication.
"""

import argparse
import fcntl
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from live_line import live_line

PROJECT = Path(__file__).parents[1]
# The functions of the schema marts read these, so they keep their names too.
BEHIND_FUNCTIONS = [
    ("features", "customer_features"),
    ("features", "feature_catalog"),
]
# The oldest format that DuckDB can still write: every version from 1.1 on reads it.
STORAGE_VERSION = "v1.0.0"

PUBLICATION = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{6}Z)-\w+")
MOMENT = "%Y-%m-%dT%H%M%SZ"
# Folders that are being written or removed; a killed publisher leaves folders with this name.
PARTIAL = ".partial-"
# Beside a publication that was rolled back: another rollback must not lead to it again.
WITHDRAWN = ".withdrawn-"

TABLES = """
    select schema_name, table_name, sql, comment
    from duckdb_tables()
    where database_name = ?
    order by schema_name, table_name
"""

VIEWS = """
    select schema_name, view_name, sql, comment
    from duckdb_views()
    where database_name = ?
    order by schema_name, view_name
"""

FUNCTIONS = """
    select schema_name, function_name, parameters, macro_definition, comment
    from duckdb_functions()
    where database_name = ? and function_type = 'table_macro'
    order by schema_name, function_name
"""

# Made at the start of every dbt run; no model is among them.
WORDING = """
    select schema_name, function_name, parameters, macro_definition, comment
    from duckdb_functions()
    where database_name = ? and schema_name = 'wording'
    order by schema_name, function_name
"""

COLUMNS = """
    select schema_name, table_name, column_name, data_type, comment
    from duckdb_columns()
    where database_name = ?
    order by schema_name, table_name, column_index
"""


class PublishError(Exception):
    """Why nothing was published, and what to do about it."""


def name_of(*parts: str) -> str:
    """Return an SQL name of quoted parts."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def text(value: str | Path | None) -> str:
    """Return an SQL literal."""
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


# -- What a publication holds --


def read_last_build(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, set]:
    """Return the run that built all of the warehouse, and (schema, name) of what it built."""
    try:
        rows = connection.execute("from warehouse.last_build.relations").fetchall()
    except duckdb.CatalogException:
        raise PublishError(
            f"the last dbt run on {path} failed, was stopped or was only a part of the build. "
            "Run all of it, with its tests: dbt build"
        ) from None
    return rows[0][0], {(schema, name) for _, schema, name in rows}


def list_published(
    connection: duckdb.DuckDBPyConnection, query: str, database: str, built: set
) -> list[tuple]:
    """Return the rows of TABLES, VIEWS, WORDING or FUNCTIONS that belong in a publication."""
    return [
        row
        for row in connection.execute(query, [database]).fetchall()
        if row[0] == "wording"
        or (row[:2] in built and (row[0] == "marts" or row[:2] in BEHIND_FUNCTIONS))
    ]


def copy_marts(connection: duckdb.DuckDBPyConnection, built: set, parquet: Path) -> None:
    """Copy the built relations from the attached `warehouse` into the attached `segments`.

    Definitions do not name the database. Run with `segments` as the default, they refer to its
    tables.
    """
    tables = list_published(connection, TABLES, "warehouse", built)
    views = list_published(connection, VIEWS, "warehouse", built)
    wording = list_published(connection, WORDING, "warehouse", built)
    functions = list_published(connection, FUNCTIONS, "warehouse", built)
    columns = connection.execute(COLUMNS, ["warehouse"]).fetchall()

    connection.execute("use segments")
    for schema in sorted({row[0] for row in tables + views + wording}):
        connection.execute(f"create schema {name_of(schema)}")

    written = 0
    with live_line(lambda: f"publishing: {written} of {len(tables)} tables written"):
        for schema, name, definition, comment in tables:
            relation = name_of(schema, name)
            connection.execute(definition)
            connection.execute(f"insert into {relation} from {name_of('warehouse', schema, name)}")
            connection.execute(f"comment on table {relation} is {text(comment)}")
            if schema == "marts":
                file = parquet / f"{name}.parquet"
                connection.execute(
                    f"copy {relation} to {text(file)} (format parquet, compression zstd)"
                )
            written += 1

    # Before the views, which need them when they are created.
    for schema, name, parameters, definition, comment in wording:
        function = name_of(schema, name)
        connection.execute(f"create macro {function}({', '.join(parameters)}) as {definition}")
        connection.execute(f"comment on macro {function} is {text(comment)}")

    for schema, name, definition, comment in views:
        connection.execute(definition)
        connection.execute(f"comment on view {name_of(schema, name)} is {text(comment)}")

    for schema, name, column, _, comment in columns:
        if (schema, name) in {row[:2] for row in tables + views}:
            connection.execute(
                f"comment on column {name_of(schema, name, column)} is {text(comment)}"
            )

    for schema, name, parameters, definition, comment in functions:
        connection.execute(
            f"create macro {name_of(schema, name)}({', '.join(parameters)}) as table {definition}"
        )
        connection.execute(f"comment on macro table {name_of(schema, name)} is {text(comment)}")
    connection.execute("use memory")


def check_publication(
    connection: duckdb.DuckDBPyConnection, built: set, run: str, parquet: Path
) -> None:
    """Compare the attached `segments`, opened again, with the attached `warehouse`."""
    for query in (TABLES, VIEWS, WORDING, FUNCTIONS):
        # Schema, name and comment: definitions can be spelled differently in the older format.
        found, wanted = (
            [(*row[:2], row[-1]) for row in list_published(connection, query, database, built)]
            for database in ("segments", "warehouse")
        )
        if found != wanted:
            names = sorted({row[:2] for row in set(found) ^ set(wanted)})
            raise PublishError(
                f"the copies of {names} or their comments differ from the warehouse."
            )

    relations = {
        row[:2]
        for query in (TABLES, VIEWS)
        for row in list_published(connection, query, "warehouse", built)
    }
    found, wanted = (
        [row for row in connection.execute(COLUMNS, [database]).fetchall() if row[:2] in relations]
        for database in ("segments", "warehouse")
    )
    if found != wanted:
        names = sorted({row[:3] for row in set(found) ^ set(wanted)})
        raise PublishError(f"the columns {names} or their comments differ from the warehouse.")

    for schema, name, *_ in list_published(connection, TABLES, "warehouse", built):
        copies = [name_of(database, schema, name) for database in ("warehouse", "segments")]
        if schema == "marts":
            copies.append(f"read_parquet({text(parquet / f'{name}.parquet')})")
        counts = [
            connection.execute(f"select count(*) from {copy}").fetchall()[0][0] for copy in copies
        ]
        if len(set(counts)) > 1:
            raise PublishError(f"rows of {schema}.{name} and of its copies differ: {counts}.")

    runs = connection.execute("select run_id from segments.marts.build_info").fetchall()
    if runs != [(run,)]:
        raise PublishError(f"build_info names the run {runs}, but {run} built the rest.")

    # Finds everything that the functions read.
    connection.execute("use segments")
    for schema, name, parameters, *_ in list_published(connection, FUNCTIONS, "segments", built):
        nobody = ", ".join("null" for _ in parameters)
        connection.execute(f"select count(*) from {name_of(schema, name)}({nobody})").fetchall()
    for schema, name, parameters, *_ in list_published(connection, WORDING, "segments", built):
        nothing = ", ".join("null" for _ in parameters)
        connection.execute(f"select {name_of(schema, name)}({nothing})").fetchall()
    connection.execute("use memory")


def read_published_run(connection: duckdb.DuckDBPyConnection, file: Path) -> str | None:
    """Return the run that a publication holds; None if it cannot be read."""
    try:
        connection.execute(f"attach {text(file)} as published (read_only)")
        rows = connection.execute("select run_id from published.marts.build_info").fetchall()
        connection.execute("detach published")
    except duckdb.Error:
        return None
    return rows[0][0]


def write_publication(warehouse: Path, folder: Path, current: Path | None) -> str | None:
    """Write and check a publication in an empty folder; return the run that it holds.

    If the current publication already holds that run, nothing is written, and None is returned.
    """
    if not warehouse.is_file():
        raise PublishError(f"there is no warehouse at {warehouse}. Build it: dbt build")
    parquet = folder / "parquet"
    parquet.mkdir()
    file = folder / "segments.duckdb"
    settings = {
        "memory_limit": os.environ.get("MEMORY_LIMIT", "4GiB"),
        "threads": os.environ.get("THREADS", "4"),
        "temp_directory": str(folder / "spill"),
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        try:
            connection.execute(f"attach {text(warehouse)} as warehouse (read_only)")
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error):
                raise
            raise PublishError(
                f"{warehouse} is open for writing, perhaps by dbt. Wait until that is done."
            ) from error
        run, built = read_last_build(connection, warehouse)
        if current and read_published_run(connection, current / file.name) == run:
            return None
        connection.execute(
            f"attach {text(file)} as segments (storage_version {text(STORAGE_VERSION)})"
        )
        copy_marts(connection, built, parquet)
        # Closes the file, so that everything is on disk and there is no log beside it.
        connection.execute("detach segments")
        connection.execute(f"attach {text(file)} as segments (read_only)")
        check_publication(connection, built, run, parquet)
    shutil.rmtree(folder / "spill", ignore_errors=True)
    return run


# -- How it replaces the previous publication --


def list_publications(published: Path) -> list[str]:
    """Return the publications that were not withdrawn, from the oldest to the newest."""
    return sorted(
        entry.name
        for entry in published.iterdir()
        if PUBLICATION.fullmatch(entry.name)
        and entry.is_dir()
        and not (published / f"{WITHDRAWN}{entry.name}").exists()
    )


def find_current(published: Path) -> str | None:
    """Return the publication that `current` links to; None before the first."""
    link = published / "current"
    if link.exists() and not link.is_symlink():
        raise PublishError(f"{link} is not a link that this program made. Move it away.")
    return Path(os.readlink(link)).name if link.is_symlink() else None


def next_name(published: Path, run: str) -> str:
    """Return a name that sorts after all others, even when the clock was set back."""
    moment = datetime.now(UTC)
    for entry in published.iterdir():
        if match := PUBLICATION.fullmatch(entry.name):
            used = datetime.strptime(match[1], MOMENT).replace(tzinfo=UTC)
            moment = max(moment, used + timedelta(seconds=1))
    return f"{moment.strftime(MOMENT)}-{run.replace('-', '')[:8]}"


def sync(path: Path) -> None:
    """Write a file, or the list of names of a folder, to disk before continuing."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def finish(folder: Path) -> None:
    """Make the files of a publication read-only, and write them to disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            # Readable for all with any umask, writable for none: a writer would lock out all
            # readers.
            path.chmod(0o444)
        else:
            path.chmod(0o755)
        sync(path)
    folder.chmod(0o755)
    sync(folder)


def point_current_at(published: Path, name: str) -> None:
    """Replace the link `current` in one step: readers find the old publication or the new one."""
    link = published / f"{PARTIAL}current"
    link.unlink(missing_ok=True)
    link.symlink_to(name, target_is_directory=True)
    os.replace(link, published / "current")
    sync(published)


def remove_tree(path: Path) -> None:
    """Remove a folder with its content, or a file with its name."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def remove(published: Path, name: str) -> None:
    """Remove a publication; while half removed, it has a name that no reader uses."""
    os.rename(published / name, published / f"{PARTIAL}{name}")
    shutil.rmtree(published / f"{PARTIAL}{name}")


def remove_old(published: Path, kept: int) -> None:
    """Remove withdrawn and old publications; never the newest ones or the current one."""
    current = find_current(published)
    for mark in published.glob(f"{WITHDRAWN}*"):
        name = mark.name.removeprefix(WITHDRAWN)
        if name != current:
            if (published / name).is_dir():
                remove(published, name)
            mark.unlink()
    for name in list_publications(published)[:-kept]:
        if name != current:
            remove(published, name)


@contextmanager
def only_publisher(published: Path) -> Iterator[None]:
    """Keep other publishers out; the lock ends with the process in any case."""
    published.mkdir(parents=True, exist_ok=True)
    with open(published / ".lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise PublishError(
                f"process {lock.read() or 'of another user'} is publishing into {published}. "
                "Wait until it is done."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        for left in published.glob(f"{PARTIAL}*"):
            try:
                remove_tree(left)
            except OSError as error:
                print(f"{left} could not be removed: {error}", file=sys.stderr)
        yield


def publish(warehouse: Path, published: Path, kept: int) -> Path:
    """Publish the last build of the warehouse; return the folder of the publication.

    The newest `kept` publications stay, at least 2: a reader may be opening the previous one. A
    build that is already published is not published again, so that a rollback leads to another
    build. Raises PublishError when the last build was not complete or did not pass.
    """
    with only_publisher(published):
        current = find_current(published)
        folder = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=published))
        try:
            run = write_publication(warehouse, folder, current and published / current)
            if run is None:
                shutil.rmtree(folder)
                return published / current
            finish(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        name = next_name(published, run)
        os.rename(folder, published / name)
        sync(published)
        point_current_at(published, name)
        try:
            remove_old(published, kept)
        except OSError as error:
            print(f"An old publication could not be removed: {error}", file=sys.stderr)
    return published / name


def roll_back(published: Path) -> tuple[str, str]:
    """Make the publication before the current one; return the names of both."""
    with only_publisher(published):
        current = find_current(published)
        earlier = [name for name in list_publications(published) if current and name < current]
        if not earlier:
            raise PublishError(f"{published} holds no publication before the current one.")
        mark = published / f"{WITHDRAWN}{current}"
        mark.touch()
        sync(mark)
        try:
            point_current_at(published, earlier[-1])
        except OSError:
            mark.unlink()
            raise
    return current, earlier[-1]


def read_kept(setting: str) -> int:
    """Return how many publications stay, at least 2."""
    if not setting.isdecimal() or int(setting) < 2:
        raise PublishError(
            f'PUBLICATIONS_KEPT is "{setting}"; it must be a whole number of at least 2.'
        )
    return int(setting)


def main() -> None:
    """Publish or roll back, as in the command line; settings come from the environment."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--rollback", action="store_true", help="make the publication before the current one"
    )
    arguments = parser.parse_args()
    default = PROJECT / "warehouse" / "benefit_segments.duckdb"
    warehouse = Path(os.environ.get("WAREHOUSE_PATH") or default)
    published = Path(os.environ.get("PUBLISHED_DIR") or PROJECT / "published")
    done = "rolled back" if arguments.rollback else "published"
    try:
        if arguments.rollback:
            withdrawn, name = roll_back(published)
            told = f"Rolled back from {withdrawn} to {name}: {published / 'current'}"
        else:
            kept = read_kept(os.environ.get("PUBLICATIONS_KEPT", "5"))
            folder = publish(warehouse, published, kept)
            told = f"Published {folder.name}: {published / 'current' / 'segments.duckdb'}"
    except (PublishError, duckdb.Error) as error:
        sys.exit(f"Nothing was {done}: {error}")
    except OSError as error:
        sys.exit(
            f"Nothing was {done}: {error}. PUBLISHED_DIR must be a folder in which this user may"
            " write, on a disk that has room."
        )
    # Not within the try: what fails here fails after the publication.
    print(told)


if __name__ == "__main__":
    main()
