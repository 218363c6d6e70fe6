"""Stability of segments under resampling."""

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_info, threadpool_limits

from benefit_segments import segment_stability
from benefit_segments.segment_stability import bootstrap_stability

CENTRES = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]])
RANDOM = np.random.default_rng(0)
BLOBS = np.repeat(CENTRES, 60, axis=0) + RANDOM.normal(size=(180, 2))
UNIFORM = RANDOM.uniform(size=(180, 2))


def stability_of(points, centroids, **settings) -> pd.DataFrame:
    """Return the stability of a single solution."""
    return bootstrap_stability(points, {len(centroids): centroids}, **settings)


def test_one_row_per_segment_in_the_order_of_the_centroids():
    stability = stability_of(BLOBS, CENTRES, refits=5, restarts=3, seed=1)
    assert stability.columns.tolist() == [
        "segment_count",
        "position",
        "jaccard_stability",
        "dissolved_share",
        "stability_ari",
    ]
    assert stability["position"].tolist() == [0, 1, 2]


def test_well_separated_segments_are_always_found_again():
    stability = stability_of(BLOBS, CENTRES, refits=10, restarts=5, seed=1)
    assert stability["jaccard_stability"].tolist() == [1, 1, 1]
    assert stability["dissolved_share"].tolist() == [0, 0, 0]
    assert stability["stability_ari"].tolist() == [1, 1, 1]


def test_a_segment_that_is_not_there_is_dissolved():
    # A made-up border cuts the second blob in two thirds and one third; the first and
    # third blob are taken for one segment of 120.
    centroids = np.array([[0.0, 10.0], [19.6, 0.0], [23.0, 0.0]])
    stability = stability_of(BLOBS, centroids, refits=10, restarts=5, seed=1)
    merged, large_part, small_part = stability["jaccard_stability"]
    assert merged == pytest.approx(0.5, abs=0.08)
    assert large_part > 0.8
    assert small_part < 0.2
    assert stability["dissolved_share"].iloc[1:].tolist() == [0, 1]
    assert 0 < stability["dissolved_share"].iloc[0] < 1


def test_position_follows_the_centroids_when_their_order_changes():
    centroids = np.array([[0.0, 10.0], [19.6, 0.0], [23.0, 0.0]])
    one = stability_of(BLOBS, centroids, refits=4, restarts=3, seed=1)
    other = stability_of(BLOBS, centroids[::-1], refits=4, restarts=3, seed=1)
    assert one["jaccard_stability"].tolist() == other["jaccard_stability"].tolist()[::-1]


def test_one_segment_is_always_stable():
    stability = stability_of(UNIFORM, UNIFORM[:1], refits=3, restarts=1, seed=1)
    assert stability["jaccard_stability"].tolist() == [1]
    assert stability["dissolved_share"].tolist() == [0]


def test_one_customer_is_a_stable_segment():
    stability = stability_of(np.zeros((1, 1)), np.zeros((1, 1)), refits=3, restarts=1, seed=1)
    assert stability["jaccard_stability"].tolist() == [1]


def test_samples_with_fewer_distinct_customers_than_segments_are_compared_too():
    # A bootstrap of three customers often draws only one or two of them.
    points = np.array([[0.0], [5.0], [9.0]])
    stability = stability_of(points, points, refits=40, restarts=1, seed=1)
    assert stability["jaccard_stability"].between(0.5, 0.9).all()
    assert (
        stability["jaccard_stability"] + stability["dissolved_share"]
    ).tolist() == pytest.approx([1, 1, 1])


def test_the_seed_decides():
    centroids = UNIFORM[:4]
    one, same, other = (
        stability_of(UNIFORM, centroids, refits=4, restarts=1, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    assert not one.equals(other)


def test_refits_draw_different_samples():
    one = stability_of(UNIFORM, UNIFORM[:4], refits=1, restarts=1, seed=1)
    three = stability_of(UNIFORM, UNIFORM[:4], refits=3, restarts=1, seed=1)
    assert not np.allclose(one["jaccard_stability"], three["jaccard_stability"])


def test_workers_and_threads_do_not_change_a_bit(monkeypatch):
    results = []
    for threads in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        with threadpool_limits(threads):
            results.append(stability_of(UNIFORM, UNIFORM[:4], refits=6, restarts=2, seed=1))
    pd.testing.assert_frame_equal(*results, check_exact=True)


def test_every_refit_runs_in_one_thread(monkeypatch):
    seen = []
    k_means = segment_stability.k_means

    def watched(*arguments, **settings):
        seen.extend(pool["num_threads"] for pool in threadpool_info())
        return k_means(*arguments, **settings)

    monkeypatch.setattr(segment_stability, "k_means", watched)
    with threadpool_limits(2):
        stability_of(BLOBS, CENTRES, refits=4, restarts=1, seed=1)
        after = [pool["num_threads"] for pool in threadpool_info()]
    assert set(seen) == {1}
    assert set(after) == {2}


def test_rows_are_drawn_without_replacement_by_the_seed():
    drawn = segment_stability.draw_rows(1000, size=100, seed=1)
    assert len(np.unique(drawn)) == 100
    assert (np.diff(drawn) > 0).all()
    assert drawn.tolist() == segment_stability.draw_rows(1000, size=100, seed=1).tolist()
    assert drawn.tolist() != segment_stability.draw_rows(1000, size=100, seed=2).tolist()
    assert segment_stability.draw_rows(5, size=100, seed=1).tolist() == [0, 1, 2, 3, 4]


def test_every_refit_is_reported():
    reports = []
    stability_of(BLOBS, CENTRES, refits=2, restarts=1, seed=1, report=reports.append)
    assert reports == [
        "bootstrap refits: 1 of 2 finished",
        "bootstrap refits: 2 of 2 finished",
    ]


def test_the_arguments_are_not_changed():
    points, centroids = BLOBS.copy(), CENTRES.copy()
    stability_of(points, centroids, refits=2, restarts=1, seed=1)
    assert (points == BLOBS).all()
    assert (centroids == CENTRES).all()


def test_several_solutions_are_judged_on_the_same_samples_as_one():
    solutions = {2: CENTRES[:2], 3: CENTRES, 4: UNIFORM[:4]}
    together = bootstrap_stability(BLOBS, solutions, refits=3, restarts=2, seed=1)
    assert together["segment_count"].tolist() == [2, 2, 3, 3, 3, 4, 4, 4, 4]
    for count, centroids in solutions.items():
        alone = stability_of(BLOBS, centroids, refits=3, restarts=2, seed=1)
        part = together[together["segment_count"] == count].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, alone, check_exact=True)


def test_agreement_with_refits_is_the_adjusted_rand_index():
    # Two of three blobs are one segment; refits of two clusters choose either way to merge.
    centroids = np.array([[10.0, 0.0], [0.0, 20.0]])
    stability = stability_of(BLOBS, centroids, refits=20, restarts=1, seed=1)
    segments = np.repeat([0, 0, 1], 60)
    ways = [adjusted_rand_score(segments, np.repeat(way, 60)) for way in ([0, 0, 1], [0, 1, 0])]
    assert ways[0] == 1
    (agreement,) = stability["stability_ari"].unique()
    assert min(ways) < agreement < 1


def test_no_solution_has_no_rows():
    assert len(bootstrap_stability(BLOBS, {}, refits=2, restarts=1, seed=1)) == 0
