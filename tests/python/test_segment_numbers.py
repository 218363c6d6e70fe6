"""Segment numbers at the first fit and at every refit."""

import numpy as np
import pandas as pd
import pytest

from benefit_segments.feature_scalers import fit_feature_scalers, scale_features
from benefit_segments.principal_components import fit_principal_components, project
from benefit_segments.segment_counts import fit_candidate_centroids
from benefit_segments.segment_numbers import number_segments

CENTRES = {"north": (0, 90), "south": (10, 0), "east": (60, 40), "west": (-50, 30)}
FEATURES = ["debt", "age"]


def scalers_of(features, weight=1.0):
    return pd.DataFrame(
        {
            "feature": features,
            "mean": [10.0 * (row + 1) for row in range(len(features))],
            "standard_deviation": [2.0 * (row + 1) for row in range(len(features))],
            "weight": weight,
            "is_used": True,
        }
    )


def unrotated(features):
    """Components that are the features themselves, in order."""
    return pd.DataFrame(
        [
            (component, feature, float(component == position))
            for component in range(1, len(features) + 1)
            for position, feature in enumerate(features, start=1)
        ],
        columns=["component", "feature", "weight"],
    )


def centroids_of(*coordinates):
    return pd.DataFrame(
        [
            (cluster, component, float(coordinate))
            for cluster, row in enumerate(coordinates, start=1)
            for component, coordinate in enumerate(row, start=1)
        ],
        columns=["cluster", "component", "coordinate"],
    )


def numbered(*coordinates, standing=None, features=FEATURES):
    """Return the numbered segments at these places; axes are the scaled features."""
    return number_segments(
        centroids_of(*coordinates), scalers_of(features), unrotated(features), standing
    )


def renumbered(standing, numbers):
    """Give the standing segments 1, 2, ... other numbers."""
    new = dict(enumerate(numbers, start=1))
    return standing.assign(segment_id=standing["segment_id"].map(new))


def coordinates(segments, space="component"):
    """Return each segment's coordinates by segment number."""
    rows = segments[segments["space"] == space]
    return rows.groupby("segment_id")["coordinate"].apply(tuple).to_dict()


def test_one_row_per_segment_and_axis_of_both_spaces():
    segments = numbered((0, 1), (2, 3))
    assert segments.columns.tolist() == ["segment_id", "space", "axis", "coordinate"]
    rows = segments[["segment_id", "space", "axis"]].to_numpy().tolist()
    assert rows == [
        [1, "component", "1"],
        [1, "component", "2"],
        [2, "component", "1"],
        [2, "component", "2"],
        [1, "feature", "debt"],
        [1, "feature", "age"],
        [2, "feature", "debt"],
        [2, "feature", "age"],
    ]


def test_feature_rows_are_in_units_of_the_transformed_feature():
    # mean 10 and 20, standard deviation 2 and 4
    segments = numbered((-1, 0.5), (3, 0))
    assert coordinates(segments, "feature") == {1: (8, 22), 2: (16, 20)}


def test_the_weight_of_a_feature_is_taken_back():
    segments = number_segments(
        centroids_of((6, 1)),
        scalers_of(FEATURES, weight=[3, 1]),
        unrotated(FEATURES),
        None,
    )
    assert coordinates(segments, "feature") == {1: (14, 24)}


def test_features_are_matched_by_name_not_by_position():
    scalers = scalers_of(["unused", *FEATURES]).iloc[::-1]
    segments = number_segments(centroids_of((1, 1)), scalers, unrotated(FEATURES), standing=None)
    assert coordinates(segments, "feature") == {1: (24, 36)}
    assert "unused" not in segments["axis"].tolist()


def test_the_first_fit_numbers_along_component_1():
    segments = numbered((5, 0), (-5, 9), (0, -9))
    assert coordinates(segments) == {1: (-5, 9), 2: (0, -9), 3: (5, 0)}


@pytest.mark.parametrize("noise", [0, 1e-13, -1e-13])
def test_ties_are_settled_by_the_next_component(noise):
    segments = numbered((1 + noise, 7), (1, -7), (0, 0))
    assert [row[1] for row in coordinates(segments).values()] == [0, -7, 7]


def test_an_empty_standing_table_is_a_first_fit():
    first = numbered((5, 0), (-5, 9))
    again = numbered((5, 0), (-5, 9), standing=first.iloc[:0])
    pd.testing.assert_frame_equal(first, again)


@pytest.mark.parametrize("numbers", [(1, 2, 3), (3, 1, 2), (7, 2, 5)])
def test_a_refit_keeps_the_standing_numbers(numbers):
    standing = renumbered(numbered((-5, 0), (0, 5), (5, 0)), numbers)
    refit = numbered((5.2, 0.1), (-4.9, 0.2), (0.3, 4.8), standing=standing)
    first, second, third = numbers
    assert coordinates(refit) == {
        first: (-4.9, 0.2),
        second: (0.3, 4.8),
        third: (5.2, 0.1),
    }
    assert refit.query("space == 'component'")["segment_id"].is_monotonic_increasing


def test_the_sum_of_squares_decides_not_the_nearest_pair():
    # The first new segment is where standing 2 was, but so nearly is the second, which
    # has nowhere else to go: 16 + 17 is less than 0 + 65.
    standing = numbered((0, 0), (4, 0))
    refit = numbered((4, 0), (8, -1), standing=standing)
    assert coordinates(refit) == {1: (4, 0), 2: (8, -1)}


def test_distances_count_standard_deviations_of_the_new_fit():
    standing = numbered((0, 0), (3, 3))
    # Between the two: nearer to 1 in standard deviations, to 2 in raw units, where
    # age counts twice as much as debt.
    refit = numbered((0.8, 2), standing=standing)
    assert coordinates(refit) == {1: (0.8, 2)}


def test_the_standing_rows_may_come_in_any_order():
    standing = renumbered(numbered((-5, 0), (0, 5), (5, 0)), (3, 1, 2))
    points = (5, 0), (-5, 0), (0, 5)
    shuffled = standing.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        numbered(*points, standing=standing), numbered(*points, standing=shuffled)
    )


def test_an_added_segment_gets_the_next_number():
    standing = numbered((-5, 0), (5, 0))
    refit = numbered((-9, 9), (5, 0), (-5, 0), standing=standing)
    assert coordinates(refit) == {1: (-5, 0), 2: (5, 0), 3: (-9, 9)}


def test_several_added_segments_are_numbered_along_component_1():
    standing = numbered((-5, 0), (5, 0))
    refit = numbered((50, 0), (5, 0), (-50, 0), (-5, 0), standing=standing)
    assert coordinates(refit) == {1: (-5, 0), 2: (5, 0), 3: (-50, 0), 4: (50, 0)}


def test_an_added_segment_fills_a_gap():
    standing = renumbered(numbered((-5, 0), (5, 0)), (1, 3))
    refit = numbered((-5, 0), (0, 9), (5, 0), (0, -9), standing=standing)
    assert coordinates(refit) == {1: (-5, 0), 2: (0, -9), 3: (5, 0), 4: (0, 9)}


def test_a_removed_segment_leaves_the_others_their_numbers():
    standing = numbered((-5, 0), (0, 5), (5, 0))
    refit = numbered((5.1, 0), (-5.1, 0), standing=standing)
    assert coordinates(refit) == {1: (-5.1, 0), 3: (5.1, 0)}


def test_an_added_feature_does_not_disturb_the_numbers():
    standing = renumbered(numbered((-5, 0), (0, 5), (5, 0)), (3, 1, 2))
    refit = numbered(
        (5, 0, 8),
        (-5, 0, -8),
        (0, 5, 3),
        standing=standing,
        features=[*FEATURES, "new"],
    )
    assert coordinates(refit) == {3: (-5, 0, -8), 1: (0, 5, 3), 2: (5, 0, 8)}


@pytest.mark.parametrize(
    ("features", "numbers"),
    [
        (["debt", "income"], [1, 2]),
        (["debt", "age", "income", "tenure"], [2, 1]),
        (["income", "tenure"], [1, 2]),
    ],
    ids=["a third shared", "half shared", "none shared"],
)
def test_numbering_begins_afresh_when_less_than_half_is_shared(features, numbers):
    standing = renumbered(numbered((-5, 0), (5, 0)), (2, 1))
    rest = (0,) * (len(features) - 1)
    refit = numbered((-5, *rest), (5, *rest), standing=standing, features=features)
    assert {row[0]: number for number, row in coordinates(refit).items()} == {
        -5: numbers[0],
        5: numbers[1],
    }


def test_without_feature_there_is_segment_1():
    components = fit_principal_components(np.empty((4, 0)), [], kept=0.8)
    arguments = centroids_of((0,)), scalers_of([]), components
    first = number_segments(*arguments, standing=None)
    assert first.to_numpy().tolist() == [[1, "component", "1", 0.0]]
    # ... also after a fit with features, and after one without.
    standing = numbered((-5, 0), (5, 0))
    pd.testing.assert_frame_equal(number_segments(*arguments, standing), first)
    pd.testing.assert_frame_equal(number_segments(*arguments, first), first)


def test_features_that_return_are_numbered_afresh():
    components = fit_principal_components(np.empty((4, 0)), [], kept=0.8)
    standing = number_segments(centroids_of((0,)), scalers_of([]), components, None)
    assert coordinates(numbered((5, 0), (-5, 0), standing=standing)) == {
        1: (-5, 0),
        2: (5, 0),
    }


def test_the_arguments_are_not_changed():
    standing = numbered((-5, 0), (5, 0))
    arguments = [
        centroids_of((5, 1)),
        scalers_of(FEATURES),
        unrotated(FEATURES),
        standing,
    ]
    before = [frame.copy() for frame in arguments]
    number_segments(*arguments)
    for frame, copy in zip(arguments, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


# ---- on customers: four towns far apart ----------------------------------------------


def customers_of(size=40, seed=0):
    centres = np.repeat(list(CENTRES.values()), size, axis=0)
    noise = np.random.default_rng(seed).normal(size=centres.shape)
    return pd.DataFrame(centres + noise, columns=FEATURES)


def fitted(customers, seed=42, standing=None):
    catalog = pd.DataFrame({"feature": FEATURES, "transform": "identity", "null_policy": "zero"})
    scalers = fit_feature_scalers(customers, catalog, benefit_weighting="none")
    scaled = scale_features(customers, scalers)
    components = fit_principal_components(scaled, FEATURES, kept=2)
    candidates = fit_candidate_centroids(
        project(scaled, components), max_segments=4, restarts=2, seed=seed
    )
    chosen = candidates[candidates["segment_count"] == 4]
    return number_segments(chosen, scalers, components, standing)


def towns(segments):
    """Return the name of the town of every segment number."""
    centres = np.array(list(CENTRES.values()))
    names = list(CENTRES)
    return {
        number: names[((centres - place) ** 2).sum(axis=1).argmin()]
        for number, place in coordinates(segments, "feature").items()
    }


def test_numbers_do_not_depend_on_the_seed():
    first = fitted(customers_of(), seed=0)
    assert sorted(towns(first).values()) == sorted(CENTRES)
    for seed in range(1, 20):
        pd.testing.assert_frame_equal(fitted(customers_of(), seed=seed), first)


def test_numbers_do_not_depend_on_the_row_order():
    shuffled = customers_of().sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(fitted(shuffled), fitted(customers_of()))


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4), (4, 2, 1, 3)])
def test_numbers_survive_a_refit_with_5_percent_of_the_customers_changed(numbers):
    standing = renumbered(fitted(customers_of()), numbers)
    changed = customers_of()
    rows = np.random.default_rng(5).choice(len(changed), len(changed) // 20, False)
    changed.loc[rows] = customers_of(seed=9).loc[rows[::-1]].to_numpy()
    assert towns(fitted(changed, standing=standing)) == towns(standing)


def test_centroids_in_feature_space_are_the_means_of_their_customers():
    segments = fitted(customers_of())
    means = customers_of().groupby(np.repeat(list(CENTRES), 40)).mean()
    for number, place in coordinates(segments, "feature").items():
        assert place == pytest.approx(tuple(means.loc[towns(segments)[number]]))
