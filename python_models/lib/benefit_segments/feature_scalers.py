"""Scale each feature so that k-means can compare it with the others.

A feature is filled, transformed, centred and divided by its standard deviation.
A feature that is unknown or constant in the training sample is left out, with the reason.
"""

import numpy as np
import pandas as pd

TRANSFORMS = {"identity": np.asarray, "log1p": np.log1p}
NULL_POLICIES = {
    "zero": lambda known: 0.0,
    "median": lambda known: float(np.median(known)) if known.size else 0.0,
}
BENEFIT_WEIGHTINGS = ("balanced", "none")
WHOLE_RELATIONSHIP = "all"

# A feature varies when its values differ by more than this share of their size: far above the
# rounding of a sum, far below any meaningful difference.
FLOAT_NOISE = 1e-12


def fit_feature_scalers(
    sample: pd.DataFrame, catalog: pd.DataFrame, *, benefit_weighting: str
) -> pd.DataFrame:
    """Return fill value, range, scale, weight and use of each clustering feature.

    `sample` has one row per customer and a column per feature, NaN where unknown.
    `catalog` has one row per clustering feature: feature, benefit, transform ('identity'
    or 'log1p') and null_policy ('zero' or 'median'). `benefit_weighting` is 'none' (every feature
    counts the same) or 'balanced' (every benefit does, see `balanced_weights`).

    The result has the rows of `catalog`, in its order. `fill_value`, `minimum` and
    `maximum` of the known values (NaN without any) are in raw units; `mean` and
    `standard_deviation` (population) describe the filled and transformed values; `weight`
    multiplies the z-score. A feature that is not used has a reason.

    Raises ValueError for an empty sample or catalogue, a feature that is not in the
    sample, an unknown transform, null policy or weighting, and values that cannot be
    transformed.
    """
    if benefit_weighting not in BENEFIT_WEIGHTINGS:
        raise ValueError(
            f"benefit_weighting is {benefit_weighting!r}; "
            f"it must be {' or '.join(BENEFIT_WEIGHTINGS)}."
        )
    if len(sample) == 0:
        raise ValueError("The training sample has no customers, so nothing can be fit.")
    if len(catalog) == 0:
        raise ValueError(
            "The feature catalogue lists no clustering feature: give at least one "
            "feature the role 'clustering'."
        )
    scalers = pd.DataFrame(
        [
            _fit_one(sample, row.feature, row.transform, row.null_policy)
            for row in catalog.itertuples()
        ]
    )
    if benefit_weighting == "balanced":
        used = scalers["is_used"].to_numpy()
        benefits = catalog["benefit"].to_numpy()[used]
        scalers.loc[used, "weight"] = balanced_weights(scale_features(sample, scalers), benefits)
    return scalers.astype({"reason_left_out": "str"})


def balanced_weights(scaled: np.ndarray, benefits: np.ndarray) -> np.ndarray:
    """Return a weight per feature, so that no benefit counts more because it has more features.

    `scaled` is customers x features, `benefits` names the benefit of each feature. As in
    multiple factor analysis (Escofier and Pagès 1994), each benefit is divided by the
    standard deviation along its first principal component, so that no direction within
    one benefit varies more than any within another. The weights are then multiplied by
    one number, so that their mean square is 1; with one benefit all are 1. Features of
    'all' describe the relationship as a whole, belong to no benefit and keep weight 1.
    """
    weights = np.ones(len(benefits))
    of_one_benefit = benefits != WHOLE_RELATIONSHIP
    for benefit in np.unique(benefits[of_one_benefit]):
        block = benefits == benefit
        covariance = np.atleast_2d(np.cov(scaled[:, block], rowvar=False, ddof=0))
        weights[block] = 1 / np.sqrt(np.linalg.eigvalsh(covariance)[-1])
    if len(np.unique(benefits[of_one_benefit])) < 2:
        return np.ones(len(benefits))
    weights[of_one_benefit] /= np.sqrt((weights[of_one_benefit] ** 2).mean())
    return weights


def scale_features(sample: pd.DataFrame, scalers: pd.DataFrame) -> np.ndarray:
    """Return the scaled used features, customers x features in the order of `scalers`.

    Units are standard deviations of the transformed feature, times its weight. Every number depends
    only on its customer, so equal customers stay bit-identical.
    """
    scaled = [
        (_transformed(sample, row.feature, row.transform, row.fill_value) - row.mean)
        / row.standard_deviation
        * row.weight
        for row in scalers[scalers["is_used"].astype(bool)].itertuples()
    ]
    return np.column_stack(scaled) if scaled else np.empty((len(sample), 0))


def fill_features(sample: pd.DataFrame, scalers: pd.DataFrame) -> np.ndarray:
    """Return the filled used features in raw units, customers x features as in `scalers`."""
    filled = [
        _filled(sample, row.feature, row.fill_value)
        for row in scalers[scalers["is_used"].astype(bool)].itertuples()
    ]
    return np.column_stack(filled) if filled else np.empty((len(sample), 0))


def _fit_one(sample, feature, transform, null_policy) -> dict:
    for word, known_words, what in (
        (transform, TRANSFORMS, "transform"),
        (null_policy, NULL_POLICIES, "null_policy"),
    ):
        if word not in known_words:
            raise ValueError(
                f"Feature {feature!r} has the {what} {word!r}; "
                f"it must be {' or '.join(known_words)}."
            )
    raw = _raw_values(sample, feature)
    known = raw[~np.isnan(raw)]
    fill_value = NULL_POLICIES[null_policy](known)
    values = _transformed(sample, feature, transform, fill_value)

    reason_left_out = None
    if not known.size:
        reason_left_out = "no known value"
    elif np.ptp(values) <= FLOAT_NOISE * np.abs(values).max():
        reason_left_out = "does not vary"
    return {
        "feature": feature,
        "transform": transform,
        "fill_value": fill_value,
        "minimum": known.min() if known.size else np.nan,
        "maximum": known.max() if known.size else np.nan,
        "mean": values.mean(),
        "standard_deviation": 0.0 if reason_left_out else values.std(),
        "weight": 1.0,
        "is_used": reason_left_out is None,
        "reason_left_out": reason_left_out,
    }


def _transformed(sample, feature, transform, fill_value) -> np.ndarray:
    raw = _raw_values(sample, feature)
    if transform == "log1p" and (too_low := int((raw <= -1).sum())):
        raise ValueError(
            f"Feature {feature!r} has {too_low} values of -1 or less, which log1p "
            "cannot take: correct them, or give the feature the transform identity."
        )
    return TRANSFORMS[transform](_filled(sample, feature, fill_value))


def _filled(sample, feature, fill_value) -> np.ndarray:
    raw = _raw_values(sample, feature)
    return np.where(np.isnan(raw), fill_value, raw)


def _raw_values(sample, feature) -> np.ndarray:
    if feature not in sample.columns:
        raise ValueError(
            f"Feature {feature!r} is in the catalogue but not in the training sample: "
            "add the column or take the feature out of the catalogue."
        )
    values = sample[feature].to_numpy(dtype=float, na_value=np.nan)
    if infinite := int(np.isinf(values).sum()):
        raise ValueError(
            f"Feature {feature!r} has {infinite} infinite values: make them null or correct them."
        )
    return values
