"""The whole fit, step after step as the dbt Python models call it."""

import inspect
import os
import pkgutil
from importlib import import_module
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import benefit_segments
from benefit_segments.feature_scalers import fit_feature_scalers, scale_features
from benefit_segments.principal_components import fit_principal_components, project
from benefit_segments.segment_counts import (
    choose_segment_count,
    fit_candidate_centroids,
    score_wcss_curve,
)
from benefit_segments.segment_numbers import number_segments
from benefit_segments.segment_stability import bootstrap_stability

FEATURES = [f"feature_{number}" for number in range(8)]


def customers_of(size=200, seed=0):
    """Return three groups in eight related features, a tenth of the values unknown."""
    random = np.random.default_rng(seed)
    centres = np.repeat(random.normal(size=(3, 8)) * 15, size, axis=0)
    values = centres + random.normal(size=centres.shape) @ random.normal(size=(8, 8))
    values[random.uniform(size=values.shape) < 0.1] = np.nan
    customers = pd.DataFrame(values, columns=FEATURES)
    return customers.assign(customer_id=[f"{row:05}" for row in range(3 * size)])


def fitted(customers, segment_count="auto", features=FEATURES):
    """Return the table of every step by name, and the points."""
    customers = customers.sort_values("customer_id")
    catalog = pd.DataFrame({"feature": features, "transform": "identity", "null_policy": "median"})
    scalers = fit_feature_scalers(customers, catalog, benefit_weighting="none")
    scaled = scale_features(customers, scalers)
    used = scalers.loc[scalers["is_used"], "feature"].tolist()
    components = fit_principal_components(scaled, used, kept=0.8)
    points = project(scaled, components)
    candidates = fit_candidate_centroids(points, max_segments=6, restarts=5, seed=42)
    scores = choose_segment_count(
        score_wcss_curve(candidates), segment_count=segment_count, segment_count_reason=""
    )
    count = scores.loc[scores["is_chosen"], "segment_count"].item()
    chosen = candidates[candidates["segment_count"] == count]
    segments = number_segments(chosen, scalers, components, standing=None)
    in_components = segments[segments["space"] == "component"]
    centroids = in_components["coordinate"].to_numpy().reshape(count, -1)
    stability = bootstrap_stability(points, {count: centroids}, refits=3, restarts=2, seed=42)
    return {
        "scalers": scalers,
        "components": components,
        "candidates": candidates,
        "scores": scores,
        "segments": segments,
        "stability": stability,
        "points": pd.DataFrame(points),
    }


def assert_same_bits(one, other):
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, other[name], check_exact=True, obj=name)


def segments_of(result):
    """Return the position of the nearest centroid for every customer."""
    rows = result["segments"].query("space == 'component'")
    wide = rows.assign(axis=rows["axis"].astype(int)).pivot(
        index="segment_id", columns="axis", values="coordinate"
    )
    points = result["points"].to_numpy()[:, np.newaxis]
    return ((points - wide.to_numpy()) ** 2).sum(axis=2).argmin(axis=1)


@pytest.mark.parametrize("seed", range(3))
def test_equals_the_pipeline_of_scikit_learn(seed):
    customers = customers_of(seed=seed)
    result = fitted(customers, segment_count=3)
    expected = make_pipeline(
        SimpleImputer(strategy="median"),
        StandardScaler(),
        PCA(n_components=0.8, svd_solver="full"),
        KMeans(3, n_init=10, random_state=0, tol=1e-8),
    )
    with threadpool_limits(1):
        expected.fit(customers[FEATURES])

    expected_points = np.abs(expected[:-1].transform(customers[FEATURES]))
    assert np.abs(result["points"].to_numpy()) == pytest.approx(expected_points)
    pairs = set(zip(segments_of(result), expected[-1].labels_, strict=True))
    assert len(pairs) == 3  # each of our segments is one of theirs
    wcss = result["scores"].set_index("segment_count")["wcss"][3]
    assert wcss == pytest.approx(expected[-1].inertia_, rel=1e-9)


def test_row_order_does_not_change_a_bit():
    customers = customers_of()
    shuffled = customers.sample(frac=1, random_state=1)
    assert_same_bits(fitted(customers), fitted(shuffled))


def test_workers_and_threads_do_not_change_a_bit(monkeypatch):
    results = []
    for threads in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        with threadpool_limits(threads):
            results.append(fitted(customers_of()))
    assert_same_bits(*results)


def test_features_that_say_nothing_do_not_change_the_segments():
    customers = customers_of()
    padded = customers.assign(flat=0.1, unknown=np.nan)
    result = fitted(padded, features=["flat", *FEATURES, "unknown"])
    expected = fitted(customers)
    reasons = result["scalers"].set_index("feature")["reason_left_out"].dropna()
    assert reasons.to_dict() == {"flat": "does not vary", "unknown": "no known value"}
    pd.testing.assert_frame_equal(result["segments"], expected["segments"])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "customers",
    [
        customers_of().iloc[:1],
        customers_of().iloc[[7] * 30].assign(customer_id=[str(n) for n in range(30)]),
        customers_of().assign(**{feature: np.nan for feature in FEATURES}),
    ],
    ids=["one customer", "all equal", "all unknown"],
)
def test_customers_who_are_all_alike_are_segment_1(customers):
    result = fitted(customers)
    assert not result["scalers"]["is_used"].any()
    assert result["segments"].to_numpy().tolist() == [[1, "component", "1", 0.0]]
    assert result["scores"]["reason"].str.startswith("All customers").all()
    assert result["stability"]["jaccard_stability"].tolist() == [1]


@pytest.mark.filterwarnings("error")
def test_fewer_customers_than_segments():
    result = fitted(customers_of().iloc[[0, 200, 400]], segment_count=3)
    assert result["scores"]["segment_count"].tolist() == [1, 2, 3]
    assert sorted(segments_of(result)) == [0, 1, 2]
    with pytest.raises(ValueError, match="only 3 distinct customers"):
        fitted(customers_of().iloc[[0, 200, 400]], segment_count=4)


def test_three_groups_are_found_and_stable():
    result = fitted(customers_of(seed=3))
    assert result["scores"].query("is_knee")["segment_count"].tolist() == [3]
    groups = np.repeat([0, 1, 2], 200)
    assert len(set(zip(segments_of(result), groups, strict=True))) == 3
    assert (result["stability"]["jaccard_stability"] > 0.99).all()


def test_no_function_takes_two_whole_numbers_by_position():
    checked = 0
    for module in pkgutil.iter_modules(benefit_segments.__path__, "benefit_segments."):
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if function.__module__ != module.name or name.startswith("_"):
                continue
            numbers = [
                parameter.name
                for parameter in inspect.signature(function).parameters.values()
                if parameter.kind is not parameter.KEYWORD_ONLY
                and int in (parameter.annotation, *get_args(parameter.annotation))
            ]
            assert len(numbers) < 2, (name, numbers)
            checked += 1
    assert checked > 20
