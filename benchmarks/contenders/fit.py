"""The fit alone: k-means for every number of segments on one matrix, by one library.

    python benchmarks/contenders/fit.py --points points.npy --library faiss --output fit.json

reads customers x components and writes {"seconds": ..., "wcss": {"1": ..., "10": ...}}:
the wall time of all fits together, without imports and reading, and their WCSS. The peers make ten
k-means++ starts per number of segments; the product makes as many and then continues with its own
method. WCSS is computed here, from the centroids and in double precision, so that it is comparable.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from common import RESTARTS, SEED, SEGMENT_COUNTS

PRODUCT = Path(__file__).resolve().parents[2] / "python_models" / "lib"
ROWS_PER_CHUNK = 100_000


def scikit_learn():
    """Return a function from points to the centroids per number of segments."""
    from sklearn.cluster import KMeans

    return lambda points: {
        count: KMeans(count, n_init=RESTARTS, random_state=SEED).fit(points).cluster_centers_
        for count in SEGMENT_COUNTS
    }


def scikit_learn_intelex():
    """Return a function from points to the centroids per number of segments."""
    from sklearnex.cluster import KMeans

    return lambda points: {
        count: KMeans(count, n_init=RESTARTS, random_state=SEED).fit(points).cluster_centers_
        for count in SEGMENT_COUNTS
    }


def faiss():
    """Return a function from points to the centroids per number of segments.

    By default, faiss reads at most 256 points per centroid and stops after 25 iterations. The
    threshold is a relative change of the WCSS.
    """
    from faiss import ClusteringInitMethod_KMEANS_PLUS_PLUS, Kmeans

    def centroids(points, count):
        model = Kmeans(
            points.shape[1],
            count,
            nredo=RESTARTS,
            niter=300,
            early_stop_threshold=1e-6,
            init_method=ClusteringInitMethod_KMEANS_PLUS_PLUS,
            max_points_per_centroid=len(points),
            seed=SEED,
        )
        model.train(points)
        return model.centroids

    return lambda points: {count: centroids(points, count) for count in SEGMENT_COUNTS}


def ours():
    """Return a function from points to the centroids per number of segments."""
    sys.path.insert(0, str(PRODUCT))
    from benefit_segments.segment_counts import centroids_by_count, fit_candidate_centroids

    def centroids(points):
        fitted = fit_candidate_centroids(
            points, max_segments=max(SEGMENT_COUNTS), restarts=RESTARTS, seed=SEED
        )
        return centroids_by_count(fitted)

    return centroids


LIBRARIES = {
    "scikit-learn": scikit_learn,
    "scikit-learn-intelex": scikit_learn_intelex,
    "faiss": faiss,
    "ours": ours,
}


def measure_wcss(points, centroids):
    """Return the summed squared distance of the points to their nearest centroid."""
    total = 0.0
    for start in range(0, len(points), ROWS_PER_CHUNK):
        chunk = points[start : start + ROWS_PER_CHUNK].astype(float)
        squares = [((chunk - centroid) ** 2).sum(axis=1) for centroid in centroids.astype(float)]
        total += np.min(squares, axis=0).sum()
    return total


def main():
    """Read the arguments, fit, and write time and WCSS."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=Path, required=True, help="customers x components, .npy")
    parser.add_argument("--library", choices=LIBRARIES, required=True)
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    arguments = parser.parse_args()
    points = np.ascontiguousarray(np.load(arguments.points), dtype=np.float32)
    fit_curve = LIBRARIES[arguments.library]()

    start = time.perf_counter()
    centroids = fit_curve(points)
    seconds = time.perf_counter() - start

    wcss = {int(count): measure_wcss(points, centroids[count]) for count in SEGMENT_COUNTS}
    answer = {"seconds": round(seconds, 3), "wcss": wcss}
    arguments.output.write_text(json.dumps(answer, indent=2) + "\n")


if __name__ == "__main__":
    main()
