"""Would another sensible analyst get the same segments? The same customers, fitted differently.

The grid combines choices that are common and hard to justify: the transform, components or none,
one segment fewer or more, another seed.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from benefit_segments.feature_scalers import fill_features, fit_feature_scalers, scale_features
from benefit_segments.principal_components import (
    component_weights,
    fit_principal_components,
    project,
    without_components,
)
from benefit_segments.segment_counts import centroids_by_count, fit_candidate_centroids

# The shares of the customers below and above whose values winsorising moves to the bound.
WINSORISED_TAILS = (0.01, 0.99)

COLUMNS = {
    "variant": int,
    "transform": "str",
    "has_components": bool,
    "segment_count": int,
    "random_seed": int,
    "cluster": int,
    "segment_id": float,
    "joined_segment_id": float,
    "feature": "str",
    "column_name": "str",
    "category": "str",
    "fill_value": float,
    "lower_bound": float,
    "upper_bound": float,
    "intercept": float,
    "coefficient": float,
}

TRANSFORMS = {
    "identity": lambda values: values,
    "log1p": lambda values: np.sign(values) * np.log1p(values.abs()),
    "winsorised": lambda values: values,
}


def fit_pipeline_variants(
    sample: pd.DataFrame,
    scalers: pd.DataFrame,
    segments: np.ndarray,
    *,
    benefit_weighting: str,
    pca_components: float | int,
    restarts: int,
    seed: int,
    report: Callable[[str], None] = lambda progress: None,
) -> pd.DataFrame:
    """Return the solutions of the grid of variants, ready to be scored in SQL.

    `sample` has one row per customer and a column per feature, `segments` the segment of
    each customer. `scalers` is the result of fit_feature_scalers; all variants keep its fill values
    and the weights of features and benefits, and none keeps limits. The grid: transform
    (identity, log1p with the sign of the value, winsorised) x principal components or
    all scaled features x one segment fewer, as many, one more (at least two) x `seed` and
    the next one. `report` receives the progress of the work.

    One row per variant, cluster and feature: `variant` from 1, its settings `transform`,
    `has_components`, `segment_count`, `random_seed`; `cluster` from 1 and `segment_id`,
    the segment it is matched with one to one so that most customers stay (Hungarian
    method, Kuhn 1955; missing where there are more clusters than segments), and
    `joined_segment_id`, the segment without a match most of whose customers are here
    (missing unless there are fewer clusters than segments); `column_name`, `category` and
    `fill_value` of the feature;
    `lower_bound` and `upper_bound` of the filled values (missing unless winsorised);
    `intercept` and `coefficient`. A customer belongs to the cluster for which
    intercept + sum of coefficient * transformed value is smallest: that is the squared distance to
    its centroid minus a term that is the same for all clusters. There is no row when the model has
    one segment or uses no feature.
    """
    used = scalers[scalers["is_used"].astype(bool)]
    features = used["feature"].tolist()
    count = len(np.unique(segments))
    if count < 2 or not features:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    filled = pd.DataFrame(fill_features(sample, scalers), columns=features)
    plain = used[["feature", "benefit", "feature_weight", "benefit_weight"]].rename(
        columns={"feature_weight": "weight"}
    )
    plain = plain.assign(transform="identity", null_policy="zero")

    rows = []
    pipelines = list(product(TRANSFORMS, (True, False), (seed, seed + 1)))
    for number, (transform, has_components, variant_seed) in enumerate(pipelines):
        lower, upper = _bounds(filled, transform)
        values = TRANSFORMS[transform](filled.clip(lower, upper, axis="columns"))
        variant_scalers = fit_feature_scalers(values, plain, benefit_weighting=benefit_weighting)
        points, weights = _reduced(values, variant_scalers, pca_components, has_components)
        candidates = fit_candidate_centroids(
            points, max_segments=count + 1, restarts=restarts, seed=variant_seed
        )
        # There are never more clusters than distinct customers.
        for segment_count, centroids in centroids_by_count(candidates).items():
            if segment_count < max(count - 1, 2):
                continue
            intercepts, coefficients = _scores(centroids, weights, variant_scalers)
            clusters = (intercepts + values.to_numpy() @ coefficients.T).argmin(axis=1)
            matched, joined = _matched(clusters, segments, segment_count)
            rows.append(
                pd.DataFrame(
                    {
                        "transform": transform,
                        "has_components": has_components,
                        "segment_count": segment_count,
                        "random_seed": variant_seed,
                        "cluster": np.repeat(np.arange(1, segment_count + 1), len(features)),
                        "segment_id": np.repeat(matched, len(features)),
                        "joined_segment_id": np.repeat(joined, len(features)),
                        "feature": features * segment_count,
                        "column_name": used["column_name"].tolist() * segment_count,
                        "category": used["category"].tolist() * segment_count,
                        "fill_value": np.tile(used["fill_value"], segment_count),
                        "lower_bound": np.tile(lower, segment_count),
                        "upper_bound": np.tile(upper, segment_count),
                        "intercept": np.repeat(intercepts, len(features)),
                        "coefficient": coefficients.ravel(),
                    }
                ).assign(variant=len(rows) + 1)
            )
        report(f"{number + 1} of {len(pipelines)} fitted")
    return pd.concat(rows, ignore_index=True)[list(COLUMNS)].astype(COLUMNS)


def _bounds(filled, transform) -> tuple[np.ndarray, np.ndarray]:
    if transform == "winsorised":
        lower, upper = filled.quantile(WINSORISED_TAILS).to_numpy()
        return lower, upper
    unbounded = np.full(filled.shape[1], np.nan)
    return unbounded, unbounded


def _reduced(values, scalers, pca_components, has_components) -> tuple[np.ndarray, np.ndarray]:
    # Points, and the weight of every used feature on every axis.
    scaled = scale_features(values, scalers)
    if not scaled.shape[1]:
        return without_components(scaled), np.zeros((1, 0))
    if not has_components:
        return scaled, np.eye(scaled.shape[1])
    used = scalers.loc[scalers["is_used"], "feature"].tolist()
    kept = min(pca_components, len(used)) if pca_components >= 1 else pca_components
    components = fit_principal_components(scaled, used, kept=kept)
    return project(scaled, components), component_weights(components).to_numpy()


def _scores(centroids, weights, scalers) -> tuple[np.ndarray, np.ndarray]:
    used = scalers["is_used"].to_numpy(dtype=bool)
    slope = (scalers["weight"] / scalers["standard_deviation"]).to_numpy()[used]
    mean = scalers["mean"].to_numpy()[used]
    towards = -2 * (centroids @ weights) * slope
    coefficients = np.zeros((len(centroids), len(scalers)))
    coefficients[:, used] = towards
    return (centroids**2).sum(axis=1) - towards @ mean, coefficients


def _matched(clusters, segments, segment_count) -> tuple[np.ndarray, np.ndarray]:
    numbers, positions = np.unique(segments, return_inverse=True)
    together = np.zeros((segment_count, len(numbers)))
    np.add.at(together, (clusters, positions), 1)
    rows, columns = linear_sum_assignment(together, maximize=True)
    matched = np.full(segment_count, np.nan)
    matched[rows] = numbers[columns]
    joined = np.full(segment_count, np.nan)
    for column in np.setdiff1d(np.arange(len(numbers)), columns):
        joined[together[:, column].argmax()] = numbers[column]
    return matched, joined
