"""How many segments: k-means for every number of segments, and the knee of its curve.

The only k-means of the project. Lloyd's algorithm falls into the local optimum nearest
to its start, and ten random starts miss the best solution by several per cent now and
then. So every number of segments also starts from the solutions of its neighbours: the
larger one with a segment removed, the smaller one with a point added. The latter also
guarantees that WCSS, the within-cluster sum of squares, never rises with the number.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pandas as pd
from kneed import KneeLocator
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

# Fits stop when the centroids move by less than this share of the variance. Tight,
# so that two ways to the same optimum end with the same customers in each segment.
TOLERANCE = 1e-8


def fit_candidate_centroids(
    points: np.ndarray, max_segments: int, restarts: int, seed: int
) -> pd.DataFrame:
    """Return the centroids of the best k-means found for 1 to `max_segments` segments.

    `points` is customers x components; its row order is part of the input. There are
    never more segments than distinct points. `restarts` is the number of fresh
    k-means++ starts (Arthur and Vassilvitskii 2007) per number of segments.

    The result has one row per segment_count, cluster and component. `cluster` is an
    arbitrary number from 1, `cluster_size` the customers nearest to the centroid,
    `wcss` that of the whole segment_count. The same input gives the same bits for any
    number of threads.

    Raises ValueError when there is no point or `max_segments` is below 1.
    """
    if max_segments < 1 or len(points) < 1:
        raise ValueError(
            f"{max_segments} segments of {len(points)} customers cannot be fit: "
            "both numbers must be at least 1."
        )
    distinct = count_distinct(points)
    counts = range(1, min(max_segments, distinct) + 1)

    with single_threaded_workers() as workers:

        def improved(fit: KMeans, starts: list[np.ndarray]) -> KMeans:
            fits = workers.map(lambda start: k_means(points, len(start), start), starts)
            return min([fit, *fits], key=lambda candidate: candidate.inertia_)

        fresh = workers.map(
            lambda count: k_means(points, count, "k-means++", restarts, seed),
            reversed(counts),  # the longest work first
        )
        fits = dict(zip(reversed(counts), fresh, strict=True))
        for count in reversed(counts[:-1]):
            fits[count] = improved(fits[count], _one_removed(fits[count + 1]))
        for count in counts[1:]:
            fits[count] = improved(fits[count], _one_added(fits[count - 1], points))

    return pd.concat(
        [_long(fits[count], is_exact=count == distinct) for count in counts],
        ignore_index=True,
    )


def score_segment_counts(candidates: pd.DataFrame, segment_count: str | int) -> pd.DataFrame:
    """Return one row per number of segments, with its scores and which was chosen.

    `segment_count` is 'auto' (the knee of the WCSS curve, or one segment if it has
    none) or the number to choose. `knee_score` is the difference curve of Kneedle
    (Satopaa et al. 2011), missing where it is not defined; the knee itself is found by
    the kneed library. `explained_share` is 1 - WCSS / total sum of squares;
    `wcss_reduction` is relative to one segment fewer. Both are missing where they would
    divide by zero. `reason` is a sentence on the chosen row and missing elsewhere.

    Raises ValueError when `segment_count` is neither, or more than was fit.
    """
    curve = candidates.groupby("segment_count", sort=True)["wcss"].first()
    counts, wcss = curve.index.to_numpy(), curve.to_numpy(dtype=float)
    knee_score, knee = _knee(counts, wcss)
    chosen, reason = _chosen(segment_count, counts, wcss, knee)
    before = np.concatenate([[np.nan], wcss[:-1]])
    return pd.DataFrame(
        {
            "segment_count": counts,
            "wcss": wcss,
            "total_sum_of_squares": wcss[0],
            "explained_share": 1 - wcss / (wcss[0] or np.nan),
            "wcss_reduction": (before - wcss) / np.where(before > 0, before, np.nan),
            "knee_score": knee_score,
            "is_knee": counts == knee,
            "is_chosen": counts == chosen,
            "reason": pd.Series(
                [reason if count == chosen else None for count in counts], dtype="str"
            ),
        }
    )


@contextmanager
def single_threaded_workers() -> Iterator[ThreadPoolExecutor]:
    """Give one worker thread per core, each with one BLAS and one OpenMP thread.

    Small fits are faster side by side than split over threads, and a fit in one thread
    has the same last digits everywhere. OpenMP keeps its limit per calling thread,
    hence the initializer; BLAS keeps one for all, hence the limit around the workers.
    """
    with (
        threadpool_limits(1),
        ThreadPoolExecutor(os.cpu_count(), initializer=threadpool_limits, initargs=(1,)) as workers,
    ):
        yield workers


def k_means(
    points: np.ndarray,
    count: int,
    start: str | np.ndarray,
    restarts: int = 1,
    seed: int | None = None,
    weights: np.ndarray | None = None,
) -> KMeans:
    """Fit `count` clusters from 'k-means++' or from given centroids to convergence."""
    model = KMeans(count, init=start, n_init=restarts, tol=TOLERANCE, random_state=seed)
    return model.fit(points, sample_weight=weights)


def count_distinct(points: np.ndarray) -> int:
    """Count the points that differ by more than a millionth of the largest coordinate.

    Closer points are one to k-means, which squares distances in double precision.
    """
    largest = np.abs(points).max() or 1.0
    return len(np.unique(np.round(points / largest, 6), axis=0))


def _one_removed(fit: KMeans) -> list[np.ndarray]:
    centroids = fit.cluster_centers_
    return [np.delete(centroids, row, axis=0) for row in range(len(centroids))]


def _one_added(fit: KMeans, points: np.ndarray) -> list[np.ndarray]:
    # Each cluster in turn gives the point furthest from its centroid.
    centroids, labels = fit.cluster_centers_, fit.labels_
    squares = ((points - centroids[labels]) ** 2).sum(axis=1)
    furthest = [
        np.where(labels == cluster, squares, -1).argmax() for cluster in range(len(centroids))
    ]
    return [np.vstack([centroids, points[row]]) for row in furthest]


def _long(fit: KMeans, is_exact: bool) -> pd.DataFrame:
    count, width = fit.cluster_centers_.shape
    sizes = np.bincount(fit.labels_, minlength=count)
    return pd.DataFrame(
        {
            "segment_count": count,
            "cluster": np.repeat(np.arange(1, count + 1), width),
            "component": np.tile(np.arange(1, width + 1), count),
            "coordinate": fit.cluster_centers_.ravel(),
            "cluster_size": np.repeat(sizes, width),
            # With a centroid on every distinct point only rounding is left.
            "wcss": 0.0 if is_exact else fit.inertia_,
        }
    )


def _knee(counts, wcss) -> tuple[np.ndarray, int | None]:
    if len(counts) < 3 or wcss[0] <= wcss[-1]:
        return np.full(len(counts), np.nan), None
    share_of_counts = (counts - counts[0]) / (counts[-1] - counts[0])
    share_of_wcss = (wcss - wcss[-1]) / (wcss[0] - wcss[-1])
    located = KneeLocator(counts, wcss, curve="convex", direction="decreasing")
    return (1 - share_of_counts) - share_of_wcss, located.knee


def _chosen(segment_count, counts, wcss, knee) -> tuple[int, str]:
    most = int(counts[-1])
    knee_is = "has no knee" if knee is None else f"has its knee at {knee}"
    curve = f"the WCSS curve over 1 to {most} segments {knee_is}"
    wish = str(segment_count).strip()
    if wish == "auto":
        if wcss[0] == 0:
            return 1, "All customers of the training sample are alike: one segment."
        if knee is None:
            advice = "Set segment_count to a number to have more."
            return 1, f"One segment, because {curve}. {advice}"
        return int(knee), f"{knee} segments, because {curve}."
    if not wish.isdecimal() or int(wish) < 1:
        raise ValueError(
            f"segment_count is {segment_count!r}; it must be auto or a whole number of at least 1."
        )
    if int(wish) > most:
        raise ValueError(
            f"segment_count is {wish}, but "
            + (
                f"the training sample has only {most} distinct customers."
                if wcss[-1] == 0
                else f"only 1 to {most} segments were tried: raise max_segments."
            )
        )
    return int(wish), f"segment_count is set to {wish}; {curve}."
