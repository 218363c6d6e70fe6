"""Everybody's clients read the published file while a build holds the warehouse.

Each test reads a mart, looks for what the client shows of tables and columns, sees the old data
on the connection it has and the new data on the next one after a publication, and is refused
when it writes.
"""

import json
import subprocess
import sys
from pathlib import Path

import adbc_driver_duckdb
import adbc_driver_manager.dbapi
import duckdb
import ibis
import pandas
import polars
import pytest
import sqlalchemy

NAMES = "select segment_name from marts.segment_profiles order by segment_id"
COMMENT = "One row per customer, with the segment whose centroid is nearest."
COLUMN_COMMENT = "Key of the customer."
WRITE = "create table marts.mine (customer_id varchar)"
REFUSED = "attached in read-only mode"


@pytest.fixture(scope="module", autouse=True)
def builder(demo, published, renamed):
    """A process that has the warehouse open for writing, as dbt has while it builds."""
    code = """
        import sys, duckdb
        with duckdb.connect(sys.argv[1]) as connection:
            connection.execute("create table half_built as select 1 as row")
            print("open", flush=True)
            sys.stdin.read()
            connection.execute("drop table half_built")
    """
    process = subprocess.Popen(
        [sys.executable, "-c", "\n".join(line[8:] for line in code.splitlines()), demo.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "open\n"
    yield
    process.communicate()
    assert process.returncode == 0


@pytest.fixture(scope="module")
def old(published) -> list[str]:
    return names_in(published)


@pytest.fixture(scope="module")
def new(renamed) -> list[str]:
    return names_in(renamed)


def names_in(publication: Path) -> list[str]:
    with duckdb.connect(str(publication / "segments.duckdb"), read_only=True) as connection:
        return [name for (name,) in connection.execute(NAMES).fetchall()]


def test_the_warehouse_itself_is_locked(demo, old, new):
    assert not set(old) & set(new)
    with pytest.raises(duckdb.IOException, match="lock"):
        duckdb.connect(str(demo.path), read_only=True)


def test_duckdb_cli(shelf, renamed, old, new):
    """That of DuckDB 1.4, which reads the file because of its format."""
    program = Path(sys.executable).with_name("duckdb")

    def ask(query):
        return subprocess.run(
            [program, "-readonly", "-json", shelf.file, "-c", query],
            capture_output=True,
            text=True,
        )

    def names():
        return [row["segment_name"] for row in json.loads(ask(NAMES).stdout)]

    assert json.loads(ask("select version() as version").stdout)[0]["version"].startswith("v1.4.")
    assert names() == old
    comment = ask("select comment from duckdb_tables() where table_name = 'customer_segments'")
    assert json.loads(comment.stdout)[0]["comment"].startswith(COMMENT)
    shelf.put(renamed)
    assert names() == new
    refused = ask(WRITE)
    assert refused.returncode != 0
    assert REFUSED in refused.stderr


def test_duckdb_in_python(shelf, renamed, old, new):
    first = duckdb.connect(str(shelf.file), read_only=True)
    assert [name for (name,) in first.execute(NAMES).fetchall()] == old
    comments = first.execute("""
        select comment from duckdb_columns()
        where table_name = 'customer_segments' and column_name = 'customer_id'
    """).fetchall()
    assert comments == [(COLUMN_COMMENT,)]
    shelf.put(renamed)
    # One process, two publications: a link to a file instead of a folder would show the old one.
    with duckdb.connect(str(shelf.file), read_only=True) as second:
        assert [name for (name,) in second.execute(NAMES).fetchall()] == new
        assert [name for (name,) in first.execute(NAMES).fetchall()] == old
        with pytest.raises(duckdb.InvalidInputException, match=REFUSED):
            second.execute(WRITE)
    first.close()


@pytest.mark.filterwarnings("ignore:duckdb-engine doesn't yet support reflection on indices")
def test_sqlalchemy(shelf, renamed, old, new):
    engine = sqlalchemy.create_engine(f"duckdb:///{shelf.file}", connect_args={"read_only": True})
    table = sqlalchemy.Table(
        "customer_segments", sqlalchemy.MetaData(), schema="marts", autoload_with=engine
    )
    assert table.comment.startswith(COMMENT)
    assert table.columns["customer_id"].comment == COLUMN_COMMENT
    assert isinstance(table.columns["segment_id"].type, sqlalchemy.Integer)
    inspector = sqlalchemy.inspect(engine)
    assert {"customer_segments", "segment_profiles"} < set(inspector.get_table_names("marts"))

    def names():
        with engine.connect() as connection:
            return list(connection.execute(sqlalchemy.text(NAMES)).scalars())

    assert names() == old
    shelf.put(renamed)
    # The pool keeps its connections; without a pool every query would see the newest.
    assert names() == old
    engine.dispose()
    assert names() == new
    with (
        engine.begin() as connection,
        pytest.raises(sqlalchemy.exc.ProgrammingError, match=REFUSED),
    ):
        connection.execute(sqlalchemy.text(WRITE))
    engine.dispose()


def test_sqlalchemy_without_a_pool(shelf, renamed, old, new):
    """As Superset connects."""
    engine = sqlalchemy.create_engine(
        f"duckdb:///{shelf.file}",
        connect_args={"read_only": True},
        poolclass=sqlalchemy.pool.NullPool,
    )
    assert pandas.read_sql(NAMES, engine)["segment_name"].tolist() == old
    shelf.put(renamed)
    assert pandas.read_sql(NAMES, engine)["segment_name"].tolist() == new


def test_pandas(shelf, renamed, old, new):
    def read(query):
        with duckdb.connect(str(shelf.file), read_only=True) as connection:
            return connection.execute(query).df()

    assert read(NAMES)["segment_name"].tolist() == old
    customers = read("from marts.customer_segments")
    assert pandas.api.types.is_integer_dtype(customers["segment_id"])
    shelf.put(renamed)
    assert read(NAMES)["segment_name"].tolist() == new
    with pytest.raises(duckdb.InvalidInputException, match=REFUSED):
        read(WRITE)


def test_polars(shelf, renamed, old, new):
    def read(query):
        with duckdb.connect(str(shelf.file), read_only=True) as connection:
            return polars.read_database(query, connection)

    assert read(NAMES)["segment_name"].to_list() == old
    assert read("from marts.customer_segments").schema["segment_id"] == polars.Int32
    shelf.put(renamed)
    assert read(NAMES)["segment_name"].to_list() == new
    with pytest.raises(duckdb.InvalidInputException, match=REFUSED):
        read(WRITE)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_ibis(shelf, renamed, old, new):
    def names(backend):
        profiles = backend.table("segment_profiles", database="marts")
        return profiles.order_by("segment_id")["segment_name"].execute().tolist()

    first = ibis.duckdb.connect(shelf.file, read_only=True)
    assert names(first) == old
    customers = first.table("customer_segments", database="marts")
    assert customers.schema()["segment_id"].is_int32()
    assert customers.count().execute() == 3000
    shelf.put(renamed)
    second = ibis.duckdb.connect(shelf.file, read_only=True)
    assert names(second) == new
    with pytest.raises(duckdb.InvalidInputException, match=REFUSED):
        second.create_table("mine", schema={"customer_id": "string"}, database="marts")
    first.disconnect()
    second.disconnect()


def test_adbc(shelf, renamed, old, new):
    def connect():
        return adbc_driver_manager.dbapi.connect(
            driver=adbc_driver_duckdb.driver_path(),
            entrypoint="duckdb_adbc_init",
            db_kwargs={"path": str(shelf.file), "access_mode": "READ_ONLY"},
            autocommit=True,
        )

    def names(connection):
        with connection.cursor() as cursor:
            cursor.execute(NAMES)
            return cursor.fetch_arrow_table()["segment_name"].to_pylist()

    with connect() as first:
        assert names(first) == old
        columns = first.adbc_get_table_schema("customer_segments", db_schema_filter="marts")
        assert "segment_id" in columns.names
        shelf.put(renamed)
        with connect() as second:
            assert names(second) == new
            with (
                second.cursor() as cursor,
                pytest.raises(adbc_driver_manager.ProgrammingError, match=REFUSED),
            ):
                cursor.execute(WRITE)
