"""Filling, transforming and scaling of features."""

import numpy as np
import pandas as pd
import pytest

from benefit_segments.feature_scalers import (
    balancing_factors,
    fill_features,
    fit_feature_scalers,
    robust_limits,
    scale_features,
)

UNKNOWN = np.nan


def catalog_of(*rows):
    return pd.DataFrame(rows, columns=["feature", "transform", "null_policy"])


def scaler_of(values, transform="identity", null_policy="median"):
    sample = pd.DataFrame({"balance": values}, dtype=float)
    catalog = catalog_of(("balance", transform, null_policy))
    return fit_feature_scalers(sample, catalog, benefit_weighting="none").iloc[0]


def test_one_row_per_feature_in_the_order_of_the_catalogue():
    sample = pd.DataFrame({"customer_id": ["a", "b"], "age": [1.0, 3], "debt": [5.0, 9]})
    catalog = catalog_of(("debt", "identity", "zero"), ("age", "log1p", "median"))
    scalers = fit_feature_scalers(sample, catalog, benefit_weighting="none")
    assert scalers["feature"].tolist() == ["debt", "age"]
    assert scalers["transform"].tolist() == ["identity", "log1p"]
    assert scalers["weight"].tolist() == [1.0, 1.0]
    assert scalers["is_used"].tolist() == [True, True]
    assert scalers["reason_left_out"].isna().all()
    expected = np.array([[-1, -1], [1, 1]])
    assert scale_features(sample, scalers) == pytest.approx(expected)


def test_reasons_are_text_even_when_there_is_none():
    sample = pd.DataFrame({"balance": [1.0, 2.0]})
    scalers = fit_feature_scalers(
        sample, catalog_of(("balance", "identity", "zero")), benefit_weighting="none"
    )
    assert scalers["reason_left_out"].dtype == "str"


@pytest.mark.parametrize(("null_policy", "fill_value"), [("zero", 0), ("median", 4)])
def test_unknown_values_are_filled_by_null_policy(null_policy, fill_value):
    scaler = scaler_of([2, 4, 9, UNKNOWN], null_policy=null_policy)
    filled = np.array([2, 4, 9, fill_value])
    assert scaler["fill_value"] == fill_value
    assert scaler["mean"] == pytest.approx(filled.mean())
    assert scaler["standard_deviation"] == pytest.approx(filled.std(ddof=0))


@pytest.mark.parametrize("null_policy", ["zero", "median"])
@pytest.mark.parametrize("transform", ["identity", "log1p"])
def test_the_range_is_that_of_the_known_values_in_raw_units(null_policy, transform):
    scaler = scaler_of([2, 9, UNKNOWN, 4], transform, null_policy)
    assert scaler[["minimum", "maximum"]].tolist() == [2, 9]


def test_without_known_value_there_is_no_range():
    assert scaler_of([UNKNOWN, UNKNOWN])[["minimum", "maximum"]].isna().all()


def test_the_median_is_taken_before_the_transform():
    scaler = scaler_of([0, 8, UNKNOWN], transform="log1p")
    assert scaler["fill_value"] == 4
    assert scaler["mean"] == pytest.approx(np.log1p([0, 8, 4]).mean())


@pytest.mark.parametrize("null_policy", ["zero", "median"])
def test_a_feature_without_known_value_is_left_out(null_policy):
    scaler = scaler_of([UNKNOWN, UNKNOWN], null_policy=null_policy)
    assert not scaler["is_used"]
    assert scaler["reason_left_out"] == "no known value"
    numbers = scaler[["fill_value", "mean", "standard_deviation"]]
    assert numbers.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "values",
    [
        [7, 7, 7],
        [0, 0, 0],
        [0.1] * 1000,
        [0.3, 0.1 + 0.2, 0.3],
        [1e9 / 3] * 7,
        [5, UNKNOWN, UNKNOWN],
        [-4],
    ],
    ids=["sevens", "zeros", "tenths", "rounding", "large", "one known", "one customer"],
)
def test_a_constant_feature_is_left_out(values):
    scaler = scaler_of(values)
    assert not scaler["is_used"]
    assert scaler["reason_left_out"] == "does not vary"
    assert scaler["standard_deviation"] == 0


@pytest.mark.parametrize("values", [[0] * 999 + [1], [1e-9, 2e-9], [1e6, 1e6 + 0.01]])
def test_a_feature_that_hardly_varies_is_used(values):
    assert scaler_of(values)["is_used"]


def test_a_zero_policy_makes_missing_activity_vary():
    assert scaler_of([5, UNKNOWN], null_policy="zero")["is_used"]


def test_scaling_fills_transforms_weighs_and_skips_unused_features():
    sample = pd.DataFrame({"flat": [1.0, 1, 1], "debt": [0, 3, UNKNOWN], "age": [20.0, 40, 60]})
    catalog = catalog_of(
        ("age", "identity", "median"),
        ("flat", "identity", "zero"),
        ("debt", "log1p", "zero"),
    )
    scalers = fit_feature_scalers(sample, catalog, benefit_weighting="none").assign(
        weight=[2.0, 1.0, 1.0]
    )
    age, debt = scale_features(sample, scalers).T
    assert age == pytest.approx(np.array([-1, 0, 1]) * 2 / np.std([-1, 0, 1]))
    logged = np.log1p([0, 3, 0])
    assert debt == pytest.approx((logged - logged.mean()) / logged.std())


def test_scaled_features_have_mean_0_and_standard_deviation_1():
    random = np.random.default_rng(0)
    sample = pd.DataFrame(random.lognormal(3, 1, (500, 3)), columns=list("abc"))
    catalog = catalog_of(*[(name, "log1p", "median") for name in "abc"])
    scaled = scale_features(sample, fit_feature_scalers(sample, catalog, benefit_weighting="none"))
    assert scaled.shape == (500, 3)
    assert scaled.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert scaled.std(axis=0) == pytest.approx(1)


def test_without_used_feature_every_customer_is_kept():
    sample = pd.DataFrame({"balance": [1.0, 1.0]})
    scalers = fit_feature_scalers(
        sample, catalog_of(("balance", "identity", "zero")), benefit_weighting="none"
    )
    assert scale_features(sample, scalers).shape == (2, 0)


def test_the_arguments_are_not_changed():
    sample = pd.DataFrame({"debt": [1, UNKNOWN, 3]})
    catalog = catalog_of(("debt", "log1p", "median"))
    before = sample.copy(), catalog.copy()
    scale_features(sample, fit_feature_scalers(sample, catalog, benefit_weighting="none"))
    pd.testing.assert_frame_equal(sample, before[0])
    pd.testing.assert_frame_equal(catalog, before[1])


@pytest.mark.parametrize(
    ("values", "row", "message"),
    [
        ([], ("debt", "identity", "zero"), "training sample has no customers"),
        ([1.0], ("age", "identity", "zero"), "'age' is in the catalogue but not in"),
        ([1.0], ("debt", "sqrt", "zero"), "transform 'sqrt'; it must be identity or"),
        ([1.0], ("debt", "log1p", "mean"), "null_policy 'mean'; it must be zero or"),
        ([np.inf, -np.inf], ("debt", "identity", "zero"), "'debt' has 2 infinite"),
        ([-1.0, -2, 0], ("debt", "log1p", "zero"), "'debt' has 2 values of -1 or less"),
    ],
)
def test_what_cannot_be_fit_is_refused_by_name(values, row, message):
    sample = pd.DataFrame({"debt": values}, dtype=float)
    with pytest.raises(ValueError, match=message):
        fit_feature_scalers(sample, catalog_of(row), benefit_weighting="none")


def test_an_empty_catalogue_is_refused():
    with pytest.raises(ValueError, match="lists no clustering feature"):
        fit_feature_scalers(pd.DataFrame({"debt": [1.0]}), catalog_of(), benefit_weighting="none")


def test_benefits_are_balanced_by_their_first_eigenvalue():
    # Three equal features of one benefit vary by 3 along their direction, a single one by 1.
    values = np.array([1.0, -1.0, 1.0, -1.0])
    other = np.array([1.0, 1.0, -1.0, -1.0])
    scaled = np.column_stack([values, values, values, other, other])
    benefits = np.array(["card", "card", "card", "loan", "all"])
    weights = balancing_factors(scaled, benefits)
    assert weights[:3] == pytest.approx([weights[3] / np.sqrt(3)] * 3)
    assert (weights[:4] ** 2).mean() == pytest.approx(1)
    assert weights[4] == 1


@pytest.mark.parametrize("benefits", [["card", "card"], ["card", "all"], ["all", "all"]])
def test_one_benefit_is_left_as_it_is(benefits):
    scaled = np.random.default_rng(0).normal(size=(9, 2))
    assert balancing_factors(scaled, np.array(benefits)).tolist() == [1, 1]


def test_weights_are_of_the_features_that_are_used():
    random = np.random.default_rng(0)
    sample = pd.DataFrame(random.normal(size=(50, 4)), columns=["a", "b", "c", "d"]).assign(c=1.0)
    catalog = catalog_of(*((feature, "identity", "zero") for feature in "abcd")).assign(
        benefit=["card", "card", "card", "loan"]
    )
    scalers = fit_feature_scalers(sample, catalog, benefit_weighting="balanced").set_index(
        "feature"
    )
    assert scalers.loc["c", "weight"] == 1
    used = scale_features(sample, scalers.reset_index())
    along = np.linalg.svd(used[:, :2] - used[:, :2].mean(axis=0), compute_uv=False)[0] ** 2 / 50
    assert used[:, 2].var() == pytest.approx(along)
    plain = fit_feature_scalers(sample, catalog, benefit_weighting="none")
    assert plain["weight"].tolist() == [1, 1, 1, 1]


def test_an_unknown_weighting_is_refused():
    catalog = catalog_of(("balance", "identity", "zero"))
    with pytest.raises(ValueError, match="benefit_weighting is 'equal'; it must be balanced or"):
        fit_feature_scalers(
            pd.DataFrame({"balance": [1.0, 2.0]}), catalog, benefit_weighting="equal"
        )


NORMAL = np.random.default_rng(0).normal(100, 10, 400)


@pytest.mark.parametrize(
    ("values", "is_logarithm", "lowest", "highest"),
    [
        (NORMAL, False, (0, 0), (130, 170)),
        ([*NORMAL, 1e6], False, (0, 0), (130, 170)),
        ([*NORMAL, *[1e6] * 40, -1e6], False, (-1, 0), (130, 200)),
        # An amount that nine in ten do not have.
        ([*NORMAL, 1e6, *[0.0] * 3600], False, (0, 0), (130, 170)),
        (np.exp(NORMAL / 10), True, (0, 0), (np.exp(13), np.exp(17))),
        # No quartiles apart: all but a few have 1.
        ([*[1.0] * 997, 2, 3, 1e6], False, (0, 0), (1, 1)),
        ([*[-1.0] * 99, -1e6], False, (-1, -1), (0, 0)),
    ],
)
def test_limits_are_beyond_the_bulk_of_the_values_that_are_not_0(
    values, is_logarithm, lowest, highest
):
    lower, upper = robust_limits(np.array(values), is_logarithm=is_logarithm)
    assert lowest[0] <= lower <= lowest[1]
    assert highest[0] <= upper <= highest[1]


def test_limits_are_the_outer_fences_of_tukey():
    limits = robust_limits(np.array([0.0, 10, 20, 30, 40, 0]), is_logarithm=False)
    assert limits == (17.5 - 3 * 15, 32.5 + 3 * 15)
    logged = robust_limits(np.array([0.0, 10, 20, 30, 40]), is_logarithm=True)
    first, third = np.quantile(np.log1p([10, 20, 30, 40]), [0.25, 0.75])
    assert logged[1] == pytest.approx(np.expm1(third + 3 * (third - first)))


@pytest.mark.parametrize("values", [[], [0.0, 0.0]])
def test_where_nothing_is_active_there_are_no_limits(values):
    assert np.isnan(robust_limits(np.array(values), is_logarithm=False)).all()


@pytest.mark.parametrize("transform", ["clipped", "clipped_log1p"])
def test_clipped_values_are_limited_and_the_range_is_not(transform):
    values = [0, 10, 20, 30, 40, 1e6, UNKNOWN]
    scaler = scaler_of(values, transform, "zero")
    assert scaler["maximum"] == 1e6
    assert scaler["upper_limit"] < 1e6
    limited = np.array([0, 10, 20, 30, 40, scaler["upper_limit"], 0])
    expected = np.log1p(limited) if transform == "clipped_log1p" else limited
    assert scaler["mean"] == pytest.approx(expected.mean())
    sample = pd.DataFrame({"balance": [1e6, 1e9, scaler["upper_limit"]]})
    scaled = scale_features(sample, scaler.to_frame().T)
    assert scaled[0] == scaled[1] == scaled[2]
    assert fill_features(sample, scaler.to_frame().T)[1] == [1e9]


def test_nothing_is_limited_by_default():
    assert scaler_of([1, 2, 1e9])[["lower_limit", "upper_limit"]].isna().all()


REGIONS = pd.DataFrame(
    {"region": ["north"] * 5 + ["south"] * 3 + ["west"] * 2 + [None] * 2, "age": np.arange(12.0)}
)


def category_of(null_policy="zero", **more):
    return catalog_of(("region", "identity", null_policy)).assign(
        unit="category", benefit="home", **more
    )


def test_a_category_becomes_indicators_whose_variances_add_up_to_1():
    scalers = fit_feature_scalers(REGIONS, category_of(weight=3.0), benefit_weighting="none")
    assert scalers["feature"].tolist() == ["region = north", "region = south", "region = west"]
    assert scalers["category"].tolist() == ["north", "south", "west"]
    assert scalers["unit"].tolist() == ["flag"] * 3
    scaled = scale_features(REGIONS, scalers) / 3
    assert scaled.var(axis=0).sum() == pytest.approx(1)
    # As in multiple correspondence analysis: inversely to the root of the share.
    indicators = np.column_stack([REGIONS["region"] == name for name in scalers["category"]])
    shares = indicators.mean(axis=0)
    expected = (indicators - shares) / np.sqrt(shares)
    assert scaled / scaled[0, 0] == pytest.approx(expected / expected[0, 0])


def test_a_category_of_two_values_counts_like_a_flag():
    sample = pd.DataFrame({"region": ["a"] * 3 + ["b"] * 7, "flag": [1.0] * 3 + [0.0] * 7})
    two, one = (
        scale_features(sample, fit_feature_scalers(sample, catalog, benefit_weighting="none"))
        for catalog in (category_of(), catalog_of(("flag", "identity", "zero")))
    )
    assert ((two[0] - two[-1]) ** 2).sum() == pytest.approx((one[0, 0] - one[-1, 0]) ** 2)


def test_a_new_value_has_no_indicator_and_an_unknown_one_is_filled():
    for null_policy in ("zero", "median"):
        scalers = fit_feature_scalers(REGIONS, category_of(null_policy), benefit_weighting="none")
        filled = fill_features(pd.DataFrame({"region": ["moon", None, "west"]}), scalers)
        unknown = [0, 0, 0] if null_policy == "zero" else [0.5, 0, 0]
        assert filled.tolist() == [[0, 0, 0], unknown, [0, 0, 1]]


def test_a_category_without_known_value_is_left_out():
    sample = pd.DataFrame({"region": [None, None]})
    (row,) = fit_feature_scalers(sample, category_of(), benefit_weighting="none").itertuples()
    assert (row.feature, row.is_used, row.reason_left_out) == ("region", False, "no known value")


def test_a_category_of_too_many_values_is_refused_by_name():
    sample = pd.DataFrame({"region": [f"region {number}" for number in range(21)]})
    with pytest.raises(ValueError, match="'region' has 21 values in the training sample; a categ"):
        fit_feature_scalers(sample, category_of(), benefit_weighting="none")
    fit_feature_scalers(sample.iloc[1:], category_of(), benefit_weighting="none")


def test_weights_of_features_come_before_the_balance_and_those_of_benefits_after():
    random = np.random.default_rng(1)
    sample = pd.DataFrame(random.normal(size=(80, 4)), columns=list("abcd"))
    catalog = catalog_of(*((feature, "identity", "zero") for feature in "abcd")).assign(
        benefit=["card", "card", "loan", "all"],
        weight=[2.0, 1.0, 5.0, 3.0],
        benefit_weight=[1.0, 1.0, 4.0, 1.0],
    )
    z = (sample - sample.mean()) / sample.std(ddof=0)
    weighed = z * [2, 1, 5, 3]
    plain = fit_feature_scalers(sample, catalog, benefit_weighting="none")
    assert scale_features(sample, plain) == pytest.approx((weighed * [1, 1, 4, 1]).to_numpy())

    card = np.linalg.svd(weighed[["a", "b"]], compute_uv=False)[0] / np.sqrt(80)
    factors = np.array([1 / card, 1 / card, 1 / 5])
    total = (weighed[["a", "b", "c"]] ** 2).to_numpy().sum() / 80
    factors *= np.sqrt(total / ((weighed[["a", "b", "c"]] * factors) ** 2).to_numpy().sum() * 80)
    expected = weighed * [*factors * [1, 1, 4], 1]
    balanced = fit_feature_scalers(sample, catalog, benefit_weighting="balanced")
    assert scale_features(sample, balanced) == pytest.approx(expected.to_numpy())
    # Within a benefit a weight moves the balance; for the only feature of one it changes nothing.
    assert balanced["weight"][0] == pytest.approx(2 * balanced["weight"][1])


@pytest.mark.parametrize("name", ["weight", "benefit_weight"])
@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_a_weight_that_is_not_above_0_is_refused_by_name(name, weight):
    catalog = catalog_of(("debt", "identity", "zero")).assign(**{name: weight})
    with pytest.raises(ValueError, match=f"'debt' has a {name} that is not above 0"):
        fit_feature_scalers(pd.DataFrame({"debt": [1.0, 2]}), catalog, benefit_weighting="none")
