"""Whether another sample of the same customers would show the same segments.

Hennig (2007), Cluster-wise assessment of cluster stability, Computational Statistics
and Data Analysis 52; known as clusterboot in the R package fpc.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score

from benefit_segments.segment_counts import (
    ROUGH_TOLERANCE,
    count_distinct,
    k_means,
)
from benefit_segments.workers import in_parallel

# Hennig: a cluster that keeps no more than this share of its points is dissolved.
DISSOLVED = 0.5


def bootstrap_stability(
    points: np.ndarray,
    centroids: dict[int, np.ndarray],
    *,
    refits: int,
    restarts: int,
    seed: int,
    report: Callable[[str], None] = lambda progress: None,
) -> pd.DataFrame:
    """Return how well each segment, and each solution, is found again in bootstrap samples.

    `points` is customers x axes, `centroids` the solutions by number of segments, each
    segments x axes. Each of `refits` samples draws as many customers as there are, with
    replacement, and is clustered again from `restarts` k-means++ starts. A segment is
    compared with every new cluster on the customers drawn; the best Jaccard similarity
    counts. `report` receives the progress of the work.

    The result has one row per segment of each solution: `segment_count`, `position` in
    the centroids from 0, `jaccard_stability` (mean over the refits; 0.75 and more is
    stable, do not trust less than 0.6), `dissolved_share` (refits with 0.5 or less)
    and, equal for all segments of a solution, `stability_ari`: the mean adjusted Rand
    index (Hubert and Arabie 1985) of the solution and the refits, over all customers.
    """
    segments = {count: nearest(points, solution) for count, solution in centroids.items()}

    def compare(task: tuple[int, int]) -> tuple[np.ndarray, float]:
        count, refit = task
        random = np.random.default_rng([seed, refit])
        times_drawn = np.bincount(
            random.integers(len(points), size=len(points)), minlength=len(points)
        )
        drawn = np.flatnonzero(times_drawn)
        fit = k_means(
            points[drawn],
            min(count, count_distinct(points[drawn], count)),
            "k-means++",
            restarts=restarts,
            seed=int(random.integers(2**31)),
            weights=times_drawn[drawn],
            tolerance=ROUGH_TOLERANCE,
        )
        similarities = _jaccard(segments[count][drawn], fit.labels_, count).max(axis=1)
        refitted = nearest(points, fit.cluster_centers_)
        return similarities, adjusted_rand_score(segments[count], refitted)

    tasks = [(count, refit) for count in sorted(centroids) for refit in range(refits)]
    compared = in_parallel(compare, tasks, "bootstrap refits", report)
    rows = []
    for number, count in enumerate(sorted(centroids)):
        of_count = compared[number * refits : (number + 1) * refits]
        similarities = np.array([jaccard for jaccard, _ in of_count])
        agreement = np.mean([adjusted_rand_index for _, adjusted_rand_index in of_count])
        rows += [
            (count, position, found.mean(), (found <= DISSOLVED).mean(), agreement)
            for position, found in enumerate(similarities.T)
        ]
    columns = {
        "segment_count": int,
        "position": int,
        "jaccard_stability": float,
        "dissolved_share": float,
        "stability_ari": float,
    }
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def nearest(points: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """Return the row of the nearest centroid for every customer."""
    return cdist(points, centroids, "sqeuclidean").argmin(axis=1)


def draw_rows(count: int, *, size: int, seed: int) -> np.ndarray:
    """Return `size` of `count` row numbers, drawn without replacement, rising; or all."""
    drawn = np.random.default_rng(seed).choice(count, min(count, size), replace=False)
    return np.sort(drawn)


def _jaccard(segments, clusters, count) -> np.ndarray:
    # Segments x clusters: customers in both over customers in either.
    both = np.zeros((count, count))
    np.add.at(both, (segments, clusters), 1)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)
