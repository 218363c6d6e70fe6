"""The established criteria for the number of segments, all on the same customers.

`score_spaces` draws the customers. Every other function takes the `points` (customers x
axes) of those customers in one space, and `solutions`: by rising number of segments, the
centroids (segments x axes). Do not compare figures of different spaces: fewer axes make every
silhouette look better.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist
from sklearn.metrics import pairwise_distances_chunked
from threadpoolctl import threadpool_limits

from benefit_segments.feature_scalers import FLOAT_NOISE
from benefit_segments.segment_counts import (
    ROUGH_TOLERANCE,
    centroids_by_count,
    count_distinct,
    k_means,
    score_wcss_curve,
)
from benefit_segments.segment_stability import bootstrap_stability, nearest
from benefit_segments.workers import in_parallel

# Distances between customers are computed in pieces of this size.
CHUNK_MEBIBYTES = 64


def score_spaces(
    spaces: dict[str, tuple[np.ndarray, pd.DataFrame]],
    *,
    sample_size: int,
    refits: int,
    references: int,
    splits: int,
    restarts: int,
    seed: int,
    report: Callable[[str], Callable[[str], None]],
) -> pd.DataFrame:
    """Return `score_solutions` of every space, with its name in the column `space`.

    `spaces` has the points and the candidates by the name of the space, with the same
    customers in the same order. All criteria of all spaces use the same customers: all of them, or
    about `sample_size`, drawn with `seed` so that every segment of the largest solution of the
    first space keeps its share (see `stratified_rows`). The candidates are still those of all
    customers. `report(space)` returns the function that receives the progress of the work.
    """
    points, candidates = next(iter(spaces.values()))
    solutions = centroids_by_count(candidates)
    rows = stratified_rows(nearest(points, solutions[max(solutions)]), size=sample_size, seed=seed)
    scores = [
        score_solutions(
            points[rows],
            candidates,
            refits=refits,
            references=references,
            splits=splits,
            restarts=restarts,
            seed=seed,
            report=report(space),
        ).assign(space=space)
        for space, (points, candidates) in spaces.items()
    ]
    return pd.concat(scores, ignore_index=True)


def score_solutions(
    points: np.ndarray,
    candidates: pd.DataFrame,
    *,
    refits: int,
    references: int,
    splits: int,
    restarts: int,
    seed: int,
    report: Callable[[str], None] = lambda progress: None,
) -> pd.DataFrame:
    """Return all criteria of one space, one row per number of segments.

    `candidates` has one row per segment_count, cluster and component, with the coordinate
    of the centroid, and the wcss, is_chosen, is_override and reason of the segment_count.
    Where that wcss is 0, so is the one in the result: only rounding is left.

    Columns, besides those of `score_distances`, `score_wcss_curve`, `mean_silhouettes`,
    `gap_statistics` and `prediction_strengths`: `sample_size`, the number of points;
    `between_sum_of_squares`, total_sum_of_squares - wcss; `stability_ari` and
    `min_jaccard_stability`, that of the least stable segment (both as in
    segment_stability, missing for one segment); `stability_refits`, `gap_references` and
    `prediction_strength_splits`; is_chosen, is_override and reason of the candidates.
    """
    solutions = centroids_by_count(candidates)
    several = {count: centroids for count, centroids in solutions.items() if count > 1}
    of_candidates = candidates.drop_duplicates("segment_count").set_index("segment_count")

    distances = score_distances(points, solutions)
    is_left = distances["segment_count"].map(of_candidates["wcss"]) > 0
    distances["wcss"] = distances["wcss"].where(is_left, 0.0)
    gaps = gap_statistics(
        points, solutions, references=references, restarts=restarts, seed=seed, report=report
    )
    strengths = prediction_strengths(
        points, list(solutions), splits=splits, restarts=restarts, seed=seed, report=report
    )
    stability = bootstrap_stability(
        points, several, refits=refits, restarts=restarts, seed=seed, report=report
    )
    of_solutions = stability.groupby("segment_count").agg(
        stability_ari=("stability_ari", "first"),
        min_jaccard_stability=("jaccard_stability", "min"),
    )
    scores = (
        score_wcss_curve(distances)
        .merge(distances.drop(columns="wcss"), on="segment_count")
        .merge(mean_silhouettes(points, solutions), on="segment_count")
        .merge(gaps, on="segment_count")
        .merge(strengths, on="segment_count")
        .merge(of_solutions, how="left", on="segment_count")
        .merge(of_candidates[["is_chosen", "is_override", "reason"]], on="segment_count")
    )
    return scores.assign(
        sample_size=len(points),
        between_sum_of_squares=scores["total_sum_of_squares"] - scores["wcss"],
        stability_refits=refits,
        gap_references=references,
        prediction_strength_splits=splits,
    )


def score_distances(points: np.ndarray, solutions: dict[int, np.ndarray]) -> pd.DataFrame:
    """Return the criteria that need only the distances to the centroids.

    Each customer belongs to the nearest centroid, the first of equals. Columns:
    segment_count; `wcss`, the sum of squared distances to the own centroid;
    `simplified_silhouette_avg`, the mean of (second distance - distance) / second
    distance, 0 where both are 0; `calinski_harabasz`, between over within sum of squares,
    each over its degrees of freedom (Calinski and Harabasz 1974), missing when the within sum is
    only rounding; `davies_bouldin`, the mean over the segments of the largest (mean distance +
    other mean distance) / distance of the centroids (Davies and Bouldin 1979); `min_segment_share`,
    the share of the smallest segment. Segments without a customer do not count. For one segment all
    but wcss and min_segment_share are missing.
    """
    rows = []
    for count, centroids in solutions.items():
        distances = cdist(points, centroids)
        labels, own = distances.argmin(axis=1), distances.min(axis=1)
        sizes = np.bincount(labels, minlength=count)
        rows.append(
            {
                "segment_count": count,
                "wcss": (own**2).sum(),
                "simplified_silhouette_avg": _simplified_silhouette(distances),
                "davies_bouldin": _davies_bouldin(own, labels, sizes, centroids),
                "min_segment_share": sizes[sizes > 0].min() / len(points),
            }
        )
    scores = pd.DataFrame(rows)
    return scores.assign(calinski_harabasz=_calinski_harabasz(scores, len(points)))


def mean_silhouettes(points: np.ndarray, solutions: dict[int, np.ndarray]) -> pd.DataFrame:
    """Return the mean silhouette width (Rousseeuw 1987) per number of segments.

    A customer alone in a segment counts 0. Columns: segment_count and silhouette_avg,
    missing where fewer than two segments have customers.
    """
    labels = {count: nearest(points, centroids) for count, centroids in solutions.items()}
    # One column per segment of every solution, so that each distance is measured once.
    memberships = np.hstack([np.eye(count)[labels[count]] for count in solutions])
    with threadpool_limits(1):  # a sum split over threads has different last digits
        chunks = pairwise_distances_chunked(
            points,
            reduce_func=lambda distances, start: distances @ memberships,
            working_memory=CHUNK_MEBIBYTES,
        )
        summed = np.vstack(list(chunks))
    edges = np.cumsum(list(solutions))[:-1]
    return pd.DataFrame(
        {
            "segment_count": list(solutions),
            "silhouette_avg": [
                _mean_silhouette(distances, labels[count])
                for count, distances in zip(solutions, np.split(summed, edges, axis=1), strict=True)
            ],
        }
    )


def stratified_rows(labels: np.ndarray, *, size: int, seed: int) -> np.ndarray:
    """Return rising row numbers: all, or about `size`, so that every label keeps its share.

    If the share of a label has fewer than two rows, two are drawn, or the only one.
    """
    if len(labels) <= size:
        return np.arange(len(labels))
    random = np.random.default_rng(seed)
    drawn = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        share = max(round(size * len(rows) / len(labels)), min(2, len(rows)))
        drawn.append(random.choice(rows, share, replace=False))
    return np.sort(np.concatenate(drawn))


def gap_statistics(
    points: np.ndarray,
    solutions: dict[int, np.ndarray],
    *,
    references: int,
    restarts: int,
    seed: int,
    report: Callable[[str], None] = lambda progress: None,
) -> pd.DataFrame:
    """Return the gap statistic (Tibshirani, Walther and Hastie 2001) per number of segments.

    Each of `references` samples is uniform over the box around the points along their
    principal axes, and is clustered from `restarts` k-means++ starts. Columns:
    segment_count, gap (expected less observed logarithm of WCSS) and gap_se, its standard
    error. Both are missing when the WCSS is only rounding, the error also with one reference.
    """
    counts = list(solutions)
    centre = points.mean(axis=0)
    with threadpool_limits(1):  # a sum split over threads has different last digits
        axes = np.linalg.svd(points - centre, full_matrices=False)[2]
        rotated = (points - centre) @ axes.T
    lowest, highest = rotated.min(axis=0), rotated.max(axis=0)

    def expected_log_wcss(task: tuple[int, int]) -> float:
        count, reference = task
        random = np.random.default_rng([seed, reference])
        uniform = random.uniform(lowest, highest, size=rotated.shape)
        fit = k_means(
            uniform,
            count_distinct(uniform, count),
            "k-means++",
            restarts=restarts,
            seed=seed,
            tolerance=ROUGH_TOLERANCE,
        )
        return np.log(fit.inertia_) if fit.inertia_ > 0 else np.nan

    tasks = [(count, reference) for count in counts for reference in range(references)]
    expected = np.reshape(
        in_parallel(expected_log_wcss, tasks, "gap statistic", report),
        (len(counts), references),
    )
    wcss = score_distances(points, solutions)["wcss"].to_numpy()
    is_known = wcss > FLOAT_NOISE * ((points - centre) ** 2).sum()
    observed = np.log(wcss, out=np.full(len(wcss), np.nan), where=is_known)
    return pd.DataFrame(
        {
            "segment_count": counts,
            "gap": expected.mean(axis=1) - observed,
            "gap_se": (
                expected.std(axis=1) * np.sqrt(1 + 1 / references) if references > 1 else np.nan
            ),
        }
    )


def prediction_strengths(
    points: np.ndarray,
    counts: list[int],
    *,
    splits: int,
    restarts: int,
    seed: int,
    report: Callable[[str], None] = lambda progress: None,
) -> pd.DataFrame:
    """Return the prediction strength (Tibshirani and Walther 2005) per number of segments.

    In each of `splits` splits both halves are clustered, from `restarts` k-means++
    starts. The strength of a cluster of one half is the share of its pairs of customers
    that the centroids of the other half keep together, 0 for a customer alone; the
    weakest cluster counts, the mean over both halves. Columns: segment_count,
    prediction_strength (1 for one segment).
    """

    def strength(task: tuple[int, int]) -> float:
        count, split = task
        if count == 1:
            return 1.0
        random = np.random.default_rng([seed, split])
        halves = np.array_split(random.permutation(len(points)), 2)
        fits = [
            k_means(
                points[half],
                count_distinct(points[half], count),
                "k-means++",
                restarts=restarts,
                seed=seed,
                tolerance=ROUGH_TOLERANCE,
            )
            for half in halves
        ]
        return np.mean(
            [
                _weakest(own.labels_, nearest(points[half], other.cluster_centers_))
                for half, own, other in zip(halves, fits, reversed(fits), strict=True)
            ]
        )

    tasks = [(count, split) for count in counts for split in range(splits)]
    strengths = np.reshape(
        in_parallel(strength, tasks, "prediction strength", report), (len(counts), splits)
    )
    return pd.DataFrame({"segment_count": counts, "prediction_strength": strengths.mean(axis=1)})


def _simplified_silhouette(distances: np.ndarray) -> float:
    if distances.shape[1] < 2:
        return np.nan
    own, second = np.partition(distances, 1, axis=1)[:, :2].T
    widths = np.divide(second - own, second, out=np.zeros_like(second), where=second > 0)
    return widths.mean()


def _calinski_harabasz(scores, customers) -> pd.Series:
    within, count = scores["wcss"], scores["segment_count"]
    total = within[0]
    # With a centroid on every distinct customer only rounding is left.
    is_defined = (count > 1) & (count < customers) & (within > FLOAT_NOISE * total)
    ratio = (total - within[is_defined]) / within[is_defined]
    return ratio * (customers - count) / (count - 1)


def _davies_bouldin(own, labels, sizes, centroids) -> float:
    there = np.flatnonzero(sizes)
    if len(there) < 2:
        return np.nan
    spreads = (np.bincount(labels, weights=own, minlength=len(sizes)) / np.maximum(sizes, 1))[there]
    separations = cdist(centroids[there], centroids[there])
    similarities = np.divide(
        spreads[:, None] + spreads,
        separations,
        out=np.zeros_like(separations),
        where=separations > 0,
    )
    return similarities.max(axis=1).mean()


def _mean_silhouette(summed_distances: np.ndarray, labels: np.ndarray) -> float:
    # Customers x segments: the summed distances to the customers of each segment.
    sizes = np.bincount(labels, minlength=summed_distances.shape[1])
    if (sizes > 0).sum() < 2:
        return np.nan
    own = np.arange(len(labels)), labels
    others = sizes[labels] - 1
    to_own = summed_distances[own] / np.maximum(others, 1)
    to_each = summed_distances / np.where(sizes > 0, sizes, np.nan)
    to_each[own] = np.nan
    to_nearest = np.nanmin(to_each, axis=1)
    larger = np.maximum(to_own, to_nearest)
    widths = np.divide(
        to_nearest - to_own, larger, out=np.zeros_like(larger), where=(larger > 0) & (others > 0)
    )
    return widths.mean()


def _weakest(clusters: np.ndarray, predicted: np.ndarray) -> float:
    together = np.zeros((clusters.max() + 1, predicted.max() + 1))
    np.add.at(together, (clusters, predicted), 1)
    sizes = together.sum(axis=1)
    pairs = (together * (together - 1)).sum(axis=1)
    return (pairs / np.maximum(sizes * (sizes - 1), 1)).min()
