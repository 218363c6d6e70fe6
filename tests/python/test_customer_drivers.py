"""Why a customer is in a segment, and which change of one feature would end that."""

import json
import shutil

import duckdb
import numpy as np
import pytest
from conftest import Warehouse


def assert_contributions_add_up(warehouse: Warehouse) -> None:
    """For every customer, to a billionth of the squares."""
    customers, error = warehouse.rows("""
        with totals as (
            select customer_id, sum(contribution) as total
            from scoring.int_customer_drivers
            group by customer_id
        )
        select
            count(totals.total),
            max(
                abs(total - (pow(second_distance, 2) - pow(distance_to_centroid, 2)))
                / (pow(second_distance, 2) + pow(distance_to_centroid, 2))
            )
        from marts.customer_segments
        left join totals using (customer_id)
    """)[0]
    assert customers == warehouse.rows("select count(*) from features.customer_features")[0][0]
    assert error < 1e-9


def assert_smallest_changes_move_everyone(warehouse: Warehouse, folder) -> None:
    """Score a table of changed customers with the project's own SQL: all are in their runner-up."""
    copy = Warehouse(folder / "copy.duckdb", warehouse.project)
    shutil.copy(warehouse.path, copy.path)
    features = [
        name
        for (name,) in copy.rows("""
            select feature from features.feature_catalog where role = 'clustering'
        """)
    ]
    columns = ", ".join(
        f"if(changes.feature = '{name}', changes.changed_value, {name}) as {name}"
        for name in features
    )
    with duckdb.connect(str(copy.path)) as connection:
        connection.execute("""
            create table changes as
            select customer_id, segment_id, second_segment_id, feature, changed_value
            from scoring.int_customer_drivers
            where is_smallest_change
        """)
        connection.execute(f"""
            create table changed_customers as
            select customer_features.* replace ({columns})
            from features.customer_features
            inner join changes using (customer_id)
        """)
    customers = copy.rows("select count(*) from features.customer_features")[0][0]
    settings = ["--vars", "{customer_features_relation: main.changed_customers}"]
    models = ["customer_features", "int_customer_assignments"]
    result = copy.dbt("run", "--select", *models, *settings)
    assert result.returncode == 0, result.stdout
    moved = copy.rows("""
        select
            count(*),
            count(*) filter (where assignments.segment_id = changes.second_segment_id),
            count(*) filter (where assignments.segment_id = changes.segment_id)
        from changes
        inner join scoring.int_customer_assignments as assignments using (customer_id)
    """)
    assert moved == [(customers, customers, 0)]


def assert_changes_are_the_first_that_can_do(warehouse: Warehouse) -> None:
    """Walk along each feature among the components: nothing nearer would do, nor where none is."""
    scalers = warehouse.frame("select * from marts.feature_scalers where is_used order by feature")
    weights = warehouse.frame("select * from marts.component_weights order by component, feature")
    centroids = warehouse.frame("select * from marts.segment_centroids")
    everyone = warehouse.frame("select * from features.customer_features order by customer_id")
    drivers = warehouse.frame(
        "select * from scoring.int_customer_drivers order by feature, customer_id"
    )
    features = scalers["feature"].tolist()
    assert drivers["feature"].unique().tolist() == features
    axes = weights.pivot(index="component", columns="feature", values="weight").to_numpy()
    centroids = centroids.pivot(index="segment_id", columns="component", values="coordinate")

    def scaled(raw, scaler):
        values = np.log1p(raw) if scaler.transform == "log1p" else raw
        return (values - scaler.mean) / scaler.standard_deviation * scaler.weight

    filled = everyone[features].astype(float).fillna(scalers.set_index("feature")["fill_value"])
    positions = np.column_stack(
        [scaled(filled[row.feature].to_numpy(), row) for row in scalers.itertuples()]
    )
    points = positions @ axes.T

    def segments_at(points):
        squares = ((points[:, np.newaxis] - centroids.to_numpy()) ** 2).sum(axis=2)
        return centroids.index.to_numpy()[squares.argmin(axis=1)]

    for number, scaler in enumerate(scalers.itertuples()):
        rows = drivers[drivers["feature"] == scaler.feature].reset_index(drop=True)
        second = rows["second_segment_id"].to_numpy()
        own_point, second_point = (
            centroids.loc[rows[name]].to_numpy() for name in ("segment_id", "second_segment_id")
        )
        squares, second_squares = (
            ((points - point) ** 2).sum(axis=1) for point in (own_point, second_point)
        )
        axis = axes[:, number]
        # Where the runner-up comes level with the own segment, as a multiple of the axis.
        level = (second_squares - squares) / (2 * (second_point - own_point) @ axis)
        shift = scaled(rows["changed_value"].to_numpy(), scaler) - positions[:, number]

        def at(multiple, axis=axis):
            return segments_at(points + multiple[:, np.newaxis] * axis)

        can = rows["changed_value"].notna().to_numpy()
        assert (at(np.where(can, shift, 0))[can] == second[can]).all()
        assert (at(level * (1 - 1e-6)) != second).all()
        assert (at(level * (1 + 1e-6)) != second)[~can].all()
        excess = 2e-9 * (np.sqrt(second_squares) + abs(level)) ** 2 / (second_squares - squares)
        assert (shift / level <= 1 + excess)[can].all()


def test_contributions_add_up(demo):
    assert_contributions_add_up(demo)


def test_smallest_changes_move_everyone(demo, tmp_path):
    assert_smallest_changes_move_everyone(demo, tmp_path)


def test_changes_are_the_first_that_can_do(demo):
    assert_changes_are_the_first_that_can_do(demo)


def test_analysts_ask_for_one_customer(demo):
    (customer,) = demo.rows("select min(customer_id) from marts.customer_segments")[0]
    answer = demo.rows("select * from marts.customer_segment_drivers(?)", customer)
    used = demo.rows("select count(*) from marts.feature_scalers where is_used")[0][0]
    assert len(answer) == used
    ranks = demo.rows("select driver_rank from marts.customer_segment_drivers(?)", customer)
    assert ranks == [(rank,) for rank in range(1, used + 1)]
    smallest = demo.rows(
        "select sentence from marts.customer_segment_drivers(?) where is_smallest_change", customer
    )
    assert len(smallest) == 1
    assert smallest[0][0].startswith("If ")


@pytest.mark.parametrize("customer", ["nobody", 7, None])
def test_an_unknown_customer_has_no_rows(demo, customer):
    assert demo.rows("select * from marts.customer_segment_drivers(?)", customer) == []


def test_a_copy_of_the_file_under_another_name_answers_too(demo, tmp_path):
    copy = Warehouse(tmp_path / "sent to a colleague.duckdb")
    shutil.copy(demo.path, copy.path)
    query = """
        select drivers.*
        from (select min(customer_id) as customer_id from marts.customer_segments) as first
        cross join lateral marts.customer_segment_drivers(first.customer_id) as drivers
    """
    assert copy.rows(query) == demo.rows(query) != []


def test_a_question_about_one_customer_reads_one_customer(demo):
    """The filter has to reach the scans, past all joins and windows."""
    (customer,) = demo.rows("select max(customer_id) from marts.customer_segments")[0]
    plan = demo.rows(
        f"explain (format json) from marts.customer_segment_drivers('{customer}')",
    )
    steps, scans = json.loads(plan[0][1]), {}
    while steps:
        step = steps.pop()
        steps += step["children"]
        details = step["extra_info"]
        scans[str(details.get("Table")).rpartition(".")[2]] = details.get("Filters")
    assert scans["customer_features"] == scans["int_customer_assignments"]
    assert f"customer_id = '{customer}'" in scans["customer_features"]


def test_descriptions_become_comments_of_the_macro_too(demo):
    (comment,) = demo.rows("""
        select comment from duckdb_functions() where function_name = 'customer_segment_drivers'
    """)[0]
    assert comment.startswith("One row per feature")


def test_outliers_are_few_and_far(demo):
    rows = demo.rows("""
        with radii as (
            select segment_id, sqrt(avg(pow(distance_to_centroid, 2))) as radius
            from marts.customer_segments
            group by segment_id
        )
        select
            count(*) filter (where is_outlier),
            count(*) filter (where is_outlier != (distance_to_centroid > 3 * radius)),
            (select sum(outlier_customers) from marts.segment_profiles)
        from marts.customer_segments
        inner join radii using (segment_id)
    """)
    assert rows == [(8, 0, 8)]
