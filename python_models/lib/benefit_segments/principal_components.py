"""The few directions along which customers differ most (principal component analysis).

Jolliffe (2002), Principal Component Analysis. The fit takes the eigenvectors of the
covariance matrix (features x features): on 100,000 customers this is many times
cheaper than decomposing the sample itself, needs no copy of it, and uses no random
numbers. Its rounding affects only components with almost no variance.
"""

from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

# Two weights, or a share and its threshold, are equal when they differ by less than this.
TIE = 1e-9


def fit_principal_components(
    scaled: np.ndarray, features: list[str], *, kept: float | int
) -> pd.DataFrame:
    """Return one row per kept component and feature.

    `scaled` is customers x features, `features` names its columns. `kept` is a share
    below 1 (the fewest components that explain at least this share of the variance) or
    a number of components.

    `weight` is the coefficient of the eigenvector. The largest one of a component by
    absolute value is positive (the first of equals decides), so signs do not flip
    between fits. `eigenvalue` is the variance with n - 1, as in scikit-learn. `loading`
    is weight * sqrt(eigenvalue) / population standard deviation of the feature: its
    correlation with the component times sqrt(n / (n - 1)), not clipped.

    When nothing varies, the result is a single row: component 1, no feature, all numbers 0.
    `project` then puts every customer at 0, so SQL needs no special case.

    Raises ValueError when `kept` is neither, or more components than there are.
    """
    is_share = isinstance(kept, Real) and 0 < kept < 1
    if not is_share and not (isinstance(kept, Integral) and kept >= 1):
        raise ValueError(
            f"The number of components to keep is {kept!r}; it must be a share "
            "between 0 and 1 or a whole number of at least 1."
        )
    if scaled.shape[1] == 0 or not np.ptp(scaled, axis=0).any():
        nothing = np.zeros((1, 1))
        return _long([None], nothing, nothing, nothing[0], nothing[0])

    with threadpool_limits(1):  # a sum split over threads has different last digits
        fit = PCA(svd_solver="covariance_eigh").fit(scaled)
    shares = fit.explained_variance_ratio_
    if is_share:
        kept = int(np.argmax(shares.cumsum() >= kept - TIE)) + 1
    if kept > len(shares):
        raise ValueError(
            f"{kept} components were asked for, but {len(scaled)} customers and "
            f"{scaled.shape[1]} features have only {len(shares)}."
        )
    weights = fit.components_[:kept]
    sizes = np.abs(weights)
    decisive = np.argmax(sizes >= sizes.max(axis=1, keepdims=True) * (1 - TIE), axis=1)
    weights = weights * np.sign(weights[np.arange(kept), decisive])[:, np.newaxis]
    eigenvalues = fit.explained_variance_[:kept]
    loadings = weights * np.sqrt(eigenvalues)[:, np.newaxis] / scaled.std(axis=0)
    return _long(features, weights, loadings, eigenvalues, shares[:kept])


def project(scaled: np.ndarray, components: pd.DataFrame) -> np.ndarray:
    """Return the customers' coordinates, customers x components.

    The columns of `scaled` are the features in the order in which `components` first
    names them. The sum is taken feature by feature rather than by a matrix product, so equal
    customers get bit-identical coordinates at any place in the sample.

    Raises ValueError when the number of features differs.
    """
    weights = component_weights(components)
    if weights.shape[1] not in (0, scaled.shape[1]):
        raise ValueError(
            f"The components weigh {weights.shape[1]} features, "
            f"but the customers have {scaled.shape[1]}."
        )
    points = np.zeros((len(scaled), len(weights)))
    for values, feature_weights in zip(scaled.T, weights.to_numpy().T, strict=False):
        points += np.outer(values, feature_weights)
    return points


def without_components(scaled: np.ndarray) -> np.ndarray:
    """Return the scaled features themselves as coordinates, customers x features.

    When no feature is used, every customer is at 0, as in `project`.
    """
    return scaled if scaled.shape[1] else np.zeros((len(scaled), 1))


def component_weights(components: pd.DataFrame) -> pd.DataFrame:
    """Return the weights with components as rows and features as columns."""
    wide = components.pivot(index="component", columns="feature", values="weight")
    return wide.reindex(columns=components["feature"].dropna().unique())


def _long(features, weights, loadings, eigenvalues, shares) -> pd.DataFrame:
    count, width = weights.shape
    return pd.DataFrame(
        {
            "component": np.repeat(np.arange(1, count + 1), width),
            "feature": pd.Series(list(features) * count, dtype="str"),
            "weight": weights.ravel(),
            "loading": loadings.ravel(),
            "eigenvalue": np.repeat(eigenvalues, width),
            "explained_variance_ratio": np.repeat(shares, width),
            "cumulative_explained_variance_ratio": np.repeat(shares.cumsum(), width),
        }
    )
