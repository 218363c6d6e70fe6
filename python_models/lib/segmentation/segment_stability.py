"""Whether another sample of the same customers would show the same segments.

Hennig (2007), Cluster-wise assessment of cluster stability, Computational Statistics
and Data Analysis 52; known as clusterboot in the R package fpc.
"""

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from segmentation.segment_counts import (
    count_distinct,
    k_means,
    single_threaded_workers,
)

# Hennig: a cluster that keeps no more than this share of its points is dissolved.
DISSOLVED = 0.5


def bootstrap_jaccard(
    points: np.ndarray, centroids: np.ndarray, refits: int, restarts: int, seed: int
) -> pd.DataFrame:
    """Return how well each segment is found again in bootstrap samples.

    `points` is customers x components, `centroids` segments x components. Each of
    `refits` samples draws as many customers as there are, with replacement, and is
    clustered afresh from `restarts` k-means++ starts. A segment is compared with every
    new cluster on the customers drawn; the best Jaccard similarity counts.

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
            min(len(centroids), count_distinct(points[drawn])),
            "k-means++",
            restarts,
            int(random.integers(2**31)),
            weights=times_drawn[drawn],
        ).labels_
        return _jaccard(segments[drawn], clusters, len(centroids)).max(axis=1)

    with single_threaded_workers() as workers:
        similarities = np.array(list(workers.map(best_similarities, range(refits))))
    return pd.DataFrame(
        {
            "position": np.arange(len(centroids)),
            "jaccard_stability": similarities.mean(axis=0),
            "dissolved_share": (similarities <= DISSOLVED).mean(axis=0),
        }
    )


def _jaccard(segments, clusters, count) -> np.ndarray:
    # Segments x clusters: customers in both over customers in either.
    both = np.zeros((count, count))
    np.add.at(both, (segments, clusters), 1)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)
