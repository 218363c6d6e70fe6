"""Scale each feature so that k-means can compare it with the others.

A feature is filled, limited, transformed, centred and divided by its standard deviation.
A feature that is unknown or constant in the training sample is left out, with the reason.
A category becomes one feature per value, an indicator that is 1 for the customers who have it.
"""

import numpy as np
import pandas as pd

TRANSFORMS = ("identity", "log1p", "clipped", "clipped_log1p")
NULL_POLICIES = {
    "zero": lambda known: 0.0,
    "median": lambda known: float(np.median(known)) if known.size else 0.0,
}
BENEFIT_WEIGHTINGS = ("balanced", "none")
WHOLE_RELATIONSHIP = "all"

# Each indicator is a dimension of the fit; more of them describe customers one by one.
MOST_CATEGORIES = 20

# Values beyond the outer fences of Tukey (1977) are limited: this many interquartile ranges below
# the first and above the third quartile. Where the quartiles are equal, there are no fences, and
# the limits are these percentiles.
OUTER_FENCE = 3
EXTREME_TAILS = (0.005, 0.995)

# A feature varies when its values differ by more than this share of their size: far above the
# rounding of a sum, far below any meaningful difference.
FLOAT_NOISE = 1e-12


def fit_feature_scalers(
    sample: pd.DataFrame, catalog: pd.DataFrame, *, benefit_weighting: str
) -> pd.DataFrame:
    """Return limits, fill value, range, scale, weight and use of each feature of the model.

    `sample` has one row per customer and a column per clustering feature, NaN where unknown;
    a category is text. `catalog` has one row per clustering feature: feature, benefit, transform
    (one of TRANSFORMS) and null_policy ('zero' or 'median'); where not everything is usual also
    unit ('category' for text), weight and benefit_weight (above 0, 1 without the column).
    `benefit_weighting` is 'none' (every feature counts as its weights say) or 'balanced' (benefits
    first count alike, see `balancing_factors`).

    The result has the features of `catalog`, in its order. A category has one row per value, named
    like 'region = north', with the unit flag; `column_name` is its column of the sample and
    `category` the value, missing for numbers. `lower_limit` and `upper_limit` (NaN without any,
    see `robust_limits`), `fill_value`, `minimum` and `maximum` of the known values (NaN without
    any) are in raw units; `mean` and `standard_deviation` (population) describe the filled, limited
    and transformed values. `weight` multiplies the z-score: it is `feature_weight` (that of the
    catalogue, for an indicator times its share in the category, see `indicator_weights`), times the
    factor that balances its benefit, times `benefit_weight`. A feature that is not used has a
    reason.

    Raises ValueError for an empty sample or catalogue, a feature that is not in the
    sample, an unknown transform, null policy or weighting, a weight that is not above 0, values
    that cannot be transformed, and a category of more than MOST_CATEGORIES values.
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
    for name in catalog.columns.intersection(["weight", "benefit_weight"]):
        wrong = catalog.loc[~(catalog[name].gt(0) & np.isfinite(catalog[name])), "feature"]
        if len(wrong):
            raise ValueError(f"Feature {wrong.iloc[0]!r} has a {name} that is not above 0.")
    expanded = _with_indicators(sample, catalog)
    fitted = pd.DataFrame([_fit_one(sample, row) for row in expanded.itertuples()])
    scalers = pd.concat([expanded.drop(columns="null_policy"), fitted], axis="columns")
    used = scalers["is_used"].to_numpy()
    for _, block in scalers[used & scalers["category"].notna()].groupby("column_name"):
        scalers.loc[block.index, "feature_weight"] *= indicator_weights(block)
    scalers["weight"] = scalers["feature_weight"]
    if benefit_weighting == "balanced":
        benefits = scalers["benefit"].to_numpy()[used]
        weights = scalers.loc[used, "feature_weight"].to_numpy()
        scaled = scale_features(sample, scalers)
        scalers.loc[used, "weight"] *= balancing_factors(scaled, benefits, weights)
    scalers["weight"] *= scalers["benefit_weight"]
    return scalers.astype({"category": "str", "reason_left_out": "str"})


def indicator_weights(indicators: pd.DataFrame) -> np.ndarray:
    """Return a weight per used indicator of one category, so that the category counts once.

    `indicators` has mean and standard_deviation of each. As in multiple correspondence analysis and
    in factor analysis of mixed data (Pagès 2004), an indicator is divided by the square root of its
    share of the customers, its mean. The weights are then multiplied by one number, so that the
    variances of all indicators add up to 1, like that of any other feature: whoever differs in a
    category is on average as far apart as in a number. A category of two values counts exactly like
    a flag.
    """
    deviations = indicators["standard_deviation"].to_numpy(dtype=float)
    weights = deviations / np.sqrt(indicators["mean"].to_numpy(dtype=float))
    return weights / np.sqrt((weights**2).sum())


def balancing_factors(
    scaled: np.ndarray, benefits: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return a factor per feature, so that no benefit counts more because it has more features.

    `scaled` is customers x features, already times the weights of the features; `benefits` names
    the benefit of each feature and `weights` its weight (1 by default). As in
    multiple factor analysis (Escofier and Pagès 1994), each benefit is divided by the
    standard deviation along its first principal component, so that no direction within
    one benefit varies more than any within another. The factors are then multiplied by
    one number, so that the total variance stays what it was; with one benefit all are 1. Features
    of 'all' describe the relationship as a whole, belong to no benefit and keep the factor 1.
    """
    weights = np.ones(len(benefits)) if weights is None else weights
    factors = np.ones(len(benefits))
    of_one_benefit = benefits != WHOLE_RELATIONSHIP
    for benefit in np.unique(benefits[of_one_benefit]):
        block = benefits == benefit
        covariance = np.atleast_2d(np.cov(scaled[:, block], rowvar=False, ddof=0))
        factors[block] = 1 / np.sqrt(np.linalg.eigvalsh(covariance)[-1])
    if len(np.unique(benefits[of_one_benefit])) < 2:
        return np.ones(len(benefits))
    before = weights[of_one_benefit] ** 2
    after = (weights * factors)[of_one_benefit] ** 2
    factors[of_one_benefit] /= np.sqrt(after.sum() / before.sum())
    return factors


def robust_limits(known: np.ndarray, *, is_logarithm: bool) -> tuple[float, float]:
    """Return the lower and upper limit beyond which the known values, in raw units, are extreme.

    The outer fences of the values that are not 0, on the scale of log1p if `is_logarithm`. Zeros
    are left out, because an amount that most customers do not have has only zeros as quartiles;
    0 itself is never beyond a limit. NaN when all values are 0 or none is known.
    """
    active = known[known != 0]
    if not active.size:
        return np.nan, np.nan
    values = np.log1p(active) if is_logarithm else active
    first, third = np.quantile(values, [0.25, 0.75])
    reach = OUTER_FENCE * (third - first)
    lower, upper = first - reach, third + reach
    if third - first <= FLOAT_NOISE * np.abs(values).max():
        # The customer nearer to the middle, so that a single extreme is no limit of its own.
        lower = np.quantile(values, EXTREME_TAILS[0], method="higher")
        upper = np.quantile(values, EXTREME_TAILS[1], method="lower")
    if is_logarithm:
        lower, upper = np.expm1(lower), np.expm1(upper)
    return min(float(lower), 0.0), max(float(upper), 0.0)


def scale_features(sample: pd.DataFrame, scalers: pd.DataFrame) -> np.ndarray:
    """Return the scaled used features, customers x features in the order of `scalers`.

    Units are standard deviations of the transformed feature, times its weight. Every number depends
    only on its customer, so equal customers stay bit-identical.
    """
    scaled = [
        (_transformed(sample, row, row) - row.mean) / row.standard_deviation * row.weight
        for row in scalers[scalers["is_used"].astype(bool)].itertuples()
    ]
    return np.column_stack(scaled) if scaled else np.empty((len(sample), 0))


def fill_features(sample: pd.DataFrame, scalers: pd.DataFrame) -> np.ndarray:
    """Return the filled used features in raw units, customers x features as in `scalers`."""
    filled = [
        _filled(sample, row, row.fill_value)
        for row in scalers[scalers["is_used"].astype(bool)].itertuples()
    ]
    return np.column_stack(filled) if filled else np.empty((len(sample), 0))


def _with_indicators(sample, catalog) -> pd.DataFrame:
    rows = []
    for row in catalog.itertuples():
        entry = {
            "feature": row.feature,
            "column_name": row.feature,
            "category": None,
            "benefit": getattr(row, "benefit", WHOLE_RELATIONSHIP),
            "label": getattr(row, "label", row.feature),
            "unit": getattr(row, "unit", None),
            "transform": row.transform,
            "null_policy": row.null_policy,
            "feature_weight": float(getattr(row, "weight", 1.0)),
            "benefit_weight": float(getattr(row, "benefit_weight", 1.0)),
        }
        categories = []
        if entry["unit"] == "category":
            categories = sorted(_column(sample, row.feature).dropna().unique())
        if len(categories) > MOST_CATEGORIES:
            raise ValueError(
                f"Feature {row.feature!r} has {len(categories)} values in the training sample; a "
                f"category takes part in the clustering with at most {MOST_CATEGORIES}: combine "
                "rare values, or give the feature the role profiling."
            )
        rows += [
            entry
            | {
                "feature": f"{row.feature} = {category}",
                "category": category,
                "label": f"{entry['label']} = {category}",
                "unit": "flag",
            }
            for category in categories
        ] or [entry]
    return pd.DataFrame(rows)


def _fit_one(sample, row) -> dict:
    for word, known_words, what in (
        (row.transform, TRANSFORMS, "transform"),
        (row.null_policy, NULL_POLICIES, "null_policy"),
    ):
        if word not in known_words:
            raise ValueError(
                f"Feature {row.feature!r} has the {what} {word!r}; "
                f"it must be {' or '.join(known_words)}."
            )
    raw = _raw_values(sample, row)
    if row.transform.endswith("log1p") and (too_low := int((raw <= -1).sum())):
        raise ValueError(
            f"Feature {row.feature!r} has {too_low} values of -1 or less, which log1p "
            "cannot take: correct them, or give the feature the transform identity or clipped."
        )
    known = raw[~np.isnan(raw)]
    fitted = {
        "lower_limit": np.nan,
        "upper_limit": np.nan,
        "fill_value": NULL_POLICIES[row.null_policy](known),
        "minimum": known.min() if known.size else np.nan,
        "maximum": known.max() if known.size else np.nan,
    }
    if row.transform.startswith("clipped"):
        limits = robust_limits(known, is_logarithm=row.transform.endswith("log1p"))
        fitted["lower_limit"], fitted["upper_limit"] = limits
    values = _transformed(sample, row, pd.Series(fitted))

    reason_left_out = None
    if not known.size:
        reason_left_out = "no known value"
    elif np.ptp(values) <= FLOAT_NOISE * np.abs(values).max():
        reason_left_out = "does not vary"
    return fitted | {
        "mean": values.mean(),
        "standard_deviation": 0.0 if reason_left_out else values.std(),
        "is_used": reason_left_out is None,
        "reason_left_out": reason_left_out,
    }


def _transformed(sample, row, fitted) -> np.ndarray:
    values = _filled(sample, row, fitted.fill_value)
    # These leave a value as it is where the limit is NaN.
    values = np.fmin(np.fmax(values, fitted.lower_limit), fitted.upper_limit)
    return np.log1p(values) if row.transform.endswith("log1p") else values


def _filled(sample, row, fill_value) -> np.ndarray:
    raw = _raw_values(sample, row)
    return np.where(np.isnan(raw), fill_value, raw)


def _raw_values(sample, row) -> np.ndarray:
    column = _column(sample, row.column_name)
    if pd.notna(row.category):
        return np.where(column.isna(), np.nan, column == row.category)
    values = column.to_numpy(dtype=float, na_value=np.nan)
    if infinite := int(np.isinf(values).sum()):
        raise ValueError(
            f"Feature {row.feature!r} has {infinite} infinite values: "
            "make them null or correct them."
        )
    return values


def _column(sample, feature) -> pd.Series:
    if feature not in sample.columns:
        raise ValueError(
            f"Feature {feature!r} is in the catalogue but not in the training sample: "
            "add the column or take the feature out of the catalogue."
        )
    return sample[feature]
