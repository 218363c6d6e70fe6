"""Criteria for the number of segments, against references."""

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from segmentation.segment_count_criteria import (
    gap_statistics,
    mean_silhouettes,
    prediction_strengths,
    score_solutions,
    stratified_rows,
)
from segmentation.segment_counts import fit_candidate_centroids
from segmentation.segment_stability import nearest

CENTRES = np.array([[0.0, 0.0, 0.0], [9.0, 0.0, 0.0], [0.0, 9.0, 0.0]])
RANDOM = np.random.default_rng(0)
BLOBS = np.repeat(CENTRES, 80, axis=0) + RANDOM.normal(size=(240, 3))
UNIFORM = RANDOM.uniform(size=(240, 3))


def solutions_of(points, most=5) -> dict[int, np.ndarray]:
    """Return the centroids of the candidate solutions by number of segments."""
    candidates = fit_candidate_centroids(points, most, restarts=5, seed=1)
    return {
        count: rows.pivot(index="cluster", columns="component", values="coordinate").to_numpy()
        for count, rows in candidates.groupby("segment_count")
    }


# ------------------------------------------------------------------------- silhouettes


@pytest.mark.parametrize("points", [BLOBS, UNIFORM], ids=["blobs", "uniform"])
def test_silhouettes_are_those_of_scikit_learn(points):
    solutions = solutions_of(points)
    found = mean_silhouettes(points, solutions, sample_size=1000, seed=1)
    assert found["segment_count"].tolist() == [1, 2, 3, 4, 5]
    assert found["silhouette_sample_size"].tolist() == [240] * 5
    assert np.isnan(found["silhouette_avg"][0])
    for count in range(2, 6):
        expected = silhouette_score(points, nearest(points, solutions[count]))
        assert found["silhouette_avg"][count - 1] == pytest.approx(expected, abs=1e-9)


def test_a_customer_alone_in_a_segment_counts_zero():
    points = np.array([[0.0], [1.0], [10.0]])
    (found,) = mean_silhouettes(points, {2: np.array([[0.5], [10.0]])}, 10, 1)["silhouette_avg"]
    assert found == pytest.approx(((1 - 1 / 10) + (1 - 1 / 9) + 0) / 3)


def test_above_the_limit_the_silhouette_is_that_of_a_sample():
    solutions = solutions_of(BLOBS)
    found = mean_silhouettes(BLOBS, solutions, sample_size=60, seed=1)
    assert found["silhouette_sample_size"].between(58, 62).all()
    exact = mean_silhouettes(BLOBS, solutions, sample_size=240, seed=1)
    np.testing.assert_allclose(found["silhouette_avg"], exact["silhouette_avg"], atol=0.1)
    assert found["silhouette_avg"][2] != exact["silhouette_avg"][2]
    again = mean_silhouettes(BLOBS, solutions, sample_size=60, seed=1)
    pd.testing.assert_frame_equal(found, again, check_exact=True)
    assert not found.equals(mean_silhouettes(BLOBS, solutions, sample_size=60, seed=2))


def test_a_sample_has_every_label_with_its_share_and_at_least_two():
    labels = np.array([0] * 900 + [1] * 97 + [2] * 2 + [3])
    rows = stratified_rows(labels, 100, seed=1)
    assert np.bincount(labels[rows]).tolist() == [90, 10, 2, 1]
    assert (np.diff(rows) > 0).all()
    assert stratified_rows(labels, 1000, seed=1).tolist() == list(range(1000))


# ------------------------------------------------------------------------------- gap


def gap_by_the_paper(points, count, references, seed) -> tuple[float, float]:
    """Return gap and standard error as Tibshirani et al. (2001) write them, section 3."""

    def log_pooled_distances(sample) -> float:
        labels = KMeans(count, n_init=10, random_state=seed).fit_predict(sample)
        pooled = 0.0
        for label in range(count):
            members = sample[labels == label]
            differences = members[:, None, :] - members[None, :, :]
            pooled += (differences**2).sum() / (2 * len(members))
        return np.log(pooled)

    random = np.random.default_rng(seed)
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    rotated = centred @ axes.T
    uniform = [
        log_pooled_distances(
            random.uniform(rotated.min(axis=0), rotated.max(axis=0), size=rotated.shape) @ axes
        )
        for _ in range(references)
    ]
    gap = np.mean(uniform) - log_pooled_distances(points)
    return gap, np.std(uniform) * np.sqrt(1 + 1 / references)


@pytest.mark.parametrize("points", [BLOBS, UNIFORM], ids=["blobs", "uniform"])
def test_gap_is_that_of_the_paper(points):
    found = gap_statistics(points, solutions_of(points), references=60, restarts=10, seed=1)
    for row in found.itertuples():
        gap, standard_error = gap_by_the_paper(points, row.segment_count, 60, seed=2)
        # Two draws of 60 references; a reference may be fitted a little less well.
        assert row.gap == pytest.approx(gap, abs=0.02)
        assert row.gap_se == pytest.approx(standard_error, rel=0.5)


def test_gap_finds_three_blobs_and_nothing_in_a_cube():
    def first_sufficient(points) -> int:
        found = gap_statistics(points, solutions_of(points), references=20, restarts=5, seed=1)
        gap, error = found["gap"].to_numpy(), found["gap_se"].to_numpy()
        return int(np.argmax(gap[:-1] >= gap[1:] - error[1:])) + 1

    assert first_sufficient(BLOBS) == 3
    assert first_sufficient(UNIFORM) == 1


# --------------------------------------------------------------- prediction strength


def strength_by_pairs(points, count, splits, seed) -> float:
    """Return the prediction strength as Tibshirani and Walther (2005) write it, by pairs."""
    random = np.random.default_rng(seed)
    strengths = []
    for _ in range(splits):
        order = random.permutation(len(points))
        halves = points[order[: len(order) // 2]], points[order[len(order) // 2 :]]
        for test, training in (halves, halves[::-1]):
            own = KMeans(count, n_init=10, random_state=seed).fit_predict(test)
            predicted = KMeans(count, n_init=10, random_state=seed).fit(training).predict(test)
            together = predicted[:, None] == predicted[None, :]
            shares = []
            for label in range(count):
                members = np.flatnonzero(own == label)
                pairs = together[np.ix_(members, members)]
                size = len(members)
                shares.append((pairs.sum() - size) / (size * (size - 1)) if size > 1 else 0)
            strengths.append(min(shares))
    return float(np.mean(strengths))


@pytest.mark.parametrize("points", [BLOBS, UNIFORM], ids=["blobs", "uniform"])
def test_prediction_strength_is_that_of_the_paper(points):
    found = prediction_strengths(points, [1, 2, 3, 4], splits=40, restarts=10, seed=1)
    assert found["prediction_strength"][0] == 1
    for row in found.iloc[1:].itertuples():
        expected = strength_by_pairs(points, int(row.segment_count), 40, seed=2)
        assert row.prediction_strength == pytest.approx(expected, abs=0.06)


def test_customers_alone_predict_nothing():
    points = np.random.default_rng(1).normal(size=(12, 2))
    strengths = prediction_strengths(points, [1, 6, 10], 5, 5, seed=1)["prediction_strength"]
    assert strengths[0] == 1
    assert strengths[1] < 0.5
    assert strengths[2] < 0.1


def test_one_reference_has_no_standard_error():
    found = gap_statistics(BLOBS, {2: CENTRES[:2]}, references=1, restarts=1, seed=1)
    assert found["gap"].notna().all()
    assert found["gap_se"].isna().all()


def test_where_nothing_is_left_within_the_gap_is_unknown():
    points = np.repeat(np.array([[0.1, 0.3], [0.7, 0.2], [5.3, 9.1]]), 20, axis=0)
    found = gap_statistics(points, solutions_of(points, 3), references=3, restarts=2, seed=1)
    assert found["gap"].isna().tolist() == [False, False, True]


def test_blobs_can_be_predicted_and_a_cube_cannot():
    blobs = prediction_strengths(BLOBS, [3, 4], 5, 5, seed=1)["prediction_strength"]
    assert blobs[0] == 1
    assert blobs[1] < 0.7
    cube = prediction_strengths(UNIFORM, [3], 5, 5, seed=1)["prediction_strength"]
    assert cube[0] < 0.8


# ----------------------------------------------------------------------------- all


def candidates_of(points, most=4) -> pd.DataFrame:
    candidates = fit_candidate_centroids(points, most, restarts=3, seed=1)
    return candidates.rename(columns={"component": "axis"})


def scores_of(points, most=4, **settings) -> pd.DataFrame:
    """Return all criteria, with few refits."""
    settings = {
        "sample_size": 500,
        "stability_sample_size": 500,
        "refits": 3,
        "references": 2,
        "splits": 2,
        "restarts": 2,
        "seed": 1,
    } | settings
    return score_solutions(points, candidates_of(points, most), **settings)


def test_one_row_per_number_of_segments():
    scores = scores_of(BLOBS)
    assert scores["segment_count"].tolist() == [1, 2, 3, 4]
    assert scores.columns.tolist() == [
        "segment_count",
        "wcss",
        "total_sum_of_squares",
        "explained_share",
        "wcss_reduction",
        "knee_score",
        "is_knee",
        "silhouette_avg",
        "silhouette_sample_size",
        "gap",
        "gap_se",
        "prediction_strength",
        "stability_ari",
        "min_jaccard_stability",
        "criteria_sample_size",
        "stability_sample_size",
        "stability_refits",
        "gap_references",
        "prediction_strength_splits",
    ]
    assert scores["criteria_sample_size"].tolist() == [240] * 4
    assert scores["stability_refits"].tolist() == [3] * 4
    assert scores["stability_ari"].isna().tolist() == [True, False, False, False]
    assert scores["stability_ari"][2] == 1
    assert scores["min_jaccard_stability"][2] == 1
    assert scores["min_jaccard_stability"][3] < 0.9


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "points",
    [np.array([[3.0, 4.0]]), np.full((20, 2), 0.1), np.array([[0.0], [5.0], [9.0]])],
    ids=["one customer", "all alike", "three customers"],
)
def test_few_customers_have_what_is_defined(points):
    scores = scores_of(points)
    assert scores["segment_count"].tolist() == list(range(1, len(np.unique(points, axis=0)) + 1))
    assert not scores["gap"].isin([np.inf, -np.inf]).any()
    assert scores["silhouette_avg"].isna()[0]


def test_workers_and_threads_do_not_change_a_bit(monkeypatch):
    results = []
    for threads in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        with threadpool_limits(threads):
            results.append(scores_of(UNIFORM))
    pd.testing.assert_frame_equal(*results, check_exact=True)


def test_samples_bound_the_work():
    small = scores_of(BLOBS, sample_size=90, stability_sample_size=100)
    large = scores_of(BLOBS)
    assert small["silhouette_sample_size"].max() < 100
    assert small["criteria_sample_size"].tolist() == [90] * 4
    assert small["stability_sample_size"].tolist() == [100] * 4
    for column in ("silhouette_avg", "gap", "prediction_strength", "min_jaccard_stability"):
        assert small[column][3] != large[column][3]
