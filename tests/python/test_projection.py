"""One table for scalers and components, and back."""

import duckdb
import numpy as np
import pandas as pd

from benefit_segments.feature_scalers import fit_feature_scalers, scale_features
from benefit_segments.principal_components import fit_principal_components, project
from benefit_segments.projection import join_projection, split_projection

CATALOG = pd.DataFrame(
    {
        "feature": ["visits", "balance", "constant"],
        "benefit": "card",
        "transform": ["identity", "log1p", "identity"],
        "null_policy": ["zero", "median", "zero"],
    }
)
SAMPLE = pd.DataFrame(
    {"visits": [1.0, 2.0, None, 7.0], "balance": [0.0, 10.0, 20.0, None], "constant": 1.0}
)


def fit(sample: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return scalers by feature and components, as the model fit_projection fits them."""
    scalers = fit_feature_scalers(sample, CATALOG, benefit_weighting="none")
    scalers = scalers.sort_values("feature", ignore_index=True)
    used = scalers.loc[scalers["is_used"], "feature"].tolist()
    return scalers, fit_principal_components(scale_features(sample, scalers), used, kept=0.99)


def through_duckdb(projection: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as the next model reads them, in an order of their own."""
    with duckdb.connect() as connection:
        connection.register("projection", projection)
        return connection.execute("from projection order by hash(feature), component desc").df()


def test_the_parts_come_back_to_the_bit():
    scalers, components = fit(SAMPLE)
    projection = join_projection(scalers, components)
    assert len(projection) == len(components) + 1
    left_out = projection[projection["component"].isna()]
    assert left_out["feature"].tolist() == ["constant"]

    scalers_again, components_again = split_projection(through_duckdb(projection))
    pd.testing.assert_frame_equal(scalers_again, scalers, check_dtype=False, rtol=0, atol=0)
    columns = components.columns
    pd.testing.assert_frame_equal(
        components_again[columns], components, check_dtype=False, rtol=0, atol=0
    )
    points, points_again = (
        project(scale_features(SAMPLE, scale), weigh)
        for scale, weigh in ((scalers, components), (scalers_again, components_again))
    )
    np.testing.assert_array_equal(points, points_again)


def test_where_nothing_varies_there_is_one_component_without_a_feature():
    alike = SAMPLE.assign(visits=1.0, balance=2.0)
    projection = through_duckdb(join_projection(*fit(alike)))
    assert projection["component"].notna().sum() == 1
    scalers, components = split_projection(projection)
    assert scalers["feature"].tolist() == ["balance", "constant", "visits"]
    assert not scalers["is_used"].any()
    assert project(scale_features(alike, scalers), components).tolist() == [[0.0]] * 4
