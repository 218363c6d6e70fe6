"""The demo insurer at the defaults: planted types found, SQL scoring as scikit-learn's."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from conftest import PROJECT, Warehouse

DEMO = PROJECT / "data" / "demo"


def read_planted(file: str) -> pd.DataFrame:
    return pd.read_csv(DEMO / "answers" / file, dtype=str)


def assert_scored_as_scikit_learn_predicts(warehouse: Warehouse) -> None:
    """Fit scikit-learn's own pipeline on the sample and predict every customer with it."""
    scalers = warehouse.frame("select * from marts.feature_scalers where is_used order by feature")
    features, weights = scalers["feature"].tolist(), scalers["weight"].to_numpy()
    everyone = warehouse.frame("select * from features.customer_features order by customer_id")
    sample = warehouse.frame("select * from features.training_sample order by customer_id")
    components = warehouse.frame("select * from marts.component_weights").pivot(
        index="component", columns="feature", values="weight"
    )
    centroids = warehouse.frame("select * from marts.segment_centroids").pivot(
        index="segment_id", columns="component", values="coordinate"
    )
    segments = warehouse.frame("select * from marts.customer_segments order by customer_id")

    with threadpool_limits(1):
        pipeline = make_pipeline(
            SimpleImputer(strategy="median"),
            StandardScaler(),
            FunctionTransformer(lambda scaled: scaled * weights),
            PCA(n_components=len(components), svd_solver="full"),
        ).fit(sample[features])
        pca = pipeline[-1]
        signs = np.sign((pca.components_ * components[features].to_numpy()).sum(axis=1))
        np.testing.assert_allclose(
            pca.components_ * signs[:, None], components[features].to_numpy(), atol=1e-9
        )
        points = pipeline.transform(everyone[features]) * signs
        k_means = KMeans(len(centroids), init=centroids.to_numpy(), n_init=1, max_iter=1)
        k_means.fit(pipeline.transform(sample[features]) * signs)
        k_means.cluster_centers_ = np.ascontiguousarray(centroids.to_numpy())
        predicted = centroids.index.to_numpy()[k_means.predict(points)]
        distances = k_means.transform(points)
        nearest = np.argsort(distances, axis=1, kind="stable")
        second = centroids.index.to_numpy()[nearest[:, 1]]
        distances = np.take_along_axis(distances, nearest, axis=1)

    assert segments["customer_id"].tolist() == everyone["customer_id"].tolist()
    assert segments["segment_id"].tolist() == predicted.tolist()
    assert segments["second_segment_id"].tolist() == second.tolist()
    np.testing.assert_allclose(segments["distance_to_centroid"], distances[:, 0], atol=1e-8)
    np.testing.assert_allclose(segments["second_distance"], distances[:, 1], atol=1e-8)
    np.testing.assert_allclose(segments["component_1"], points[:, 0], atol=1e-8)


def test_segments_agree_with_the_planted_customer_types(demo):
    segments = demo.frame("select customer_id, segment_id from marts.customer_segments")
    both = segments.merge(read_planted("planted_customer_types.csv"), on="customer_id")
    assert len(both) == len(segments) == 3000
    agreement = adjusted_rand_score(both["customer_type"], both["segment_id"])
    print(f"\nadjusted Rand index with the planted types: {agreement:.3f}")
    assert agreement >= 0.8, f"adjusted Rand index {agreement:.3f}"


def test_rejected_rows_are_the_planted_defects(demo):
    planted = read_planted("planted_defects.csv").groupby("input").size().to_dict()
    rejected = dict(demo.rows("select input, rejected_rows from marts.input_row_counts"))
    assert rejected == planted


def test_every_customer_is_scored_as_scikit_learn_predicts(demo):
    assert_scored_as_scikit_learn_predicts(demo)


def test_customers_outside_the_training_sample_are_scored_alike(warehouse):
    warehouse.build("--vars", "{training_sample_size: 1000}", dossier=False)
    assert warehouse.rows("select count(*) from features.training_sample") == [(1000,)]
    assert warehouse.rows("select count(*) from marts.customer_segments") == [(3000,)]
    assert_scored_as_scikit_learn_predicts(warehouse)


def test_playbook_names_every_demo_segment(demo):
    assert demo.rows(
        "select count(*) from marts.segment_profiles where is_suggested_name or message is null"
    ) == [(0,)]


def test_no_direction_of_a_benefit_varies_more_than_one_of_another(demo):
    scalers = demo.frame("select * from marts.feature_scalers where is_used")
    customers = demo.frame("select * from features.customer_features order by customer_id")
    columns = scalers["feature"]
    filled = customers[columns].fillna(scalers.set_index("feature")["fill_value"])
    assert set(scalers["transform"]) == {"identity"}
    scaled = (filled - scalers["mean"].to_numpy()) / scalers["standard_deviation"].to_numpy()
    points = scaled * scalers["weight"].to_numpy()
    strongest = {}
    for benefit, features in scalers.groupby("benefit")["feature"]:
        centred = points[features] - points[features].mean()
        strongest[benefit] = np.linalg.svd(centred, compute_uv=False)[0] ** 2 / len(points)
    of_all = strongest.pop("all")
    assert of_all == pytest.approx(1)
    assert len(strongest) == 4
    np.testing.assert_allclose(list(strongest.values()), next(iter(strongest.values())))
    in_benefits = scalers.loc[scalers["benefit"] != "all", "weight"]
    assert (in_benefits**2).mean() == pytest.approx(1)


def test_every_table_and_column_carries_its_description_as_a_comment(demo):
    schemas = (
        "('staging', 'features', 'fit', 'scoring', 'profiles', 'marts', 'dossier', 'reference')"
    )
    undocumented = demo.rows(f"""
        select table_name from duckdb_tables()
        where schema_name in {schemas} and comment is null
        union all
        select view_name from duckdb_views()
        where schema_name in {schemas} and comment is null
        union all
        select table_name || '.' || column_name from duckdb_columns()
        where
            schema_name in {schemas} and comment is null
            -- What repeats the features, which are described once, in the catalogue.
            and (
                table_name not in (
                    'training_sample', 'int_segmented_customers', 'base_customer_numbers',
                    'stg_customer_numbers'
                )
                or column_name not in (select feature from features.feature_catalog)
            )
            -- As many columns as there are variants: a table describes them.
            and not (table_name = 'int_variant_assignments' and column_name != 'customer_id')
    """)
    assert undocumented == []


def test_the_summary_names_every_segment(demo, run_summary):
    printed = run_summary(demo)
    names = demo.rows("select segment_name from marts.segment_profiles")
    assert len(names) == 5
    for (name,) in names:
        assert name in printed
    assert "knee at 5" in printed
    assert "5 segments are reproducible" in printed
    assert "8 of 3,670 rows rejected" in printed
    assert str(demo.path) in printed


def test_a_missing_warehouse_is_said_plainly(warehouse, run_summary):
    assert "make segments" in run_summary(warehouse)


@pytest.mark.parametrize("mart", ["customer_segments", "segment_profiles", "rejected_rows"])
def test_marts_open_in_a_plain_duckdb_connection(demo, mart):
    with duckdb.connect(str(demo.path), read_only=True) as connection:
        assert connection.execute(f"select count(*) from marts.{mart}").fetchall()[0][0] > 0
