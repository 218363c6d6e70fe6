"""What speaks for each number of segments, by the criteria of the field.

Every function takes `points` (customers x axes) of one space. Figures of different spaces
cannot be compared with each other: fewer axes make every silhouette look better.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.metrics import pairwise_distances_chunked
from threadpoolctl import threadpool_limits

from segmentation.feature_scalers import FLOAT_NOISE
from segmentation.segment_counts import (
    ROUGH_TOLERANCE,
    count_distinct,
    k_means,
    score_wcss_curve,
)
from segmentation.segment_stability import bootstrap_stability, draw_rows, nearest
from segmentation.workers import in_parallel

# Distances between customers are computed in pieces of this size.
CHUNK_MEBIBYTES = 64


def score_spaces(
    spaces: dict[str, tuple[np.ndarray, pd.DataFrame]],
    *settings: int,
    report: Callable[[str], Callable[[str], None]],
) -> pd.DataFrame:
    """Return the scores of the solutions of each space, with its name in the column `space`.

    `spaces` has the points and the candidates by the name of the space; `settings` are those
    of score_solutions, and `report(space)` returns what it reports its progress to.
    """
    scores = [
        score_solutions(points, candidates, *settings, report=report(space)).assign(space=space)
        for space, (points, candidates) in spaces.items()
    ]
    return pd.concat(scores, ignore_index=True)


def score_solutions(
    points: np.ndarray,
    candidates: pd.DataFrame,
    sample_size: int,
    stability_sample_size: int,
    refits: int,
    references: int,
    splits: int,
    restarts: int,
    seed: int,
    report: Callable[[str], None] = lambda progress: None,
) -> pd.DataFrame:
    """Return all criteria that Python computes, one row per number of segments.

    `candidates` has one row per segment_count, cluster and axis, with the coordinate of
    the centroid and the wcss of the segment_count. Silhouettes, gap statistic and
    prediction strength are of at most `sample_size` of the customers, the bootstrap draws
    from at most `stability_sample_size`. Columns, besides those of the functions below
    and of score_wcss_curve: `stability_ari` and `min_jaccard_stability`, that of the
    least stable segment (both as in segment_stability, missing for one segment);
    `criteria_sample_size` and `stability_sample_size`, the customers that were there,
    `stability_refits`, `gap_references` and `prediction_strength_splits`.
    """
    solutions = {
        int(count): rows.pivot(index="cluster", columns="axis", values="coordinate").to_numpy()
        for count, rows in candidates.groupby("segment_count", sort=True)
    }
    some = points[draw_rows(len(points), sample_size, seed)]
    more = points[draw_rows(len(points), stability_sample_size, seed)]
    several = {count: centroids for count, centroids in solutions.items() if count > 1}

    scores = score_wcss_curve(candidates)
    scores = scores.merge(mean_silhouettes(points, solutions, sample_size, seed))
    scores = scores.merge(gap_statistics(some, solutions, references, restarts, seed, report))
    scores = scores.merge(
        prediction_strengths(some, list(solutions), splits, restarts, seed, report)
    )
    stability = bootstrap_stability(more, several, refits, restarts, seed, report)
    of_solutions = stability.groupby("segment_count").agg(
        stability_ari=("stability_ari", "first"),
        min_jaccard_stability=("jaccard_stability", "min"),
    )
    return scores.merge(of_solutions, how="left", on="segment_count").assign(
        criteria_sample_size=len(some),
        stability_sample_size=len(more),
        stability_refits=refits,
        gap_references=references,
        prediction_strength_splits=splits,
    )


def mean_silhouettes(
    points: np.ndarray, solutions: dict[int, np.ndarray], sample_size: int, seed: int
) -> pd.DataFrame:
    """Return the mean silhouette width (Rousseeuw 1987) per number of segments.

    `solutions` are the centroids by number of segments, each segments x axes. Exact for
    up to `sample_size` customers. Of more, about as many are drawn with `seed`, the same
    for every number of segments, each segment of the largest number with its share but
    at least two customers. A customer alone in a segment counts 0. Columns:
    segment_count, silhouette_avg (missing where fewer than two segments have customers)
    and silhouette_sample_size.
    """
    rows = stratified_rows(nearest(points, solutions[max(solutions)]), sample_size, seed)
    drawn = points[rows]
    labels = {count: nearest(drawn, centroids) for count, centroids in solutions.items()}
    # One column per segment of every solution, so that each distance is measured once.
    memberships = np.hstack([np.eye(count)[labels[count]] for count in solutions])
    with threadpool_limits(1):  # a sum split over threads has other last digits
        chunks = pairwise_distances_chunked(
            drawn,
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
            "silhouette_sample_size": len(rows),
        }
    )


def stratified_rows(labels: np.ndarray, sample_size: int, seed: int) -> np.ndarray:
    """Return rising row numbers: all, or about `sample_size`, every label with its share."""
    if len(labels) <= sample_size:
        return np.arange(len(labels))
    random = np.random.default_rng(seed)
    drawn = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        size = max(round(sample_size * len(rows) / len(labels)), min(2, len(rows)))
        drawn.append(random.choice(rows, size, replace=False))
    return np.sort(np.concatenate(drawn))


def gap_statistics(
    points: np.ndarray,
    solutions: dict[int, np.ndarray],
    references: int,
    restarts: int,
    seed: int,
    report: Callable[[str], None] = lambda progress: None,
) -> pd.DataFrame:
    """Return the gap statistic (Tibshirani, Walther and Hastie 2001) per number of segments.

    `solutions` are the centroids by number of segments. Each of `references` samples is
    uniform over the box around the points along their principal axes, and is clustered
    from `restarts` k-means++ starts. Columns: segment_count, gap (expected less observed
    logarithm of WCSS) and gap_se, its standard error. Both are missing where nothing but
    rounding is left of the WCSS, the error also with one reference.
    """
    counts = list(solutions)
    centre = points.mean(axis=0)
    axes = np.linalg.svd(points - centre, full_matrices=False)[2]
    rotated = (points - centre) @ axes.T
    lowest, highest = rotated.min(axis=0), rotated.max(axis=0)

    def expected_log_wcss(task: tuple[int, int]) -> float:
        count, reference = task
        random = np.random.default_rng([seed, reference])
        uniform = random.uniform(lowest, highest, size=rotated.shape)
        distinct = count_distinct(uniform, count)
        fit = k_means(uniform, distinct, "k-means++", restarts, seed, tolerance=ROUGH_TOLERANCE)
        return np.log(fit.inertia_) if fit.inertia_ > 0 else np.nan

    tasks = [(count, reference) for count in counts for reference in range(references)]
    expected = np.reshape(
        in_parallel(expected_log_wcss, tasks, "gap statistic", report),
        (len(counts), references),
    )
    wcss = np.array(
        [
            ((points - centroids[nearest(points, centroids)]) ** 2).sum()
            for centroids in solutions.values()
        ]
    )
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
                restarts,
                seed,
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
