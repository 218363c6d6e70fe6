"""Turn customers into points: scaled features, weighted to components.

Both steps are one linear map, so dbt has them as one table. The functions that fit them and
apply them work on its two parts.
"""

import pandas as pd


def join_projection(scalers: pd.DataFrame, components: pd.DataFrame) -> pd.DataFrame:
    """Return one row per kept component and feature, with how the feature is scaled.

    `scalers` is the result of fit_feature_scalers, `components` that of
    fit_principal_components, whose `weight` becomes `component_weight`. A feature that takes
    no part in the fit has one row without a component. When nothing varies, the component has one
    row without a feature.
    """
    renamed = components.rename(columns={"weight": "component_weight"})
    joined = scalers.merge(renamed, how="outer", on="feature")
    return joined.astype({"component": "Int64", "is_used": "boolean"})


def split_projection(projection: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the scalers by feature, and the components by component and feature.

    They have the columns that fit_feature_scalers and fit_principal_components return, and the
    scalers also every further column that join_projection received.
    """
    component_columns = projection.columns[projection.columns.get_loc("component") :]
    scalers = (
        projection.dropna(subset="feature")
        .drop_duplicates("feature")
        .drop(columns=component_columns)
        .sort_values("feature", ignore_index=True)
        .astype({"is_used": bool, "category": "str"})
    )
    components = (
        projection.dropna(subset="component")[["feature", *component_columns]]
        .rename(columns={"component_weight": "weight"})
        .sort_values(["component", "feature"], ignore_index=True)
        .astype({"component": int})
    )
    return scalers, components
