"""Neither row order nor threads nor folder change a result; refits keep segment numbers."""

import gzip

import pandas as pd
import pytest

from conftest import PROJECT, Warehouse

DEMO = PROJECT / "data" / "demo"
# Where a row stands in its file is the one thing that shuffling may change.
POSITIONS = {"file", "row_number", "line_number", "location", "raw_row"}


def assert_same_marts(one: Warehouse, other: Warehouse) -> None:
    marts = [
        name
        for (name,) in one.rows(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
        )
    ]
    assert len(marts) == 27
    # They tell one build and one folder from another.
    marts.remove("build_info")
    marts.remove("input_files")
    for mart in marts:
        frames = []
        for warehouse in (one, other):
            frame = warehouse.frame(f"select * from marts.{mart}")
            frame = frame.drop(columns=POSITIONS & set(frame.columns))
            keys = [name for name in frame if not pd.api.types.is_float_dtype(frame[name])]
            frames.append(frame.sort_values(keys, ignore_index=True))
        pd.testing.assert_frame_equal(*frames, rtol=1e-9, atol=1e-9, obj=mart)


@pytest.fixture(scope="module")
def shuffled_demo(tmp_path_factory):
    """The demo's files with their lines in another order."""
    folder = tmp_path_factory.mktemp("shuffled")
    for file in sorted(DEMO.glob("*.csv*")):
        if file.name.startswith("planted"):
            continue
        is_compressed = file.suffix == ".gz"
        text = gzip.decompress(file.read_bytes()) if is_compressed else file.read_bytes()
        header, *lines = text.decode().splitlines(keepends=True)
        lines = pd.Series(lines).sample(frac=1, random_state=7)
        shuffled = (header + "".join(lines)).encode()
        (folder / file.name).write_bytes(gzip.compress(shuffled) if is_compressed else shuffled)
    return folder


def test_order_of_rows_threads_and_folders_change_nothing(demo, shuffled_demo, tmp_path):
    warehouse = Warehouse(tmp_path / "new" / "folder" / "warehouse.duckdb")
    warehouse.build(raw_data=shuffled_demo, cwd=tmp_path, THREADS="1")
    assert_same_marts(demo, warehouse)


@pytest.fixture(scope="module")
def frugal(tmp_path_factory) -> Warehouse:
    """The demo insurer, built with little memory and without the dossier."""
    warehouse = Warehouse(tmp_path_factory.mktemp("frugal") / "warehouse.duckdb")
    return warehouse.build(dossier=False, MEMORY_LIMIT="256MB")


def test_little_memory_changes_no_feature(demo, frugal):
    rows = "select * from features.customer_features order by customer_id"
    pd.testing.assert_frame_equal(demo.frame(rows), frugal.frame(rows), check_exact=True)
    assert len(frugal.frame(rows)) == 3000


def test_refits_keep_the_segment_numbers(frugal, shuffled_demo, tmp_path):
    warehouse = frugal.copy(tmp_path)

    def segments() -> pd.Series:
        return warehouse.frame(
            "select customer_id, segment_id from marts.customer_segments order by customer_id"
        ).set_index("customer_id")["segment_id"]

    def previous_segments() -> pd.Series:
        return warehouse.frame(
            "select customer_id, previous_segment_id as segment_id from marts.customer_segments"
        ).set_index("customer_id")["segment_id"]

    # Other segments than the playbook names.
    left_out = ("--exclude", "tag:dossier", "assert_playbook_claims_hold")

    def rebuild(variables: str) -> pd.Series:
        before = segments()
        selected = ("--select", "training_sample+", "--vars", variables)
        warehouse.build(*selected, *left_out, raw_data=shuffled_demo)
        pd.testing.assert_series_equal(previous_segments()[before.index], before, check_dtype=False)
        return segments()

    before = segments()
    assert previous_segments().isna().all()

    other_seed = rebuild("{random_seed: 7, training_sample_size: 2500}")
    assert (other_seed == before).mean() > 0.98

    one_more = rebuild("{segment_count: 6}")
    kept = one_more.isin(range(1, 6))
    assert sorted(one_more.unique()) == [1, 2, 3, 4, 5, 6]
    assert (one_more[kept] == before[kept]).mean() > 0.98

    one_less = rebuild("{segment_count: 4}")
    assert set(one_less.unique()) < {1, 2, 3, 4, 5, 6}
    assert one_less.nunique() == 4
    assert (one_less == before).mean() > 0.7

    # The same again is no new build: the segments before it are those of six segments still.
    again = ("--select", "fit_segment_centroids+", "--vars", "{segment_count: 4}")
    warehouse.build(*again, *left_out, raw_data=shuffled_demo)
    pd.testing.assert_series_equal(segments(), one_less)
    assert set(previous_segments()) == {1, 2, 3, 4, 5, 6}
