"""Principal components: how many, which signs, which coordinates."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_info, threadpool_limits

from benefit_segments import principal_components
from benefit_segments.principal_components import fit_principal_components, project

COLUMNS = [
    "component",
    "feature",
    "weight",
    "loading",
    "eigenvalue",
    "explained_variance_ratio",
    "cumulative_explained_variance_ratio",
]


def standardised(values):
    return (values - values.mean(axis=0)) / values.std(axis=0)


def sample_of(customers=400, features=6, seed=0):
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(features, features))
    return standardised(random.normal(size=(customers, features)) @ mixing)


SCALED = sample_of()
FEATURES = [f"feature_{letter}" for letter in "fedcba"]


def test_one_row_per_kept_component_and_feature():
    components = fit_principal_components(SCALED, FEATURES, kept=2)
    assert components.columns.tolist() == COLUMNS
    assert components["component"].tolist() == [1] * 6 + [2] * 6
    assert components["feature"].tolist() == FEATURES * 2


def test_figures_are_those_of_scikit_learn():
    components = fit_principal_components(SCALED, FEATURES, kept=6)
    expected = PCA(svd_solver="full").fit(SCALED)
    first = components.drop_duplicates("component")
    weights = components["weight"].to_numpy().reshape(6, 6)
    assert np.abs(weights) == pytest.approx(np.abs(expected.components_))
    assert first["eigenvalue"].to_numpy() == pytest.approx(expected.explained_variance_)
    shares = first["explained_variance_ratio"].to_numpy()
    assert shares == pytest.approx(expected.explained_variance_ratio_)
    cumulative = first["cumulative_explained_variance_ratio"].to_numpy()
    assert cumulative == pytest.approx(shares.cumsum())
    assert cumulative[-1] == pytest.approx(1)


def test_a_loading_is_the_correlation_of_feature_and_component():
    scaled = SCALED * [1, 2, 1, 1, 0.5, 1]
    components = fit_principal_components(scaled, FEATURES, kept=3)
    points = project(scaled, components)
    correlations = np.corrcoef(scaled.T, points.T)[:6, 6:].T
    loadings = components["loading"].to_numpy().reshape(3, 6)
    assert loadings * np.sqrt(399 / 400) == pytest.approx(correlations)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.999])
def test_a_share_keeps_the_fewest_components_that_reach_it(share):
    components = fit_principal_components(SCALED, FEATURES, kept=share)
    cumulative = components["cumulative_explained_variance_ratio"].unique()
    assert cumulative[-1] >= share
    assert (cumulative[:-1] < share).all()


def test_a_share_reached_exactly_needs_no_further_component():
    # Four features with nothing in common explain a quarter each.
    scaled = np.array(np.meshgrid(*[[-1.0, 1.0]] * 4)).reshape(4, -1).T
    assert fit_principal_components(scaled, list("abcd"), kept=0.5)["component"].max() == 2
    assert fit_principal_components(scaled, list("abcd"), kept=0.51)["component"].max() == 3


@pytest.mark.parametrize("seed", range(10))
def test_the_largest_weight_of_every_component_is_positive(seed):
    components = fit_principal_components(sample_of(seed=seed), FEATURES, kept=6)
    for _, weights in components.groupby("component")["weight"]:
        assert weights[weights.abs().idxmax()] > 0


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("noise", [0, 1e-12])
def test_of_equally_large_weights_the_first_feature_is_positive(sign, noise):
    # Two opposite features weigh the same: +/- sqrt(1/2).
    value = sign * np.array([-2.0, -1, 0, 1, 2])
    scaled = np.column_stack([value * (1 - noise), -value])
    components = fit_principal_components(scaled, ["a", "b"], kept=1)
    assert components["weight"].tolist() == pytest.approx([0.5**0.5, -(0.5**0.5)])


def test_coordinates_are_those_of_scikit_learn():
    components = fit_principal_components(SCALED, FEATURES, kept=4)
    points = project(SCALED, components)
    expected = PCA(4, svd_solver="full").fit_transform(SCALED)
    assert points.shape == (400, 4)
    assert np.abs(points) == pytest.approx(np.abs(expected))
    assert points.var(axis=0, ddof=1) == pytest.approx(components["eigenvalue"].unique())


def test_a_table_read_back_in_another_row_order_gives_the_same_coordinates():
    components = fit_principal_components(SCALED, FEATURES, kept=2)
    first, second = (components[components["component"] == one] for one in (1, 2))
    shuffled = pd.concat([first, second.iloc[::-1]])
    assert (project(SCALED, shuffled) == project(SCALED, components)).all()


def test_equal_customers_have_equal_coordinates_to_the_bit():
    components = fit_principal_components(SCALED, FEATURES, kept=0.8)
    twins = np.tile(SCALED[7], (1001, 1))
    assert len(np.unique(project(twins, components), axis=0)) == 1
    assert (project(twins[:1], components) == project(SCALED, components)[7]).all()


@pytest.mark.parametrize(
    ("scaled", "features"),
    [(np.empty((5, 0)), []), (np.zeros((1, 2)), ["a", "b"]), (np.ones((3, 1)), ["a"])],
    ids=["no feature", "one customer", "all equal"],
)
@pytest.mark.parametrize("kept", [0.8, 5])
def test_where_nothing_varies_everyone_is_at_zero(scaled, features, kept):
    components = fit_principal_components(scaled, features, kept=kept)
    assert components.columns.tolist() == COLUMNS
    assert components["component"].tolist() == [1]
    assert components["feature"].isna().all()
    assert components["feature"].dtype == "str"
    assert (components[COLUMNS[2:]] == 0).all(axis=None)
    points = project(scaled, components)
    assert points.tolist() == [[0.0]] * len(scaled)


def test_fewer_customers_than_features():
    scaled = standardised(np.random.default_rng(1).normal(size=(3, 6)))
    components = fit_principal_components(scaled, FEATURES, kept=0.99)
    points = project(scaled, components)
    assert components["component"].max() == 2
    assert np.sum(points**2) == pytest.approx(np.sum(scaled**2))


def test_threads_do_not_change_a_bit():
    scaled = sample_of(customers=20000, features=30)
    features = [str(number) for number in range(30)]
    with threadpool_limits(1):
        one = fit_principal_components(scaled, features, kept=0.9)
    with threadpool_limits(2):
        two = fit_principal_components(scaled, features, kept=0.9)
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_the_fit_runs_in_one_thread_and_gives_the_threads_back(monkeypatch):
    seen = []

    class WatchedPCA(PCA):
        def fit(self, scaled):
            seen.extend(pool["num_threads"] for pool in threadpool_info())
            return super().fit(scaled)

    monkeypatch.setattr(principal_components, "PCA", WatchedPCA)
    with threadpool_limits(2):
        fit_principal_components(SCALED, FEATURES, kept=2)
        after = [pool["num_threads"] for pool in threadpool_info()]
    assert set(seen) == {1}
    assert set(after) == {2}


def test_the_arguments_are_not_changed():
    scaled = SCALED.copy()
    components = fit_principal_components(scaled, FEATURES, kept=3)
    before = components.copy()
    project(scaled, components)
    assert (scaled == SCALED).all()
    pd.testing.assert_frame_equal(components, before)


@pytest.mark.parametrize("kept", [0, 1.0, -1, 1.5, "0.8", None])
def test_a_wish_that_is_neither_share_nor_number_is_refused(kept):
    with pytest.raises(ValueError, match="a share between 0 and 1 or a whole number"):
        fit_principal_components(SCALED, FEATURES, kept=kept)


def test_more_components_than_there_are_is_refused():
    with pytest.raises(ValueError, match=r"7 components .* have only 6"):
        fit_principal_components(SCALED, FEATURES, kept=7)


def test_customers_with_other_features_are_refused():
    components = fit_principal_components(SCALED, FEATURES, kept=2)
    with pytest.raises(ValueError, match="weigh 6 features, but the customers have 5"):
        project(SCALED[:, :5], components)
