"""k-means for every number of segments, and the choice among them."""

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_info, threadpool_limits

from benefit_segments import segment_counts
from benefit_segments.segment_counts import (
    centroids_by_count,
    choose_segment_count,
    fit_candidate_centroids,
    score_wcss_curve,
)

CENTRES = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]])
BLOBS = np.repeat(CENTRES, 50, axis=0) + np.random.default_rng(0).normal(size=(150, 2))
TAILED = np.random.default_rng(3).lognormal(size=(300, 3))
# A straight line down: every segment takes away as much as the one before.
STRAIGHT = [100.0, 90, 80, 70, 60, 50, 40, 30, 20, 10]


def wcss_of(candidates):
    return candidates.drop_duplicates("segment_count")["wcss"].to_numpy()


def candidates_of(wcss):
    counts = range(1, len(wcss) + 1)
    return pd.DataFrame({"segment_count": counts, "wcss": wcss})


def test_one_row_per_count_cluster_and_component():
    candidates = fit_candidate_centroids(BLOBS, max_segments=3, restarts=2, seed=1)
    assert candidates.columns.tolist() == [
        "segment_count",
        "cluster",
        "component",
        "coordinate",
        "cluster_size",
        "wcss",
    ]
    assert candidates["segment_count"].tolist() == [1] * 2 + [2] * 4 + [3] * 6
    assert candidates["cluster"].tolist() == [1, 1, 1, 1, 2, 2, 1, 1, 2, 2, 3, 3]
    assert candidates["component"].tolist() == [1, 2] * 6


def test_centroids_stand_by_rising_number_of_segments_whatever_the_row_order():
    candidates = pd.DataFrame(
        {
            "segment_count": [2, 1, 2, 1, 2, 2],
            "cluster": [2, 1, 1, 1, 1, 2],
            "component": [1, 2, 2, 1, 1, 2],
            "coordinate": [5.0, 2.0, 4.0, 1.0, 3.0, 6.0],
        }
    )
    found = centroids_by_count(candidates)
    assert list(found) == [1, 2]
    assert found[1].tolist() == [[1, 2]]
    assert found[2].tolist() == [[3, 4], [5, 6]]


def test_one_segment_is_the_mean_of_all():
    candidates = fit_candidate_centroids(TAILED, max_segments=1, restarts=1, seed=1)
    assert candidates["coordinate"].to_numpy() == pytest.approx(TAILED.mean(axis=0))
    assert candidates["cluster_size"].unique().tolist() == [300]
    assert wcss_of(candidates) == pytest.approx(((TAILED - TAILED.mean(0)) ** 2).sum())


def test_sizes_and_wcss_belong_to_the_centroids():
    candidates = fit_candidate_centroids(TAILED, max_segments=6, restarts=2, seed=1)
    for count, rows in candidates.groupby("segment_count"):
        centroids = centroids_by_count(candidates)[count]
        squares = ((TAILED[:, None] - centroids) ** 2).sum(axis=2)
        sizes = rows.drop_duplicates("cluster")["cluster_size"].tolist()
        assert np.bincount(squares.argmin(axis=1)).tolist() == sizes
        assert rows["wcss"].to_numpy() == pytest.approx(squares.min(axis=1).sum())


def test_the_blobs_are_found():
    candidates = fit_candidate_centroids(BLOBS, max_segments=3, restarts=1, seed=1)
    found = {tuple(place) for place in centroids_by_count(candidates)[3].round(6)}
    expected = BLOBS.reshape(3, 50, 2).mean(axis=1).round(6)
    assert found == {tuple(place) for place in expected}
    sizes = candidates.query("segment_count == 3")["cluster_size"]
    assert sizes.unique().tolist() == [50]


@pytest.mark.parametrize("seed", [0, 9, 12, 13, 18, 19])
def test_wcss_falls_with_every_segment(seed):
    # On a grid of few places single starts are often no better than with one fewer.
    grid = np.random.default_rng(seed).integers(0, 4, size=(60, 2)).astype(float)
    for points, max_segments in ((grid, 5), (TAILED, 12)):
        candidates = fit_candidate_centroids(
            points, max_segments=max_segments, restarts=1, seed=seed
        )
        assert (np.diff(wcss_of(candidates)) < 0).all()


@pytest.fixture(scope="module")
def wcss_of_a_hundred_starts():
    # On a busy machine small fits crawl with two threads.
    with threadpool_limits(1):
        fits = [KMeans(count, n_init=100, random_state=0).fit(TAILED) for count in range(1, 10)]
    return np.array([fit.inertia_ for fit in fits])


@pytest.mark.parametrize("seed", range(5))
def test_one_start_and_its_neighbours_come_close(seed, wcss_of_a_hundred_starts):
    # One start alone misses by 13 to 21 per cent on this sample.
    candidates = fit_candidate_centroids(TAILED, max_segments=9, restarts=1, seed=seed)
    assert (wcss_of(candidates) <= wcss_of_a_hundred_starts * 1.06).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_of_the_starts_is_as_good_as_all(seed, monkeypatch):
    large = np.random.default_rng(3).lognormal(size=(6000, 3))
    of_all = wcss_of(fit_candidate_centroids(large, max_segments=9, restarts=5, seed=seed))
    monkeypatch.setattr(segment_counts, "SCREENED_CUSTOMERS", 2000)
    of_sample = wcss_of(fit_candidate_centroids(large, max_segments=9, restarts=5, seed=seed))
    assert (of_sample != of_all).any()
    assert of_sample == pytest.approx(of_all, rel=0.01)


@pytest.mark.filterwarnings("error")
def test_customers_whom_the_sample_misses_get_their_segments(monkeypatch):
    monkeypatch.setattr(segment_counts, "SCREENED_CUSTOMERS", 50)
    points = np.repeat([[0.0], [1.0], [9.0], [40.0], [200.0]], [6000, 3000, 1, 1, 1], axis=0)
    candidates = fit_candidate_centroids(points, max_segments=10, restarts=3, seed=1)
    assert candidates["segment_count"].max() == 5
    assert (np.diff(wcss_of(candidates)) < 0).all()
    assert wcss_of(candidates)[-1] == 0
    sizes = candidates.query("segment_count == 5")["cluster_size"]
    assert sorted(sizes) == [1, 1, 1, 3000, 6000]


def test_the_last_report_says_that_all_is_done():
    reports = []
    fit_candidate_centroids(BLOBS, max_segments=4, restarts=1, seed=1, report=reports.append)
    assert [report[:6] for report in reports] == (
        ["step 1"] * 4 + ["step 2"] * 2 + ["step 3"] * 3 + ["step 4"] * 4
    )
    assert reports[-1] == "step 4 of 4, all customers: 4 of 4 segment counts"


def test_more_restarts_never_make_the_fresh_start_worse():
    with threadpool_limits(1):
        few = segment_counts.k_means(TAILED, 8, "k-means++", restarts=1, seed=1)
        many = segment_counts.k_means(TAILED, 8, "k-means++", restarts=20, seed=1)
    assert many.inertia_ < few.inertia_


@pytest.mark.filterwarnings("error")
def test_never_more_segments_than_distinct_customers():
    points = np.repeat([[0.0, 0.1], [1.0, 0.3], [5.0, 0.7]], [40, 2, 1], axis=0)
    candidates = fit_candidate_centroids(points, max_segments=10, restarts=3, seed=1)
    assert candidates["segment_count"].max() == 3
    assert wcss_of(candidates)[-1] == 0
    sizes = candidates.query("segment_count == 3 and component == 1")["cluster_size"]
    assert sorted(sizes) == [1, 2, 40]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(5))
def test_customers_apart_by_rounding_only_are_one(seed):
    noise = np.random.default_rng(seed).normal(size=(50, 2)) * 1e-15
    points = np.repeat([[0.3, 0.1], [1.0, 0.3]], 25, axis=0) + noise
    candidates = fit_candidate_centroids(points, max_segments=10, restarts=3, seed=1)
    assert candidates["segment_count"].max() == 2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "points",
    [np.array([[3.0, 4.0]]), np.full((20, 2), 0.1), np.zeros((20, 1))],
    ids=["one customer", "all equal", "all at zero"],
)
def test_customers_who_are_all_alike_are_one_segment(points):
    candidates = fit_candidate_centroids(points, max_segments=10, restarts=3, seed=1)
    assert candidates["segment_count"].unique().tolist() == [1]
    assert candidates["coordinate"].to_numpy() == pytest.approx(points[0])
    assert wcss_of(candidates).tolist() == [0]

    scores = scored(candidates, "auto").iloc[0]
    assert scores["is_chosen"]
    assert scores["reason"].startswith("All customers of the training sample are alike")
    assert scores[["explained_share", "wcss_reduction", "knee_score"]].isna().all()


def test_the_seed_decides():
    noise = np.random.default_rng(0).uniform(size=(400, 4))
    one, same, other = (
        fit_candidate_centroids(noise, max_segments=6, restarts=1, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    assert not one.equals(other)


def test_workers_and_threads_do_not_change_a_bit(monkeypatch):
    monkeypatch.setattr(segment_counts, "SCREENED_CUSTOMERS", 200)
    results = []
    for threads in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        with threadpool_limits(threads):
            results.append(fit_candidate_centroids(TAILED, max_segments=8, restarts=3, seed=1))
    pd.testing.assert_frame_equal(*results, check_exact=True)


def test_every_fit_runs_in_one_thread(monkeypatch):
    seen = []

    class WatchedKMeans(KMeans):
        def fit(self, points, sample_weight=None):
            seen.extend(pool["num_threads"] for pool in threadpool_info())
            return super().fit(points, sample_weight=sample_weight)

    monkeypatch.setattr(segment_counts, "KMeans", WatchedKMeans)
    with threadpool_limits(2):
        fit_candidate_centroids(BLOBS, max_segments=3, restarts=1, seed=1)
        after = [pool["num_threads"] for pool in threadpool_info()]
    assert set(seen) == {1}
    assert set(after) == {2}


def test_the_arguments_are_not_changed():
    points = BLOBS.copy()
    candidates = fit_candidate_centroids(points, max_segments=4, restarts=1, seed=1)
    before = candidates.copy()
    scored(candidates, "auto")
    assert (points == BLOBS).all()
    pd.testing.assert_frame_equal(candidates, before)


@pytest.mark.parametrize(("max_segments", "customers"), [(0, 5), (3, 0)])
def test_nothing_to_fit_is_refused(max_segments, customers):
    message = f"{max_segments} segments of {customers} customers cannot be fit"
    with pytest.raises(ValueError, match=message):
        fit_candidate_centroids(
            np.zeros((customers, 2)), max_segments=max_segments, restarts=1, seed=1
        )


def scored(candidates, segment_count, segment_count_reason=""):
    """Return the curve with the number of segments that is chosen."""
    return choose_segment_count(
        score_wcss_curve(candidates),
        segment_count=segment_count,
        segment_count_reason=segment_count_reason,
    )


def test_scores_by_hand():
    scores = scored(candidates_of([100.0, 40, 20, 10]), "auto")
    assert scores.columns.tolist() == [
        "segment_count",
        "wcss",
        "total_sum_of_squares",
        "explained_share",
        "wcss_reduction",
        "knee_score",
        "is_knee",
        "is_chosen",
        "is_override",
        "reason",
    ]
    assert scores["segment_count"].tolist() == [1, 2, 3, 4]
    assert scores["total_sum_of_squares"].tolist() == [100] * 4
    assert scores["explained_share"].tolist() == pytest.approx([0, 0.6, 0.8, 0.9])
    assert np.isnan(scores["wcss_reduction"][0])
    assert scores["wcss_reduction"].tolist()[1:] == pytest.approx([0.6, 0.5, 0.5])
    expected = [0, 1 - 1 / 3 - 30 / 90, 1 - 2 / 3 - 10 / 90, 0]
    assert scores["knee_score"].tolist() == pytest.approx(expected)


def test_scores_do_not_depend_on_the_row_order_of_the_table():
    candidates = fit_candidate_centroids(BLOBS, max_segments=6, restarts=1, seed=1)
    shuffled = candidates.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(scored(candidates, "auto"), scored(shuffled, "auto"))


def test_the_knee_of_three_blobs_is_at_three():
    candidates = fit_candidate_centroids(BLOBS, max_segments=10, restarts=3, seed=1)
    scores = scored(candidates, "auto")
    assert scores.loc[scores["is_knee"], "segment_count"].tolist() == [3]
    assert scores.loc[scores["is_chosen"], "segment_count"].tolist() == [3]
    assert scores["segment_count"][scores["knee_score"].idxmax()] == 3
    assert scores["reason"].dropna().tolist() == [
        "3 segments, because the WCSS curve over 1 to 10 segments has its knee at 3."
    ]
    assert scores["reason"].notna().tolist() == scores["is_chosen"].tolist()
    assert not scores["is_override"].any()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "wcss",
    [STRAIGHT, [50.0] * 10, [9.0, 4.0], [9.0], [5.0, 5.0, 5.0], [0.0, 0.0, 0.0]],
    ids=["straight", "flat", "two counts", "one count", "short and flat", "zeros"],
)
def test_without_knee_there_is_one_segment_and_advice(wcss):
    scores = scored(candidates_of(wcss), "auto")
    assert not scores["is_knee"].any()
    assert scores["is_chosen"].tolist() == [True] + [False] * (len(wcss) - 1)
    if wcss[0] > 0:
        assert scores["reason"][0] == (
            f"One segment, because the WCSS curve over 1 to {len(wcss)} segments has "
            "no knee. Set segment_count to a number to have more."
        )


@pytest.mark.filterwarnings("error")
def test_nothing_is_divided_by_zero():
    scores = scored(candidates_of([8.0, 0.0, 0.0]), "auto")
    assert scores["wcss_reduction"].isna().tolist() == [True, False, True]
    short = scored(candidates_of([9.0, 4.0]), "auto")
    assert short["knee_score"].isna().all()
    flat = scored(candidates_of([5.0, 5.0, 5.0]), "auto")
    assert flat["knee_score"].isna().all()
    assert flat["explained_share"].tolist() == [0, 0, 0]
    zeros = scored(candidates_of([0.0, 0.0]), "auto")
    assert zeros["explained_share"].isna().all()


@pytest.mark.parametrize("segment_count", [5, "5", " 5 "])
def test_a_number_that_was_set_wins_over_the_knee(segment_count):
    candidates = fit_candidate_centroids(BLOBS, max_segments=10, restarts=3, seed=1)
    scores = scored(candidates, segment_count)
    assert scores.loc[scores["is_chosen"], "segment_count"].tolist() == [5]
    assert scores.loc[scores["is_knee"], "segment_count"].tolist() == [3]
    assert scores["reason"].dropna().tolist() == [
        "5 segments, a number set by hand (no reason was given); "
        "the WCSS curve over 1 to 10 segments has its knee at 3."
    ]
    assert scores["is_override"].tolist() == scores["is_chosen"].tolist()


def test_the_reason_for_a_number_that_was_set_is_recorded():
    scores = scored(candidates_of([9.0, 4.0, 3.0]), 2, " budget for two letters ")
    assert scores["reason"][1].startswith(
        "2 segments, a number set by hand (budget for two letters); "
    )
    # dbt takes a reason that looks like a number for one.
    scores = scored(candidates_of([9.0, 4.0, 3.0]), 2, 2026)
    assert scores["reason"][1].startswith("2 segments, a number set by hand (2026); ")


@pytest.mark.parametrize("segment_count", ["many", 0, "-3", 2.5, None, ""])
def test_a_number_that_is_none_is_refused(segment_count):
    with pytest.raises(ValueError, match="must be auto or a whole number"):
        scored(candidates_of([9.0, 4.0]), segment_count)


def test_more_segments_than_distinct_customers_is_refused():
    candidates = fit_candidate_centroids(np.eye(3), max_segments=9, restarts=1, seed=1)
    with pytest.raises(ValueError, match=r"is 4, but .* only 3 distinct customers"):
        scored(candidates, 4)


def test_more_segments_than_were_tried_is_refused():
    candidates = fit_candidate_centroids(BLOBS, max_segments=3, restarts=1, seed=1)
    with pytest.raises(ValueError, match="only 1 to 3 segments were tried: raise max_"):
        scored(candidates, "4")
