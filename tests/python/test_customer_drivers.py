"""Why a customer is in a segment, and which change of one feature would end that."""

import json
import re
import shutil
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import pytest

from conftest import Warehouse

# The function for one customer, asked of every customer.
EVERYBODY = """(
    select drivers.*
    from (select customer_id from marts.customer_segments) as everybody
    cross join lateral marts.customer_segment_drivers(everybody.customer_id) as drivers
)"""


def assert_contributions_add_up(warehouse: Warehouse) -> None:
    """For every customer, to a billionth of the squares."""
    customers, error = warehouse.rows("""
        with totals as (
            select customer_id, sum(contribution) as total
            from marts.customer_drivers
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


def told_values(sentences) -> np.ndarray:
    """Return the changed values as a reader of the sentences has them."""
    form = r".*(?: were| would need) (\S+?)(%?)(?: \w+)? instead of "
    told = [re.match(form, words) for words in sentences]
    return np.array(
        [float(Decimal(match[1].replace(",", "")) / (100 if match[2] else 1)) for match in told]
    )


def assert_smallest_changes_move_everyone(warehouse: Warehouse, folder) -> None:
    """Score customers changed as the sentence says with the project's own SQL.

    Everyone is in the runner-up then.
    """
    copy = warehouse.copy(folder)
    changes = copy.frame(f"""
        select customer_id, segment_id, second_segment_id, feature, changed_value, sentence
        from {EVERYBODY}
        where is_smallest_change
    """)
    changes["told"] = told_values(changes["sentence"])
    assert (changes["told"] == changes["changed_value"]).all()
    assert changes["customer_id"].is_unique
    features = [
        name
        for (name,) in copy.rows("""
            select feature from features.feature_catalog where role = 'clustering'
        """)
    ]
    columns = ", ".join(
        f"if(changes.feature = '{name}', changes.told, {name}) as {name}" for name in features
    )
    with duckdb.connect(str(copy.path)) as connection:
        connection.register("changed", changes)
        connection.execute("create table changes as select * from changed")
        connection.execute(f"""
            create or replace table features.customer_features as
            select customer_features.* replace ({columns})
            from features.customer_features
            inner join changes using (customer_id)
        """)
    result = copy.dbt("run", "--select", "int_customer_assignments")
    assert result.returncode == 0, result.stdout
    moved = copy.rows("""
        select count(*), count(*) filter (where assignments.segment_id = changes.second_segment_id)
        from changes
        inner join scoring.int_customer_assignments as assignments using (customer_id)
    """)
    customers = copy.rows("select count(*) from features.customer_features")[0][0]
    assert moved == [(customers, customers)]


def assert_changes_are_the_first_that_can_do(warehouse: Warehouse) -> int:
    """Walk along each feature among the components; return how many have no possible change.

    Nothing nearer would do, nor fewer decimals, nor any value where none is offered.
    """
    scalers = warehouse.frame("""
        select feature_scalers.*, feature_catalog.unit
        from marts.feature_scalers
        inner join features.feature_catalog using (feature)
        where is_used
        order by feature
    """)
    weights = warehouse.frame("select * from marts.component_weights order by component, feature")
    centroids = warehouse.frame("select * from marts.segment_centroids")
    everyone = warehouse.frame("select * from features.customer_features order by customer_id")
    drivers = warehouse.frame(f"select * from {EVERYBODY} order by feature, customer_id")
    features = scalers["feature"].tolist()
    assert drivers["feature"].unique().tolist() == features
    axes = weights.pivot(index="component", columns="feature", values="weight").to_numpy()
    centroids = centroids.pivot(index="segment_id", columns="component", values="coordinate")

    def scaled(raw, scaler):
        values = np.log1p(raw) if scaler.transform == "log1p" else raw
        return (values - scaler.mean) / scaler.standard_deviation * scaler.weight

    def raw(position, scaler):
        values = position / scaler.weight * scaler.standard_deviation + scaler.mean
        return np.expm1(values) if scaler.transform == "log1p" else values

    def is_possible(value, scaler):
        return ~((value < 0) & (scaler.minimum >= 0)) & ~(
            (value > max(1, scaler.maximum)) & (scaler.unit == "share")
        )

    def segments_at(points):
        squares = ((points[..., np.newaxis, :] - centroids.to_numpy()) ** 2).sum(axis=-1)
        return centroids.index.to_numpy()[squares.argmin(axis=-1)]

    filled = everyone[features].astype(float).fillna(scalers.set_index("feature")["fill_value"])
    positions = np.column_stack(
        [scaled(filled[row.feature].to_numpy(), row) for row in scalers.itertuples()]
    )
    points = positions @ axes.T
    can_be = drivers[drivers["is_possible_value"].fillna(False).astype(bool)]
    none = ~everyone["customer_id"].isin(can_be["customer_id"]).to_numpy()
    smallest = drivers[drivers["is_smallest_change"]]
    assert sorted(smallest["customer_id"]) == sorted(everyone["customer_id"])
    impossible = smallest[~smallest["is_possible_value"].astype(bool)]
    assert sorted(impossible["customer_id"]) == sorted(everyone["customer_id"][none])

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
        present, position = filled[scaler.feature].to_numpy(), positions[:, number]
        changed = rows["changed_value"].to_numpy()
        can = ~np.isnan(changed)

        def would_do(value, scaler=scaler, axis=axis, position=position, second=second):
            shift = scaled(value, scaler) - position
            at = segments_at(points + shift[:, np.newaxis] * axis)
            return at == second

        assert would_do(np.where(can, changed, present))[can].all()
        found = rows["is_possible_value"].to_numpy()[can].astype(bool)
        assert (found == is_possible(changed, scaler)[can]).all()
        told = told_values(rows["sentence"][can])
        assert (told == changed[can]).all()
        assert not would_do(raw(position + level * (1 - 1e-6), scaler)).any()
        assert not would_do(raw(position + level * (1 + 1e-6), scaler))[~can].any()

        # The next number of so many decimals, and of one decimal less.
        up = np.where(changed > present, 1, -1)
        exact = raw(position + level, scaler)
        decimals = np.array(
            [max(0, -Decimal(str(value)).normalize().as_tuple().exponent) for value in told]
        )
        excess = 2e-9 * (np.sqrt(second_squares) + abs(level)) ** 2 / (second_squares - squares)
        spare = abs(raw(position + level * (1 + excess), scaler) - exact)[can]
        assert (abs(changed - exact)[can] <= 10.0**-decimals + spare + 1e-9).all()
        steps = np.ones(len(rows))
        steps[can] = 10.0 ** (1 - decimals)
        coarser = up * np.ceil(up * exact / steps) * steps
        finest = {"share": 2}.get(scaler.unit, 0)
        if scaler.unit in ("share", "amount"):
            finest = max(finest, 2 - np.floor(np.log10(scaler.maximum - scaler.minimum)))
        fine = can.copy()
        fine[can] = decimals > finest
        assert not would_do(np.where(fine, coarser, present))[fine].any()

        # Customers without any possible change: the observed range, and as much around it.
        reach = scaler.maximum - scaler.minimum
        grid = np.linspace(scaler.minimum - reach, scaler.maximum + reach, 301)
        grid = grid[
            is_possible(grid, scaler) & (grid > -1 if scaler.transform == "log1p" else True)
        ]
        shifts = scaled(grid, scaler) - position[none, np.newaxis]
        reached = segments_at(points[none, np.newaxis] + shifts[..., np.newaxis] * axis)
        assert (reached != second[none, np.newaxis]).all()
    return int(none.sum())


def test_contributions_add_up(demo):
    assert_contributions_add_up(demo)


def test_smallest_changes_move_everyone(demo, tmp_path):
    assert_smallest_changes_move_everyone(demo, tmp_path)


def test_changes_are_the_first_that_can_do(demo):
    assert assert_changes_are_the_first_that_can_do(demo) == 0


def test_what_can_be_goes_before_what_cannot(demo):
    assert demo.rows("""
        select count(*)
        from marts.customer_drivers
        inner join marts.feature_scalers using (feature)
        where
            is_possible_value
            != (
                not (changed_value < 0 and minimum >= 0)
                and not (changed_value > greatest(1, maximum) and feature_scalers.unit = 'share')
            )
    """) == [(0,)]
    assert demo.rows("""
        select count(*), count(*) filter (where is_possible_value)
        from marts.customer_drivers where is_smallest_change
    """) == [(3000, 3000)]


def test_every_feature_says_what_it_speaks_for(demo):
    rows = demo.rows(f"""
        select
            label, unit, filled_value, contribution, drivers.segment_name, second.segment_name,
            second_segment_name, is_possible_value, driver_sentence, sentence
        from {EVERYBODY} as drivers
        inner join marts.segment_profiles as own on drivers.segment_name = own.segment_name
        inner join marts.segment_profiles as second
            on drivers.second_segment_id = second.segment_id
        where own.segment_id = drivers.segment_id
    """)
    assert len(rows) == demo.rows("select count(*) from marts.customer_drivers")[0][0]
    for label, unit, value, contribution, own, true_second, second, can_be, driver, change in rows:
        assert second == true_second
        nearer, farther = (own, second) if contribution > 0 else (second, own)
        number = r"[\d,]+" if value == round(value) and unit != "share" else r"[\d,.]+"
        number += {"share": "%", "days": " days?", "months": " months?"}.get(unit, "")
        assert re.fullmatch(
            rf"{label[0].upper()}{label[1:]}: -?{number}( \(assumed, as it is unknown\))?\. "
            rf'Nearer to the centre of "{nearer}" \(.+\) than to that of "{farther}" \(.+\), '
            rf'it speaks for "{nearer}", with (less than )?[\d.]+% of all that speaks for either\.',
            driver,
        ), driver
        assert not re.search(r"-0(\.0+)?(?![\d.])", driver + change)
        if can_be is None:
            assert change == (
                f'No value of {label} alone would bring the customer to segment "{second}".'
            )
        else:
            form = r"If .* were (.*) instead of (.*) and all"
            if not can_be:
                form = r"No possible value of .* would need (.*) instead of (.*)\."
            now, then = re.match(form, change).groups()
            assert now.split(" (")[0] != then.split(" (")[0]


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
        order by drivers.driver_rank
    """
    of_copy, of_demo = copy.frame(query), demo.frame(query)
    assert len(of_demo) > 0
    pd.testing.assert_frame_equal(of_copy, of_demo, rtol=1e-9)


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
        table = str(details.get("Table")).rpartition(".")[2]
        scans.setdefault(table, []).append(details.get("Filters"))
    # Once for the values and once for the segment.
    assert len(scans["customer_features"]) == 2
    assert all(f"customer_id = '{customer}'" in found for found in scans["customer_features"])


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
