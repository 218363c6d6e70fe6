"""Segment numbers that keep their meaning after every refit.

k-means numbers its clusters at random. The first fit numbers them along component 1;
a refit gives every segment the number of the standing segment that it continues.
"""

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from benefit_segments.principal_components import component_weights

# Coordinates closer than this share of the largest one are ties.
TIE_DECIMALS = 9


def number_segments(
    centroids: pd.DataFrame,
    scalers: pd.DataFrame,
    components: pd.DataFrame,
    standing: pd.DataFrame | None,
) -> pd.DataFrame:
    """Return the coordinates of the numbered segments: segment_id, space, axis.

    `centroids` holds the chosen clusters (cluster, component, coordinate), `scalers`
    and `components` the frames they were fit with, `standing` the result of this
    function for the segments now in use; None or no row at the first fit.

    Rows of the space 'component' have the component number as axis. Rows of the space
    'feature' are the centroid in units of the transformed feature: component spaces of
    two fits cannot be compared, features can.

    At the first fit segments are numbered from 1 along component 1, ties by the next
    components. At a refit they are matched one to one with the standing segments so
    that the sum of squared distances over the shared features, in standard deviations
    of the new fit, is smallest (Hungarian method, Kuhn 1955). New segments left over
    get the smallest numbers that no standing segment has. When fewer than half of all features are
    shared, numbering starts again.
    """
    by_component = centroids.pivot(index="cluster", columns="component", values="coordinate")
    weights = component_weights(components).loc[by_component.columns]
    used = scalers.set_index("feature").loc[weights.columns]
    deviation = used["standard_deviation"].to_numpy(dtype=float)
    by_feature = (by_component @ weights) * (
        deviation / used["weight"].to_numpy(dtype=float)
    ) + used["mean"].to_numpy(dtype=float)

    order = _along_components(by_component.to_numpy())
    by_component, by_feature = by_component.iloc[order], by_feature.iloc[order]
    numbers = np.arange(1, len(order) + 1)
    if standing is not None:
        numbers = _continued(by_feature, deviation, standing)
    return pd.concat(
        [
            _long(by_component, numbers, "component"),
            _long(by_feature, numbers, "feature"),
        ],
        ignore_index=True,
    )


def _along_components(coordinates) -> np.ndarray:
    largest = np.abs(coordinates).max() or 1.0
    rounded = np.round(coordinates / largest, TIE_DECIMALS)
    return np.lexsort(rounded.T[::-1])


def _continued(by_feature, deviation, standing) -> np.ndarray:
    features = standing[standing["space"] == "feature"]
    old = features.pivot(index="segment_id", columns="axis", values="coordinate")
    is_shared = by_feature.columns.isin(old.columns)
    shared = by_feature.columns[is_shared]
    if 2 * len(shared) < len(by_feature.columns.union(old.columns)):
        return np.arange(1, len(by_feature) + 1)

    scale = deviation[is_shared]
    squares = cdist(by_feature[shared] / scale, old[shared] / scale, "sqeuclidean")
    new_rows, old_rows = linear_sum_assignment(squares)
    numbers = np.zeros(len(by_feature), dtype=int)
    numbers[new_rows] = old.index.to_numpy()[old_rows]
    free = np.setdiff1d(np.arange(1, len(old) + len(numbers) + 1), old.index)
    is_new = numbers == 0
    numbers[is_new] = free[: is_new.sum()]
    return numbers


def _long(coordinates, numbers, space) -> pd.DataFrame:
    by_segment = coordinates.set_axis(numbers).sort_index()
    count, width = by_segment.shape
    return pd.DataFrame(
        {
            "segment_id": np.repeat(by_segment.index.to_numpy(), width),
            "space": space,
            "axis": [str(axis) for axis in by_segment.columns] * count,
            "coordinate": by_segment.to_numpy(dtype=float).ravel(),
        }
    )
