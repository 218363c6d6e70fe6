"""Whether another sample of the same customers would show the same segments.

Hennig (2007), Cluster-wise assessment of cluster stability, Computational Statistics
and Data Analysis 52; known as clusterboot in the R package fpc.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from segmentation.segment_counts import (
    ROUGH_TOLERANCE,
    count_distinct,
    k_means,
    single_threaded_workers,
)

# Hennig: a cluster that keeps no more than this share of its points is dissolved.
DISSOLVED = 0.5


def bootstrap_jaccard(
    points: np.ndarray,
    centroids: np.ndarray,
    refits: int,
    restarts: int,
    seed: int,
    report: Callable[[str], None] = lambda progress: None,
) -> pd.DataFrame:
    """Return how well each segment is found again in bootstrap samples.

    `points` is customers x components, `centroids` segments x components. Each of
    `refits` samples draws as many customers as there are, with replacement, and is
    clustered afresh from `restarts` k-means++ starts. A segment is compared with every
    new cluster on the customers drawn; the best Jaccard similarity counts. `report` is
    told how far the work is.

    The result has one row per segment: `position` in `centroids` from 0,
    `jaccard_stability` (mean over the refits; 0.75 and more is stable, below 0.6 is
    not to be trusted) and `dissolved_share` (refits with 0.5 or less).
    """
    segments = cdist(points, centroids, "sqeuclidean").argmin(axis=1)

    def best_similarities(refit: int) -> np.ndarray:
        random = np.random.default_rng([seed, refit])
        times_drawn = np.bincount(
            random.integers(len(points), size=len(points)), minlength=len(points)
        )
        drawn = np.flatnonzero(times_drawn)
        clusters = k_means(
            points[drawn],
            min(len(centroids), count_distinct(points[drawn], len(centroids))),
            "k-means++",
            restarts,
            int(random.integers(2**31)),
            weights=times_drawn[drawn],
            tolerance=ROUGH_TOLERANCE,
        ).labels_
        return _jaccard(segments[drawn], clusters, len(centroids)).max(axis=1)

    similarities = []
    with single_threaded_workers() as workers:
        for refit_similarities in workers.map(best_similarities, range(refits)):
            similarities.append(refit_similarities)
            report(f"{len(similarities)} of {refits} bootstrap refits finished")
    similarities = np.array(similarities)
    return pd.DataFrame(
        {
            "position": np.arange(len(centroids)),
            "jaccard_stability": similarities.mean(axis=0),
            "dissolved_share": (similarities <= DISSOLVED).mean(axis=0),
        }
    )


def draw_rows(count: int, size: int, seed: int) -> np.ndarray:
    """Return `size` of `count` row numbers, drawn without replacement, rising; or all."""
    drawn = np.random.default_rng(seed).choice(count, min(count, size), replace=False)
    return np.sort(drawn)


def _jaccard(segments, clusters, count) -> np.ndarray:
    # Segments x clusters: customers in both over customers in either.
    both = np.zeros((count, count))
    np.add.at(both, (segments, clusters), 1)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)
