"""What is published: all or nothing, readable at any moment, and what the last build left."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest
import yaml

from conftest import PROJECT, Warehouse, run_as_printed

PUBLICATION = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z-\w+")


def publish(warehouse: Warehouse, published: Path, **environment) -> str:
    """Publish and return the name of the publication."""
    result = warehouse.publish(published, **environment)
    assert result.returncode == 0, result.stderr
    assert str(published / "current" / "segments.duckdb") in result.stdout
    return os.readlink(published / "current")


def refuse(warehouse: Warehouse, published: Path, *arguments, **environment) -> str:
    """Publish in vain and return what was said; `current` has to stay as it was."""
    before = sorted({*published.glob("**/*"), published / ".lock"})
    current = (published / "current").resolve()
    result = warehouse.publish(published, *arguments, **environment)
    assert result.returncode == 1
    assert result.stderr.startswith("Nothing was ")
    assert "Traceback" not in result.stderr
    assert (published / "current").resolve() == current
    assert sorted({*published.glob("**/*"), published / ".lock"}) == before
    return result.stderr


def ask(file: Path, query: str, *parameters) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()


def list_tables(file: Path, schema: str) -> list[str]:
    query = "select table_name from duckdb_tables() where schema_name = ? order by 1"
    return [name for (name,) in ask(file, query, schema)]


def make_edition(warehouse: Warehouse, name: str) -> None:
    """Leave a warehouse as another build would, with its name in three marts."""
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(f"""
            update last_build.relations set run_id = '{name}';
            update marts.build_info set run_id = '{name}';
            update marts.segment_profiles set message = '{name}';
            update marts.customer_segments set segment_name = '{name}';
        """)


def start_and_stop(warehouse: Warehouse, published: Path) -> subprocess.Popen:
    """Start a publisher and stop it as soon as it writes."""
    process = subprocess.Popen(
        [sys.executable, PROJECT / "scripts" / "publish.py"],
        env=os.environ | {"WAREHOUSE_PATH": str(warehouse.path), "PUBLISHED_DIR": str(published)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(published.glob(".partial-*/segments.duckdb")):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.001)
    process.send_signal(signal.SIGSTOP)
    return process


@pytest.fixture
def edition(demo, tmp_path) -> Warehouse:
    """A copy of the warehouse, to be changed."""
    return demo.copy(tmp_path)


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    return folder


# -- What a publication holds --


def test_it_is_one_file_and_parquet_of_every_mart(demo, published):
    marts = list_tables(demo.path, "marts")
    assert len(marts) == 27
    assert list_tables(published / "segments.duckdb", "marts") == marts
    assert sorted(file.name for file in published.resolve().iterdir()) == [
        "parquet",
        "segments.duckdb",
    ]
    assert sorted(file.stem for file in (published / "parquet").iterdir()) == marts
    assert PUBLICATION.fullmatch(os.readlink(published))


def test_tables_and_parquet_are_equal_to_the_build(demo, published):
    for schema in ("marts", "features"):
        for table in list_tables(published / "segments.duckdb", schema):
            query = f"from {schema}.{table}"
            built = demo.rows(query)
            assert ask(published / "segments.duckdb", query) == built
            assert built
            if schema == "marts":
                parquet = published / "parquet" / f"{table}.parquet"
                assert duckdb.connect().execute(f"from '{parquet}'").fetchall() == built


def test_every_table_column_and_function_is_described(demo, published):
    query = """
        select schema_name || '.' || table_name, comment from duckdb_tables()
        where (schema_name, table_name) in (
            ('features', 'customer_features'), ('features', 'feature_catalog')
        ) or schema_name = 'marts'
        union all
        select concat_ws('.', schema_name, table_name, column_name), comment from duckdb_columns()
        where (schema_name, table_name) in (
            ('features', 'customer_features'), ('features', 'feature_catalog')
        ) or schema_name = 'marts'
        union all
        select function_name, comment from duckdb_functions() where not internal
        order by 1
    """
    described = ask(published / "segments.duckdb", query)
    assert len(described) > 300
    assert described == demo.rows(query)
    assert [name for name, comment in described if not comment] == []


def test_nothing_that_is_not_for_readers_is_in_it(published):
    assert ask(
        published / "segments.duckdb",
        """
        select schema_name, table_name from duckdb_tables() where schema_name != 'marts'
        union all
        select schema_name, view_name from duckdb_views() where not internal
        order by 1, 2
        """,
    ) == [
        ("features", "customer_features"),
        ("features", "feature_catalog"),
        ("marts", "customer_drivers"),
    ]


def test_its_files_cannot_be_written(published):
    """Whoever opened the file for writing would lock out everybody else."""
    files = [file for file in published.resolve().rglob("*") if file.is_file()]
    assert len(files) == 28
    assert {file.stat().st_mode & 0o777 for file in files} == {0o444}
    assert published.resolve().stat().st_mode & 0o777 == 0o755


def test_build_info_tells_where_the_marts_come_from(demo, published):
    columns = "run_id, built_at > now() - interval '1 day', customers, segments, rejected_rows"
    (row,) = ask(published / "segments.duckdb", f"select {columns} from marts.build_info")
    assert len(row[0]) == 36
    assert demo.rows("select distinct run_id from last_build.relations") == [(row[0],)]
    rejected = demo.rows("select count(*) from marts.rejected_rows")[0][0]
    assert row[1:] == (True, 3000, 5, rejected)

    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    (settings,) = ask(published / "segments.duckdb", "select vars from marts.build_info")[0]
    settings = json.loads(settings)
    assert settings == project["vars"]
    assert list(settings) == sorted(settings)

    versions = "project_version, dbt_version, duckdb_version, numpy_version, scikit_learn_version"
    assert ask(published / "segments.duckdb", f"select {versions} from marts.build_info") == [
        (
            project["version"],
            version("dbt-core"),
            duckdb.__version__,
            version("numpy"),
            version("scikit-learn"),
        )
    ]
    (python,) = ask(published / "segments.duckdb", "select python_version from marts.build_info")[0]
    assert sys.version.startswith(python + " ")


def test_the_same_build_published_twice_is_the_same(demo, published, folder):
    publish(demo, folder)
    for file in sorted((published / "parquet").iterdir()):
        assert (folder / "current" / "parquet" / file.name).read_bytes() == file.read_bytes()
    catalog = """
        select sql, comment from duckdb_tables()
        union all select sql, comment from duckdb_views() where not internal
        union all select macro_definition, comment from duckdb_functions() where not internal
        order by 1
    """
    one, other = folder / "current" / "segments.duckdb", published / "segments.duckdb"
    assert ask(one, catalog) == ask(other, catalog)
    for schema in ("marts", "features"):
        for table in list_tables(one, schema):
            assert ask(one, f"from {schema}.{table}") == ask(other, f"from {schema}.{table}")


def test_an_older_duckdb_reads_it(published):
    """Tables, comments and functions, in the DuckDB 1 that other programs come with."""
    program = Path(sys.executable).with_name("duckdb")
    file = published / "segments.duckdb"
    query = """
        select
            version() like 'v1.4.%' as is_older,
            (select count(*) from duckdb_tables() where comment is not null) as tables,
            (select count(*) from duckdb_columns() where comment is not null) as columns,
            (select count(*) from duckdb_functions() where comment is not null) as functions,
            wording.number_in_words(0.123, 'share') as written,
            (select count(*) from marts.customer_segment_drivers('P0000123')) as drivers,
            (select count(*) from marts.compare_segments(1, 2)) as compared,
            (
                select count(*)
                from features.customer_features as customer, marts.segment_of(customer) as found
                inner join marts.customer_segments on
                    customer_segments.customer_id = customer.customer_id
                    and customer_segments.segment_id = found.segment_id
                    and customer_segments.distance_to_centroid = found.distance_to_centroid
            ) as customers_scored_alike;
    """
    result = subprocess.run(
        [program, "-readonly", "-json", file, "-c", query], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    counted = """
        select
            (select count(*) from duckdb_tables()),
            (select count(*) from duckdb_columns() where not internal)
    """
    tables, columns = ask(file, counted)[0]
    assert json.loads(result.stdout) == [
        {
            "is_older": True,
            "tables": tables,
            "columns": columns,
            "functions": 24,
            "written": "12.3%",
            "drivers": 39,
            "compared": 41,
            "customers_scored_alike": 3000,
        }
    ]


# -- Only what a build that passed has left --


def test_a_failed_build_publishes_nothing(edition, folder):
    """Some marts are those of the build before by then, some are not."""
    publish(edition, folder)
    failed = edition.dbt(
        "build", "--vars", "{max_rejected_share: 0}", "--exclude-resource-type", "unit_test"
    )
    assert failed.returncode != 0
    said = refuse(edition, folder)
    assert "failed, was stopped or was only a part" in said
    assert said.endswith("dbt build\n")


def test_a_part_of_the_dossier_is_not_published(warehouse, folder, tmp_path):
    """Without one of its tests; all of it may be left out."""
    raw_data = tmp_path / "raw_data"
    raw_data.mkdir()
    (raw_data / "customers.csv").write_text("customer_id,joined_on\nann,2020-01-01\n")
    warehouse.build("--exclude", "assert_rules_add_up", raw_data=raw_data)
    assert "was only a part of the build" in refuse(warehouse, folder)


def test_build_info_of_another_run_is_not_published(edition, folder):
    with duckdb.connect(str(edition.path)) as connection:
        connection.execute("update marts.build_info set run_id = 'another'")
    assert "another" in refuse(edition, folder)


def test_marts_that_the_last_run_did_not_build_are_left_out(edition, folder):
    """As after `dbt build --selector without_dossier` in a warehouse that had one."""
    with duckdb.connect(str(edition.path)) as connection:
        connection.execute("delete from last_build.relations where relation_name like '%rule%'")
    publish(edition, folder)
    marts = list_tables(folder / "current" / "segments.duckdb", "marts")
    assert set(list_tables(edition.path, "marts")) - set(marts) == {"segment_rules"}
    assert len(list((folder / "current" / "parquet").iterdir())) == len(marts)


def test_a_missing_warehouse_and_one_in_use_are_said_plainly(edition, folder, tmp_path):
    nowhere = Warehouse(tmp_path / "nowhere.duckdb")
    assert "there is no warehouse at" in refuse(nowhere, folder)
    with duckdb.connect(str(edition.path)):
        assert "is open for writing" in refuse(edition, folder)
    assert 'PUBLICATIONS_KEPT is "1"' in refuse(edition, folder, PUBLICATIONS_KEPT="1")
    (folder / "file").touch()
    said = edition.publish(folder / "file").stderr
    assert said.startswith("Nothing was published: ")
    assert "PUBLISHED_DIR must be a folder" in said


@pytest.fixture
def make_segments(tmp_path, folder):
    """Run `make segments` in vain; return the last line that is not of make itself."""

    def run(raw_data: Path) -> str:
        settings = {
            "RAW_DATA_DIR": str(raw_data),
            "WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb"),
            "PUBLISHED_DIR": str(folder),
            "DBT_TARGET_PATH": str(tmp_path / "target"),
            "DBT_LOG_PATH": str(tmp_path / "logs"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        result = subprocess.run(
            ["make", "--old-file", ".venv/installed", "segments"],
            cwd=PROJECT,
            env=os.environ | settings,
            capture_output=True,
            text=True,
        )
        assert result.returncode != 0
        assert list(folder.iterdir()) == []
        return result.stderr.splitlines()[-2]

    return run


def test_the_last_line_of_a_failed_build_says_why_and_what_to_do(make_segments, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    said = make_segments(empty)
    assert said.startswith(
        f"Nothing was published: No input found in RAW_DATA_DIR={empty}. It must"
    )

    with duckdb.connect(str(tmp_path / "warehouse.duckdb")):
        said = make_segments(empty)
    assert said.startswith("Nothing was published: IO Error: Could not set lock on file ")
    assert "Close that program; what is published can be read while dbt builds." in said

    # Nearly nothing in it is a customer.
    (empty / "customers.csv").write_text("customer_id,joined_on\n,2020-01-01\nbob,2020-01-01\n")
    said = make_segments(empty)
    assert said.startswith("Nothing was published: customers (")
    assert "1 of 2 rows were rejected" in said
    assert "Then correct the input or raise the var." in said
    log = tmp_path / "logs" / "dbt.log"
    assert said.endswith(f"(log of dbt: {log})")
    assert "Completed with 1 error" in log.read_text()
    # The command works as it stands, though nothing is set any more.
    command = re.search(r"See them with: (.+)\. Then", said)[1]
    assert "customer_id is missing" in run_as_printed(command, PROJECT)


# -- While others read --

READER = """
import json, sys, time, duckdb
from pathlib import Path

published, stop = Path(sys.argv[1]), Path(sys.argv[2])
reads, seen, mixtures, errors = 0, [], [], []
while not stop.exists():
    try:
        file = published / "current" / "segments.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            names = connection.execute('''
                select run_id from marts.build_info
                union select message from marts.segment_profiles
                union select segment_name from marts.customer_segments
            ''').fetchall()
        if len(names) != 1:
            mixtures.append(names)
        # Several files: of one folder, not through a link that may move in between.
        parquet = (published / "current").resolve() / "parquet"
        names = duckdb.connect().execute(f'''
            select run_id from '{parquet}/build_info.parquet'
            union select message from '{parquet}/segment_profiles.parquet'
            union select segment_name from '{parquet}/customer_segments.parquet'
        ''').fetchall()
        if len(names) != 1:
            mixtures.append(names)
        reads += 1
        seen += [names[0][0]] if names[0][0] not in seen else []
        time.sleep(0.02)
    except Exception as error:
        errors.append(str(error))
print(json.dumps({"reads": reads, "seen": seen, "mixtures": mixtures, "errors": errors}))
"""


def test_readers_see_no_error_and_no_mixture_during_ten_publications(edition, folder, tmp_path):
    names = [f"edition{number}" for number in range(10)]
    make_edition(edition, names[0])
    publish(edition, folder)
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(folder), str(stop)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for name in names[1:]:
        make_edition(edition, name)
        publish(edition, folder)
    time.sleep(0.5)
    stop.touch()
    answers = [json.loads(reader.communicate()[0]) for reader in readers]
    assert [(answer["errors"], answer["mixtures"]) for answer in answers] == [([], [])] * 3
    for answer in answers:
        assert answer["reads"] > 10
        # Never back to an older one.
        assert answer["seen"] == sorted(answer["seen"])
        assert answer["seen"][-1] == names[-1]
    assert {name for answer in answers for name in answer["seen"]} >= set(names[2:])
    kept = sorted(entry.name for entry in folder.iterdir() if PUBLICATION.fullmatch(entry.name))
    assert [name.rpartition("-")[2] for name in kept] == names[-5:]


def test_who_holds_the_old_file_open_keeps_reading_it(edition, folder):
    first = publish(edition, folder)
    with duckdb.connect(str(folder / "current" / "segments.duckdb"), read_only=True) as connection:
        for number in (2, 3):
            make_edition(edition, f"edition{number}")
            publish(edition, folder, PUBLICATIONS_KEPT="2")
        assert not (folder / first).exists()
        names = "select count(*), count(distinct segment_name) from marts.customer_segments"
        assert connection.execute(names).fetchall() == [(3000, 5)]
    assert ask(folder / "current" / "segments.duckdb", names) == [(3000, 1)]


# -- Two publishers, crashes, the way back --


def test_two_publishers_are_kept_apart(edition, folder):
    first = start_and_stop(edition, folder)
    second = edition.publish(folder)
    assert second.returncode == 1
    assert f"process {first.pid} is publishing into" in second.stderr
    first.send_signal(signal.SIGCONT)
    printed, said = first.communicate()
    assert (first.returncode, said) == (0, "")
    assert os.readlink(folder / "current") in printed


def test_a_killed_publisher_leaves_nothing_that_counts(edition, folder):
    before = publish(edition, folder)
    make_edition(edition, "next")
    killed = start_and_stop(edition, folder)
    killed.kill()
    killed.wait()
    assert os.readlink(folder / "current") == before
    (left,) = folder.glob(".partial-*")
    # Whatever has such a name is of no use to anybody.
    (folder / ".partial-note").touch()
    after = publish(edition, folder)
    assert not left.exists()
    assert sorted(entry.name for entry in folder.iterdir()) == [".lock", before, after, "current"]


def test_rolling_back_goes_to_the_one_before_and_not_to_one_withdrawn(edition, folder):
    names = {}
    for name in ("good", "bad"):
        make_edition(edition, name)
        names[name] = publish(edition, folder)
    result = edition.publish(folder, "--rollback")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"Rolled back from {names['bad']} to {names['good']}: ")
    run = "select run_id from marts.build_info"
    assert ask(folder / "current" / "segments.duckdb", run) == [("good",)]
    assert "no publication before" in refuse(edition, folder, "--rollback")

    make_edition(edition, "next")
    names["next"] = publish(edition, folder)
    assert names["next"] > names["bad"]
    assert ask(folder / "current" / "segments.duckdb", run) == [("next",)]
    assert edition.publish(folder, "--rollback").returncode == 0
    assert ask(folder / "current" / "segments.duckdb", run) == [("good",)]


def test_the_same_build_is_published_once(edition, folder):
    """A scheduler that tries again must not push other builds out of the way back."""
    first = publish(edition, folder)
    assert publish(edition, folder) == first
    assert sorted(entry.name for entry in folder.iterdir()) == [".lock", first, "current"]
    # Runs are told apart by all of their identifiers, of which names have the beginning.
    make_edition(edition, "edition01")
    second = publish(edition, folder)
    make_edition(edition, "edition02")
    assert publish(edition, folder) > second


def test_the_next_publication_is_the_newest_whatever_the_clock_says(edition, folder):
    future = "2999-12-31T235959Z-made0up0"
    (folder / future).mkdir()
    assert publish(edition, folder) > future


def test_without_a_publication_there_is_no_way_back(edition, folder):
    assert "holds no publication before the current one" in refuse(edition, folder, "--rollback")
