"""Criteria for the number of segments, against references."""

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import (
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)
from threadpoolctl import threadpool_limits

from benefit_segments.segment_count_criteria import (
    gap_statistics,
    mean_silhouettes,
    prediction_strengths,
    score_distances,
    score_solutions,
    score_spaces,
    stratified_rows,
)
from benefit_segments.segment_counts import (
    centroids_by_count,
    choose_segment_count,
    fit_candidate_centroids,
    score_wcss_curve,
)
from benefit_segments.segment_stability import nearest

CENTRES = np.array([[0.0, 0.0, 0.0], [9.0, 0.0, 0.0], [0.0, 9.0, 0.0]])
RANDOM = np.random.default_rng(0)
BLOBS = np.repeat(CENTRES, 80, axis=0) + RANDOM.normal(size=(240, 3))
UNIFORM = RANDOM.uniform(size=(240, 3))


def solutions_of(points, most=5) -> dict[int, np.ndarray]:
    """Return the centroids of the candidate solutions by number of segments."""
    return centroids_by_count(
        fit_candidate_centroids(points, max_segments=most, restarts=5, seed=1)
    )


# ------------------------------------------------------------------ distances to centroids


@pytest.mark.parametrize("points", [BLOBS, UNIFORM], ids=["blobs", "uniform"])
def test_distances_are_scored_as_by_scikit_learn(points):
    solutions = solutions_of(points)
    found = score_distances(points, solutions).set_index("segment_count")
    assert found.index.tolist() == [1, 2, 3, 4, 5]
    for count in range(2, 6):
        labels = nearest(points, solutions[count])
        # The centroids are the means of their customers, as scikit-learn takes them.
        expected = {
            "wcss": ((points - solutions[count][labels]) ** 2).sum(),
            "calinski_harabasz": calinski_harabasz_score(points, labels),
            "davies_bouldin": davies_bouldin_score(points, labels),
            "min_segment_share": np.bincount(labels).min() / 240,
        }
        for name, value in expected.items():
            assert found.loc[count, name] == pytest.approx(value, rel=1e-9), (count, name)


def test_distances_are_scored_by_hand():
    # Two centroids, 4 apart, that are not the means of their customers.
    points = np.array([[-1.0], [1.0], [2.0], [3.0], [4.0]])
    solutions = {1: np.array([[2.0]]), 2: np.array([[0.0], [4.0]])}
    one, two = score_distances(points, solutions).itertuples(index=False)
    assert one.wcss == 9 + 1 + 0 + 1 + 4
    assert one.min_segment_share == 1
    assert np.isnan([one.simplified_silhouette_avg, one.calinski_harabasz]).all()
    assert np.isnan(one.davies_bouldin)
    # The third customer is as near to both and goes to the first.
    assert two.wcss == 1 + 1 + 4 + 1 + 0
    assert two.min_segment_share == 2 / 5
    assert two.simplified_silhouette_avg == pytest.approx((4 / 5 + 2 / 3 + 0 + 2 / 3 + 1) / 5)
    assert two.calinski_harabasz == pytest.approx((15 - 7) / 1 / (7 / 3))
    assert two.davies_bouldin == pytest.approx((4 / 3 + 1 / 2) / 4)


def test_the_most_similar_other_segment_counts():
    # The second is 1 from the first and 2 from the third, a single point.
    points = np.array([[-1.0], [0.2], [0.8], [2.0], [3.0]])
    solutions = {3: np.array([[0.0], [1.0], [3.0]])}
    (found,) = score_distances(points, solutions)["davies_bouldin"]
    first, second = (1 + 0.2) / 2, (0.2 + 1) / 2
    assert found == pytest.approx((2 * (first + second) / 1 + (second + 0) / 2) / 3)


@pytest.mark.filterwarnings("error")
def test_segments_without_a_customer_do_not_count():
    points = np.array([[0.0], [1.0], [10.0]])
    with_empty = score_distances(points, {3: np.array([[0.5], [10.0], [99.0]])})
    without = score_distances(points, {2: np.array([[0.5], [10.0]])})
    for column in ("wcss", "davies_bouldin", "min_segment_share"):
        assert with_empty[column].tolist() == without[column].tolist()
    assert score_distances(points, {2: np.array([[5.0], [99.0]])})["davies_bouldin"].isna().all()


@pytest.mark.filterwarnings("error")
def test_where_only_rounding_is_left_within_there_is_no_ratio():
    points = np.repeat(np.array([[0.1, 0.3], [0.7, 0.2], [5.3, 9.1]]), 20, axis=0)
    found = score_distances(points, solutions_of(points, 3))
    assert found["calinski_harabasz"].isna().tolist() == [True, False, True]
    three = score_distances(np.eye(3), {1: np.full((1, 3), 1 / 3), 3: np.eye(3)})
    assert three["calinski_harabasz"].isna().all()
    assert three["simplified_silhouette_avg"][1] == 1


# ------------------------------------------------------------------------- silhouettes


@pytest.mark.parametrize("points", [BLOBS, UNIFORM], ids=["blobs", "uniform"])
def test_silhouettes_are_those_of_scikit_learn(points):
    solutions = solutions_of(points)
    found = mean_silhouettes(points, solutions)
    assert found["segment_count"].tolist() == [1, 2, 3, 4, 5]
    assert np.isnan(found["silhouette_avg"][0])
    for count in range(2, 6):
        expected = silhouette_score(points, nearest(points, solutions[count]))
        assert found["silhouette_avg"][count - 1] == pytest.approx(expected, abs=1e-9)


def test_a_customer_alone_in_a_segment_counts_zero():
    points = np.array([[0.0], [1.0], [10.0]])
    (found,) = mean_silhouettes(points, {2: np.array([[0.5], [10.0]])})["silhouette_avg"]
    assert found == pytest.approx(((1 - 1 / 10) + (1 - 1 / 9) + 0) / 3)


def test_a_sample_has_every_label_with_its_share_and_at_least_two():
    labels = np.array([0] * 900 + [1] * 97 + [2] * 2 + [3])
    rows = stratified_rows(labels, size=100, seed=1)
    assert np.bincount(labels[rows]).tolist() == [90, 10, 2, 1]
    assert (np.diff(rows) > 0).all()
    assert rows.tolist() == stratified_rows(labels, size=100, seed=1).tolist()
    assert rows.tolist() != stratified_rows(labels, size=100, seed=2).tolist()
    assert stratified_rows(labels, size=1000, seed=1).tolist() == list(range(1000))


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


@pytest.fixture
def one_thread():
    # On a busy machine small fits crawl with two threads.
    with threadpool_limits(1):
        yield


@pytest.mark.parametrize("points", [BLOBS, UNIFORM], ids=["blobs", "uniform"])
def test_gap_is_that_of_the_paper(points, one_thread):
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
def test_prediction_strength_is_that_of_the_paper(points, one_thread):
    found = prediction_strengths(points, [1, 2, 3, 4], splits=40, restarts=10, seed=1)
    assert found["prediction_strength"][0] == 1
    for row in found.iloc[1:].itertuples():
        expected = strength_by_pairs(points, int(row.segment_count), 40, seed=2)
        assert row.prediction_strength == pytest.approx(expected, abs=0.06)


def test_customers_alone_predict_nothing():
    points = np.random.default_rng(1).normal(size=(12, 2))
    strengths = prediction_strengths(points, [1, 6, 10], splits=5, restarts=5, seed=1)[
        "prediction_strength"
    ]
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
    blobs = prediction_strengths(BLOBS, [3, 4], splits=5, restarts=5, seed=1)["prediction_strength"]
    assert blobs[0] == 1
    assert blobs[1] < 0.7
    cube = prediction_strengths(UNIFORM, [3], splits=5, restarts=5, seed=1)["prediction_strength"]
    assert cube[0] < 0.8


# ----------------------------------------------------------------------------- all


FEW_REFITS = {"refits": 3, "references": 2, "splits": 2, "restarts": 2, "seed": 1}


def candidates_of(points, most=4) -> pd.DataFrame:
    """Return the candidates with the choice among them, as the table fit_candidate_centroids."""
    candidates = fit_candidate_centroids(points, max_segments=most, restarts=3, seed=1)
    curve = choose_segment_count(
        score_wcss_curve(candidates),
        segment_count=min(most, candidates["segment_count"].max()),
        segment_count_reason="a letter for each",
    )
    return candidates.merge(curve, on=["segment_count", "wcss"])


def scores_of(points, most=4) -> pd.DataFrame:
    """Return all criteria, with few refits."""
    return score_solutions(points, candidates_of(points, most), **FEW_REFITS)


def test_one_row_per_number_of_segments():
    scores = scores_of(BLOBS)
    assert scores["segment_count"].tolist() == [1, 2, 3, 4]
    assert set(scores) == {
        "segment_count",
        "sample_size",
        "wcss",
        "total_sum_of_squares",
        "between_sum_of_squares",
        "explained_share",
        "wcss_reduction",
        "knee_score",
        "is_knee",
        "silhouette_avg",
        "simplified_silhouette_avg",
        "calinski_harabasz",
        "davies_bouldin",
        "min_segment_share",
        "gap",
        "gap_se",
        "gap_references",
        "prediction_strength",
        "prediction_strength_splits",
        "stability_ari",
        "min_jaccard_stability",
        "stability_refits",
        "is_chosen",
        "is_override",
        "reason",
    }
    assert scores["sample_size"].tolist() == [240] * 4
    assert scores["stability_refits"].tolist() == [3] * 4
    assert scores["stability_ari"].isna().tolist() == [True, False, False, False]
    assert scores["stability_ari"][2] == 1
    assert scores["min_jaccard_stability"][2] == 1
    assert scores["min_jaccard_stability"][3] < 0.9
    assert (scores["between_sum_of_squares"] + scores["wcss"]).tolist() == pytest.approx(
        scores["total_sum_of_squares"].tolist()
    )


def test_the_curve_and_the_choice_are_those_of_the_candidates():
    candidates = candidates_of(BLOBS)
    curve = candidates.drop_duplicates("segment_count").reset_index(drop=True)
    scores = score_solutions(BLOBS, candidates, **FEW_REFITS)
    for column in ("wcss", "total_sum_of_squares", "explained_share", "knee_score"):
        np.testing.assert_allclose(scores[column], curve[column], rtol=1e-12, atol=1e-12)
    for column in ("is_knee", "is_chosen", "is_override"):
        assert scores[column].tolist() == curve[column].tolist()
    assert scores["is_override"].tolist() == [False, False, False, True]
    assert scores["reason"].dropna().tolist() == curve["reason"].dropna().tolist()


def test_where_the_fit_leaves_nothing_there_is_no_wcss():
    points = np.repeat(np.array([[0.1, 0.3], [0.7, 0.2], [5.3, 9.1]]), 20, axis=0)
    # Means of equal customers are off by rounding.
    candidates = candidates_of(points)
    candidates["coordinate"] += 1e-16
    assert score_solutions(points, candidates, **FEW_REFITS)["wcss"].tolist()[2] == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "points",
    [np.array([[3.0, 4.0]]), np.full((20, 2), 0.1), np.array([[0.0], [5.0], [9.0]])],
    ids=["one customer", "all alike", "three customers"],
)
def test_few_customers_have_what_is_defined(points):
    scores = scores_of(points)
    assert scores["segment_count"].tolist() == list(range(1, len(np.unique(points, axis=0)) + 1))
    numbers = scores.select_dtypes("number")
    assert not numbers.isin([np.inf, -np.inf]).any(axis=None)
    assert scores["silhouette_avg"].isna()[0]


def test_workers_and_threads_do_not_change_a_bit(monkeypatch):
    results = []
    for threads in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        with threadpool_limits(threads):
            results.append(scores_of(UNIFORM))
    pd.testing.assert_frame_equal(*results, check_exact=True)


# --------------------------------------------------------------------------- spaces


def spaces_of(points) -> dict[str, tuple[np.ndarray, pd.DataFrame]]:
    return {
        "pca": (points[:, :2], candidates_of(points[:, :2])),
        "scaled": (points, candidates_of(points)),
    }


def scores_of_spaces(spaces, sample_size, **settings) -> pd.DataFrame:
    return score_spaces(
        spaces,
        sample_size=sample_size,
        report=lambda space: lambda progress: None,
        **FEW_REFITS | settings,
    )


def test_up_to_the_limit_all_customers_count():
    spaces = spaces_of(BLOBS)
    found = scores_of_spaces(spaces, sample_size=240)
    assert found["space"].tolist() == ["pca"] * 4 + ["scaled"] * 4
    for space, (points, candidates) in spaces.items():
        expected = score_solutions(points, candidates, **FEW_REFITS)
        of_space = found[found["space"] == space].drop(columns="space").reset_index(drop=True)
        pd.testing.assert_frame_equal(of_space, expected, check_exact=True)


def test_above_the_limit_every_criterion_is_about_the_same_customers():
    spaces = spaces_of(UNIFORM)
    points, candidates = spaces["pca"]
    labels = nearest(points, centroids_by_count(candidates)[4])
    rows = stratified_rows(labels, size=90, seed=1)
    found = scores_of_spaces(spaces, sample_size=90)
    assert found["sample_size"].tolist() == [len(rows)] * 8
    assert 88 <= len(rows) <= 92
    for space, (points, candidates) in spaces.items():
        of_space = found[found["space"] == space].drop(columns="space").reset_index(drop=True)
        # Handed nothing but these customers: whatever the row says, it is about them.
        expected = score_solutions(points[rows], candidates, **FEW_REFITS)
        pd.testing.assert_frame_equal(of_space, expected, check_exact=True)

        drawn, solutions = points[rows], centroids_by_count(candidates)
        for row in of_space.iloc[1:].itertuples():
            labels = nearest(drawn, solutions[row.segment_count])
            wcss = ((drawn - solutions[row.segment_count][labels]) ** 2).sum()
            assert row.wcss == pytest.approx(wcss, rel=1e-12)
            assert row.silhouette_avg == pytest.approx(silhouette_score(drawn, labels), abs=1e-9)
            assert row.min_segment_share == np.bincount(labels).min() / len(rows)


def test_the_sample_makes_a_difference_and_the_seed_draws_it():
    spaces = spaces_of(UNIFORM)
    small, large = scores_of_spaces(spaces, 90), scores_of_spaces(spaces, 240)
    for column in (
        "wcss",
        "silhouette_avg",
        "simplified_silhouette_avg",
        "calinski_harabasz",
        "davies_bouldin",
        "min_segment_share",
        "gap",
        "prediction_strength",
        "min_jaccard_stability",
    ):
        assert small[column][3] != large[column][3], column
    pd.testing.assert_frame_equal(scores_of_spaces(spaces, 90), small, check_exact=True)
    assert scores_of_spaces(spaces, 90, seed=2)["wcss"][3] != small["wcss"][3]
