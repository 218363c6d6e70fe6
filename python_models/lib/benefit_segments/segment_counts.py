"""How many segments: fit every number of them, score the curve, choose one.

`fit_candidate_centroids` fits, `score_wcss_curve` scores, `choose_segment_count` chooses.

Lloyd's algorithm stops at the local optimum nearest to its start, and ten random starts
sometimes miss the best solution by several percent. So every number of segments also
starts from the solutions of its neighbours: the larger one with a segment removed, the
smaller one with a point added.

All these starts are compared on a bounded sample and stopped early. The sample cannot rank the best
few with certainty, so these are continued on all customers. The sample is a lightweight coreset
(Bachem, Lucic and Krause 2018, Scalable k-means clustering via lightweight coresets).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from kneed import KneeLocator
from sklearn.cluster import KMeans

from benefit_segments.workers import single_threaded_workers

# Fits stop when the centroids move by less than this share of the variance. It is small, so that
# two ways to the same optimum end with the same customers in each segment.
TOLERANCE = 1e-8

# Enough to compare fits with each other.
ROUGH_TOLERANCE = 1e-4

# Starts are compared on at most this many customers, and this many of them are continued. Starts
# whose WCSS differs by at most this share have reached the same optimum.
SCREENED_CUSTOMERS = 20_000
SHORT_LIST = 3
SAME_OPTIMUM = 1e-4


def fit_candidate_centroids(
    points: np.ndarray,
    *,
    max_segments: int,
    restarts: int,
    seed: int,
    report: Callable[[str], None] = lambda progress: None,
) -> pd.DataFrame:
    """Return the centroids of the best k-means found for 1 to `max_segments` segments.

    `points` is customers x components; its row order is part of the input. There are
    never more segments than distinct points. `restarts` is the number of fresh
    k-means++ starts (Arthur and Vassilvitskii 2007) per number of segments. `report`
    receives the progress of the work.

    The result has one row per segment_count, cluster and component. `cluster` is an
    arbitrary number from 1, `cluster_size` the customers nearest to the centroid,
    `wcss` that of the whole segment_count; it falls with every segment. The same input
    gives the same bits for any number of threads.

    Raises ValueError when there is no point or `max_segments` is below 1.
    """
    if max_segments < 1 or len(points) < 1:
        raise ValueError(
            f"{max_segments} segments of {len(points)} customers cannot be fit: "
            "both numbers must be at least 1."
        )
    distinct = count_distinct(points, max_segments + 1)
    counts = range(1, min(max_segments, distinct) + 1)
    sample, weights = _coreset(points, seed)
    fits = []
    with single_threaded_workers() as workers:
        screened = _screened(
            sample,
            weights,
            workers,
            most=len(counts),
            restarts=restarts,
            seed=seed,
            report=report,
        )
        for count in counts:
            starts = _short_list(screened.get(count, []))
            if fits:  # so that WCSS falls over all customers, not on the sample only
                starts.append(_one_added(fits[-1], points)[0])
            finished = workers.map(lambda start: k_means(points, len(start), start), starts)
            fits.append(_best(finished))
            report(f"step 4 of 4, all customers: {count} of {len(counts)} segment counts")

    return pd.concat(
        [_long(fit, is_exact=fit.n_clusters == distinct) for fit in fits], ignore_index=True
    )


def centroids_by_count(candidates: pd.DataFrame) -> dict[int, np.ndarray]:
    """Return the centroids of `fit_candidate_centroids`, segments x components.

    The keys are the numbers of segments, rising.
    """
    return {
        int(count): rows.pivot(index="cluster", columns="component", values="coordinate").to_numpy()
        for count, rows in candidates.groupby("segment_count", sort=True)
    }


def score_wcss_curve(candidates: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of the WCSS curve, one row per number of segments.

    `candidates` has the columns segment_count and wcss, one or more rows per number of
    segments. `knee_score` is the difference curve of Kneedle (Satopaa et al. 2011), missing where
    it is not defined; the knee itself is found by the kneed library. `explained_share`
    is 1 - WCSS / total sum of squares; `wcss_reduction` is relative to one segment
    fewer. Both are missing where they would divide by zero.
    """
    curve = candidates.groupby("segment_count", sort=True)["wcss"].first()
    counts, wcss = curve.index.to_numpy(), curve.to_numpy(dtype=float)
    knee_score, knee = _knee(counts, wcss)
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
        }
    )


def choose_segment_count(
    curve: pd.DataFrame, *, segment_count: str | int, segment_count_reason: str | int
) -> pd.DataFrame:
    """Return the curve of `score_wcss_curve` with the number of segments that is chosen.

    `segment_count` is 'auto' (the knee of the WCSS curve, or one segment if it has
    none) or the number to choose, which is an override; `segment_count_reason` is the
    reason for an override. Adds is_chosen, is_override (true on the chosen row of an override)
    and `reason`, a sentence on the chosen row and missing elsewhere.

    Raises ValueError when `segment_count` is neither, or more than was fit.
    """
    counts = curve["segment_count"].to_numpy()
    chosen, reason = _chosen(curve, segment_count, str(segment_count_reason).strip())
    is_chosen = counts == chosen
    return curve.assign(
        is_chosen=is_chosen,
        is_override=is_chosen & (str(segment_count).strip() != "auto"),
        reason=pd.Series([reason if row else None for row in is_chosen], dtype="str"),
    )


def k_means(
    points: np.ndarray,
    count: int,
    start: str | np.ndarray,
    *,
    restarts: int = 1,
    seed: int | None = None,
    weights: np.ndarray | None = None,
    tolerance: float = TOLERANCE,
) -> KMeans:
    """Fit `count` clusters from 'k-means++' or from given centroids to `tolerance`."""
    model = KMeans(count, init=start, n_init=restarts, tol=tolerance, random_state=seed)
    return model.fit(points, sample_weight=weights)


def count_distinct(points: np.ndarray, enough: int) -> int:
    """Count the points that differ by more than a millionth of the largest coordinate.

    Closer points are equal for k-means, which squares distances in double precision. The result is
    at most `enough`; the first thousand points are often enough to reach it.
    """
    largest = np.abs(points).max() or 1.0
    distinct = 0
    for some in (points[:1000], points):
        if distinct < enough:
            distinct = len(np.unique(np.round(some / largest, 6), axis=0))
    return min(distinct, enough)


def _coreset(points, seed) -> tuple[np.ndarray, np.ndarray | None]:
    # Half of the chances are equal, half grow with the square of the distance from the
    # mean, so that the few far customers, who form their own segments, are not missed.
    if len(points) <= SCREENED_CUSTOMERS:
        return points, None
    squares = ((points - points.mean(axis=0)) ** 2).sum(axis=1)
    chances = 0.5 / len(points) + 0.5 * squares / (squares.sum() or 1)
    chances /= chances.sum()
    random = np.random.default_rng(seed)
    rows = random.choice(len(points), SCREENED_CUSTOMERS, p=chances)
    return points[rows], 1 / (SCREENED_CUSTOMERS * chances[rows])


def _screened(sample, weights, workers, *, most, restarts, seed, report) -> dict[int, list[KMeans]]:
    # For each number of segments the best fresh fit, and one for each neighbours' start.
    counts = range(1, count_distinct(sample, most) + 1)

    def fresh(count: int) -> KMeans:
        return k_means(
            sample,
            count,
            "k-means++",
            restarts=restarts,
            seed=seed,
            weights=weights,
            tolerance=ROUGH_TOLERANCE,
        )

    def continued(start: np.ndarray) -> KMeans:
        return k_means(sample, len(start), start, weights=weights, tolerance=ROUGH_TOLERANCE)

    fits = {}
    longest_first = counts[::-1]
    for count, fit in zip(longest_first, workers.map(fresh, longest_first), strict=True):
        fits[count] = [fit]
        report(f"step 1 of 4, fresh starts: {len(fits)} of {most} segment counts")
    for count in counts[-2:0:-1]:
        fits[count] += workers.map(continued, _one_removed(_best(fits[count + 1])))
        report(f"step 2 of 4, one segment removed: {most - count} of {most} segment counts")
    for count in counts[1:]:
        fits[count] += workers.map(continued, _one_added(_best(fits[count - 1]), sample))
        report(f"step 3 of 4, one segment added: {count} of {most} segment counts")
    return fits


def _best(fits) -> KMeans:
    return min(fits, key=lambda fit: fit.inertia_)


def _short_list(fits: list[KMeans]) -> list[np.ndarray]:
    listed = []
    for fit in sorted(fits, key=lambda fit: fit.inertia_):
        if not listed or fit.inertia_ > listed[-1].inertia_ * (1 + SAME_OPTIMUM):
            listed.append(fit)
    return [fit.cluster_centers_ for fit in listed[:SHORT_LIST]]


def _one_removed(fit: KMeans) -> list[np.ndarray]:
    centroids = fit.cluster_centers_
    return [np.delete(centroids, row, axis=0) for row in range(len(centroids))]


def _one_added(fit: KMeans, points: np.ndarray) -> list[np.ndarray]:
    # Each cluster in turn gives the point farthest from its centroid, the farthest first.
    centroids, labels = fit.cluster_centers_, fit.labels_
    squares = ((points - centroids[labels]) ** 2).sum(axis=1)
    furthest = [
        np.where(labels == cluster, squares, -1).argmax() for cluster in range(len(centroids))
    ]
    furthest.sort(key=lambda row: -squares[row])
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


def _chosen(curve, segment_count, segment_count_reason) -> tuple[int, str]:
    wcss = curve["wcss"].to_numpy()
    most = int(curve["segment_count"].iloc[-1])
    knee = next(iter(curve.loc[curve["is_knee"], "segment_count"]), None)
    knee_is = "has no knee" if knee is None else f"has its knee at {knee}"
    shape = f"the WCSS curve over 1 to {most} segments {knee_is}"
    wish = str(segment_count).strip()
    if wish == "auto":
        if wcss[0] == 0:
            return 1, "All customers of the training sample are alike: one segment."
        if knee is None:
            advice = "Set segment_count to a number to have more."
            return 1, f"One segment, because {shape}. {advice}"
        return int(knee), f"{knee} segments, because {shape}."
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
    given = segment_count_reason or "no reason was given"
    segments = "segment" if int(wish) == 1 else "segments"
    return int(wish), f"{wish} {segments}, a number set by hand ({given}); {shape}."
