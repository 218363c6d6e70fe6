"""The same fit, done otherwise, against scikit-learn's own pipeline."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from benefit_segments.feature_scalers import balancing_factors, fit_feature_scalers
from benefit_segments.pipeline_variants import fit_pipeline_variants

FEATURES = ["a", "b", "c", "d"]
RANDOM = np.random.default_rng(0)
CENTRES = np.array([[0, 0, 0, 5], [60, 0, 8, 5], [0, 60, -8, 5]])
SEGMENTS = np.repeat([7, 3, 5], 70)
SAMPLE = pd.DataFrame(
    np.repeat(CENTRES, 70, axis=0) + RANDOM.normal(size=(210, 4)) * [4, 4, 1, 2], columns=FEATURES
)
SAMPLE.loc[3, "a"] = np.nan
CATALOG = pd.DataFrame({"feature": FEATURES, "transform": "identity", "null_policy": "median"})


def scalers_of(sample, benefits="loan") -> pd.DataFrame:
    """Return the scalers of the model, as the table fit_feature_scalers has them."""
    scalers = fit_feature_scalers(sample, CATALOG, benefit_weighting="none")
    return scalers.assign(benefit=benefits)


SCALERS = scalers_of(SAMPLE)


def variants_of(sample=SAMPLE, scalers=SCALERS, segments=SEGMENTS, **settings):
    settings = {
        "benefit_weighting": "none",
        "pca_components": 0.8,
        "restarts": 5,
        "seed": 1,
    } | settings
    return fit_pipeline_variants(sample, scalers, segments, **settings)


def transformed(transform: str, sample=SAMPLE) -> pd.DataFrame:
    """Return the filled and transformed values as the table of variants says."""
    filled = sample.fillna(SCALERS.set_index("feature")["fill_value"])
    if transform == "log1p":
        return np.sign(filled) * np.log1p(filled.abs())
    if transform == "winsorised":
        return filled.clip(filled.quantile(0.01), filled.quantile(0.99), axis="columns")
    return filled


def clusters_of(variant: pd.DataFrame) -> np.ndarray:
    """Score the sample as SQL does."""
    transform = variant["transform"].iloc[0]
    coefficients = variant.pivot(index="cluster", columns="feature", values="coefficient")
    intercepts = variant.groupby("cluster")["intercept"].first().to_numpy()
    scores = intercepts + transformed(transform).to_numpy() @ coefficients[FEATURES].to_numpy().T
    return coefficients.index.to_numpy()[scores.argmin(axis=1)]


def test_the_grid_is_complete():
    variants = variants_of()
    settings = variants[
        ["variant", "transform", "has_components", "segment_count", "random_seed"]
    ].drop_duplicates()
    assert len(settings) == settings["variant"].nunique() == 3 * 2 * 3 * 2
    assert len(settings.drop(columns="variant").drop_duplicates()) == 36
    assert sorted(settings["segment_count"].unique()) == [2, 3, 4]
    assert sorted(settings["random_seed"].unique()) == [1, 2]
    rows = variants.groupby("variant").size()
    assert (rows.to_numpy() == settings["segment_count"].to_numpy() * 4).all()


def test_scores_give_the_clusters_of_scikit_learn():
    for _, variant in variants_of().groupby("variant"):
        first = variant.iloc[0]
        points = StandardScaler().fit_transform(transformed(first["transform"]))
        if first["has_components"]:
            points = PCA(0.8).fit_transform(points)
        expected = KMeans(first["segment_count"], n_init=50, random_state=0).fit(points)
        clusters = clusters_of(variant)
        agreement = adjusted_rand_score(expected.labels_, clusters)
        if first["segment_count"] == 3:
            assert agreement == 1, first
        else:  # two of three blobs to join, or one to cut: near ties, so compare the WCSS
            means = pd.DataFrame(points).groupby(clusters).transform("mean")
            assert ((points - means) ** 2).to_numpy().sum() <= expected.inertia_ * 1.001, first


def test_bounds_are_percentiles_for_winsorised_values_only():
    variants = variants_of()
    filled = transformed("identity")
    is_winsorised = variants["transform"] == "winsorised"
    assert variants.loc[~is_winsorised, ["lower_bound", "upper_bound"]].isna().all(axis=None)
    for feature, rows in variants[is_winsorised].groupby("feature"):
        assert rows["lower_bound"].unique() == pytest.approx([filled[feature].quantile(0.01)])
        assert rows["upper_bound"].unique() == pytest.approx([filled[feature].quantile(0.99)])


def test_every_feature_carries_the_fill_value_of_the_model():
    assert (SCALERS["fill_value"] != 0).all()
    fill_values = variants_of().groupby("feature")["fill_value"].unique().map(list)
    assert fill_values.to_dict() == {row.feature: [row.fill_value] for row in SCALERS.itertuples()}


def test_clusters_are_matched_one_to_one_with_the_segments():
    for _, variant in variants_of().groupby("variant"):
        matched = variant.groupby("cluster")["segment_id"].first()
        count = len(matched)
        assert matched.notna().sum() == min(count, 3)
        assert matched.dropna().is_unique
        assert set(matched.dropna()) <= {3, 5, 7}
        clusters = clusters_of(variant)
        stay = (matched[clusters].to_numpy() == SEGMENTS).sum()
        numbers = [3, 5, 7] + [None] * (count - 3)
        assert stay == max(
            sum(((clusters == cluster) & (number == SEGMENTS)).sum() for cluster, number in pairs)
            for order in permutations(numbers, count)
            for pairs in [zip(matched.index, order, strict=True)]
        )
        if count == 3 and variant["transform"].iloc[0] != "log1p":
            assert stay == len(SEGMENTS)


def test_a_segment_without_a_cluster_joins_the_one_that_holds_most_of_it():
    for _, variant in variants_of().groupby("variant"):
        by_cluster = variant.groupby("cluster")[["segment_id", "joined_segment_id"]].first()
        joined = by_cluster["joined_segment_id"].dropna()
        if len(by_cluster) >= 3:
            assert len(joined) == 0
            continue
        ((cluster, segment),) = joined.items()
        assert {segment, *by_cluster["segment_id"]} == {3, 5, 7}
        together = pd.Series(clusters_of(variant)[segment == SEGMENTS]).value_counts()
        assert together.idxmax() == cluster


def test_weights_of_benefits_are_those_of_the_variant():
    benefits = np.array(["loan", "loan", "loan", "card"])
    variants = variants_of(scalers=scalers_of(SAMPLE, benefits), benefit_weighting="balanced")
    is_same = (variants["segment_count"] == 3) & (variants["random_seed"] == 1)
    for _, variant in variants[is_same & ~variants["has_components"]].groupby("variant"):
        points = StandardScaler().fit_transform(transformed(variant["transform"].iloc[0]))
        weighted = points * balancing_factors(points, benefits)
        means = pd.DataFrame(weighted).groupby(clusters_of(variant)).transform("mean")
        expected = KMeans(3, n_init=50, random_state=0).fit(weighted)
        assert ((weighted - means) ** 2).to_numpy().sum() == pytest.approx(expected.inertia_)


@pytest.mark.filterwarnings("error")
def test_a_feature_that_winsorising_makes_constant_has_no_say():
    sample = SAMPLE.assign(d=0.0)
    sample.loc[0, "d"] = 1.0
    scalers = scalers_of(sample)
    variants = variants_of(sample, scalers)
    of_rare = variants[variants["feature"] == "d"]
    is_winsorised = of_rare["transform"] == "winsorised"
    assert (of_rare.loc[is_winsorised, "coefficient"] == 0).all()
    assert (of_rare.loc[~is_winsorised, "coefficient"] != 0).any()


def test_one_segment_has_no_variants():
    variants = variants_of(segments=np.ones(len(SAMPLE), dtype=int))
    assert len(variants) == 0
    assert variants.columns.tolist() == variants_of().columns.tolist()


def test_two_segments_are_never_joined():
    variants = variants_of(segments=np.where(SEGMENTS == 7, 1, 2))
    assert sorted(variants["segment_count"].unique()) == [2, 3]


def test_fewer_distinct_customers_than_segments_are_left_out():
    sample = SAMPLE.iloc[[0, 80, 150] * 5].reset_index(drop=True)
    scalers = scalers_of(sample)
    variants = variants_of(sample, scalers, segments=np.array([1, 2, 3] * 5))
    assert sorted(variants["segment_count"].unique()) == [2, 3]


def test_the_same_seed_gives_the_same_rows():
    pd.testing.assert_frame_equal(variants_of(), variants_of(), check_exact=True)


def test_every_pipeline_is_reported_and_nothing_is_changed():
    sample, scalers, reports = SAMPLE.copy(), SCALERS.copy(), []
    variants_of(sample, scalers, report=reports.append)
    assert reports[-1] == "12 of 12 fitted"
    pd.testing.assert_frame_equal(sample, SAMPLE)
    pd.testing.assert_frame_equal(scalers, SCALERS)
