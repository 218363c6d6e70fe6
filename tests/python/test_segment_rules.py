"""Segments told as rules: thresholds, bounds, and the same answer as scikit-learn's tree."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, precision_score, recall_score
from sklearn.tree import DecisionTreeClassifier

from benefit_segments.segment_rules import fit_segment_rules, roundest_between
from conftest import Warehouse

RANDOM = np.random.default_rng(0)


def scalers_of(sample: pd.DataFrame, fill_value=0.0, unused=()) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "feature": sample.columns,
            "column_name": sample.columns,
            "category": None,
            "fill_value": fill_value,
            "is_used": [name not in unused for name in sample.columns],
        }
    )


def rules_of(sample, segments, max_rules=12, seed=1, **scalers) -> pd.DataFrame:
    sample = pd.DataFrame(sample)
    return fit_segment_rules(
        sample,
        np.asarray(segments),
        scalers_of(sample, **scalers),
        max_rules=max_rules,
        seed=seed,
    )


def met_rules(sample: pd.DataFrame, rules: pd.DataFrame) -> np.ndarray:
    """Try every rule on every customer: customers x rules, in double precision."""
    met = np.ones((len(sample), rules["rule_id"].nunique()), dtype=bool)
    for rule in rules[rules["feature"] != "none"].itertuples():
        values = sample[rule.feature].to_numpy(dtype=float)
        if not math.isnan(rule.greater_than):
            met[:, rule.rule_id - 1] &= values > rule.greater_than
        if not math.isnan(rule.at_most):
            met[:, rule.rule_id - 1] &= values <= rule.at_most
    return met


def say(sample: pd.DataFrame, rules: pd.DataFrame) -> np.ndarray:
    """Return the segment that the one rule each customer meets says."""
    met = met_rules(sample, rules)
    assert (met.sum(axis=1) == 1).all()
    return rules.groupby("rule_id")["segment_id"].first().to_numpy()[met.argmax(axis=1)]


# ------------------------------------------------------------------------- thresholds


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (499.9, 512.3, 500),
        (0, 1000, 0),
        (-3, 0.5, 0),
        (1, 2, 1),
        (1, 999, 500),
        (0.98, 1.03, 1),
        (0.083333, 0.166667, 0.1),
        (0.583333, 0.666666, 0.6),
        (2, 8, 5),
        (2, 9, 5),
        (-9, -2, -5),
        (-3.2, -2.9, -3),
        (-1000, -900, -1000),
        (1234.5, 1234.6, 1234.5),
        (9.4e300, 9.7e300, 9.5e300),
        (3e-320, 8e-320, 5e-320),
    ],
)
def test_the_roundest_number_is_chosen(low, high, expected):
    assert roundest_between(low, high) == expected


@pytest.mark.parametrize("low", [1.0, -1.0, 0.1, 1 / 3, 123456.789, 5e-324, -5e-324, 1e16 / 3])
def test_neighbouring_doubles_are_told_apart(low):
    assert roundest_between(low, np.nextafter(low, np.inf)) == low


def test_no_number_with_fewer_decimals_lies_between():
    for low, high in np.sort(RANDOM.integers(-30000, 30000, size=(300, 2)) / 1000):
        if low == high:
            continue
        chosen = roundest_between(low, high)
        assert low <= chosen < high
        fitting = {
            decimals: [
                number / 10**decimals
                for number in range(-30 * 10**decimals - 10, 30 * 10**decimals + 11)
                if low <= number / 10**decimals < high
            ]
            for decimals in range(2)
        }
        if fitting[0]:
            assert chosen == round(chosen)
        elif fitting[1]:
            assert min(abs(chosen - number) for number in fitting[1]) < 1e-12
            middle = (low + high) / 2
            nearest = min(abs(number - middle) for number in fitting[1])
            assert abs(chosen - middle) == pytest.approx(nearest)


def test_thresholds_part_the_customers_of_the_node_only():
    # The amount is asked of those above 50 only, of whom nobody has between 61 and 99.
    sample = {"age": [30, 30, 30, 70, 70, 70, 70], "amount": [61, 80, 99, 61, 61, 99, 99]}
    rules = rules_of(sample, [1, 1, 1, 2, 2, 3, 3])
    assert rules[["feature", "at_most"]].dropna().to_numpy().tolist() == [
        ["age", 50],
        ["amount", 80],
    ]


# ------------------------------------------------------------------------------ rules


def test_rules_are_numbered_in_reading_order_with_one_row_per_bounded_feature():
    age = np.repeat([10.0, 20.0, 30.0, 40.0], 5)
    rules = rules_of({"age": age}, np.repeat([7, 3, 9, 3], 5))
    expected = pd.DataFrame(
        {
            "rule_id": [1, 2, 3, 4],
            "segment_id": [7, 3, 9, 3],
            "position": [1, 1, 1, 1],
            "feature": ["age"] * 4,
            "greater_than": [None, 10.0, 20.0, 30.0],
            "at_most": [10.0, 20.0, 30.0, None],
        }
    )
    pd.testing.assert_frame_equal(rules, expected, check_dtype=False)


def random_customers(size=2000, seed=3):
    random = np.random.default_rng(seed)
    sample = pd.DataFrame(
        {
            "amount": np.exp(random.normal(5, 2, size)),
            "frequency": random.integers(0, 13, size) / 12,
            "huge": random.normal(size=size) * 1e300,
            "tiny": random.normal(size=size) * 1e-300,
            # float32, in which trees compare, holds 7 digits.
            "alike_in_float32": 1 + random.integers(0, 50, size) * 1e-12,
        }
    )
    score = sum(
        sample[name].rank(pct=True) * weight
        for name, weight in zip(sample, range(5, 0, -1), strict=True)
    )
    return sample, np.digitize(score + random.normal(0, 0.3, size), [5, 8, 9.5]) + 1


@pytest.mark.parametrize("max_rules", [2, 3, 12, 200])
def test_rules_say_what_the_tree_of_scikit_learn_says(max_rules):
    sample, segments = random_customers()
    rules = rules_of(sample, segments, max_rules)
    assert rules["rule_id"].max() <= max_rules
    # Ranks fit into float32, and trees look at the order only.
    ranks = sample.rank(method="dense")
    expected = [
        DecisionTreeClassifier(
            max_leaf_nodes=max_rules, min_samples_leaf=10, class_weight=weight, random_state=1
        )
        .fit(ranks, segments)
        .predict(ranks)
        for weight in (None, "balanced")
    ]
    best = max(expected, key=lambda said: (len(set(said)), accuracy_score(segments, said)))
    assert (say(sample, rules) == best).all()


def test_every_feature_has_one_lower_and_one_upper_bound_at_most():
    rules = rules_of(*random_customers(), max_rules=200)
    assert not rules.duplicated(["rule_id", "feature"]).any()
    both = rules.dropna(subset=["greater_than", "at_most"])
    assert len(both) > 20
    assert (both["greater_than"] < both["at_most"]).all()
    assert rules[["greater_than", "at_most"]].notna().any(axis=1).all()
    for _, positions in rules.groupby("rule_id")["position"]:
        assert positions.tolist() == list(range(1, len(positions) + 1))


def test_customers_who_were_not_in_the_sample_meet_exactly_one_rule():
    rules = rules_of(*random_customers())
    say(random_customers(seed=4)[0] * 1.7, rules)


def test_the_order_of_the_customers_does_not_matter():
    sample, segments = random_customers()
    rules = rules_of(sample, segments)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(sample))
        shuffled = rules_of(sample.iloc[order].reset_index(drop=True), segments[order])
        pd.testing.assert_frame_equal(shuffled, rules)


def test_neighbouring_leaves_that_say_the_same_are_one_rule():
    # Of those who have not visited but paid, 10 of 100 are in segment 2: a leaf of its own, in
    # which segment 1 prevails none the less.
    visits = np.repeat([0, 0, 1], 100)
    paid = np.repeat([0, 1, 0], 100)
    segments = np.repeat([1, 1, 2, 2], [100, 90, 10, 100])
    tree = DecisionTreeClassifier(max_leaf_nodes=3).fit(np.column_stack([visits, paid]), segments)
    assert tree.get_n_leaves() == 3
    rules = rules_of({"visits": visits, "paid": paid}, segments, max_rules=3)
    assert rules[["segment_id", "feature"]].to_numpy().tolist() == [[1, "visits"], [2, "visits"]]


def test_a_segment_that_is_outnumbered_everywhere_gets_a_rule():
    # Of 10 customers with a visit only 4 are in segment 2, but all of segment 2 are there.
    visits = np.repeat([0, 1], [90, 10])
    segments = np.repeat([1, 2], [96, 4])
    assert rules_of({"visits": visits}, segments)["segment_id"].tolist() == [1, 2]


def test_segments_of_one_customer_get_rules():
    sample = {"age": np.append(np.arange(1000.0), 5000.0)}
    rules = rules_of(sample, [1] * 1000 + [2])
    assert rules[["segment_id", "greater_than"]].fillna(0).to_numpy().tolist() == [
        [1, 0],
        [2, 3000],
    ]


def test_unknown_values_are_filled():
    sample = {"age": [10.0, np.nan, np.nan, 50.0, 60.0]}
    rules = rules_of(sample, [1, 2, 2, 2, 2], fill_value=45.0)
    assert rules["at_most"].dropna().tolist() == [30]


def test_features_that_are_not_used_are_not_looked_at():
    sample = {"best": [1, 1, 2, 2], "second": [1, 1, 1, 2]}
    rules = rules_of(sample, [1, 1, 2, 2], unused=["best"])
    assert set(rules["feature"]) == {"second"}


@pytest.mark.parametrize(
    ("sample", "segments", "unused"),
    [
        ({"age": [1.0, 2.0, 3.0]}, [4, 4, 4], []),
        ({"age": [2.0, 2.0, 2.0]}, [4, 4, 5], []),
        ({"age": [2.0, 2.0, 2.0]}, [4, 4, 4], ["age"]),
        ({"age": [1.0]}, [4], []),
    ],
    ids=["one_segment", "equal_values", "no_used_feature", "one_customer"],
)
def test_a_tree_without_a_question_is_one_rule_about_everybody(sample, segments, unused):
    rules = rules_of(sample, segments, unused=unused)
    assert rules.fillna(-1).to_numpy().tolist() == [[1, 4, 1, "none", -1, -1]]
    assert rules.dtypes[["greater_than", "at_most"]].tolist() == [float, float]


# -------------------------------------------------------------------- rules in the SQL


def assert_rules_are_the_tree_of_scikit_learn(warehouse: Warehouse, share=0.005) -> float:
    """Fit scikit-learn's tree to raw values and compare it with the SQL, for every customer.

    The result is the fidelity.
    """
    features = warehouse.frame(
        "select feature from marts.feature_scalers where is_used order by feature"
    )["feature"]
    everyone = warehouse.frame("select * from features.customer_features order by customer_id")
    customers = warehouse.frame("select * from dossier.int_customer_rules order by customer_id")
    segments = warehouse.frame("select * from marts.customer_segments order by customer_id")
    assert customers["customer_id"].tolist() == everyone["customer_id"].tolist()
    assert customers["segment_id"].tolist() == segments["segment_id"].tolist()

    truth = segments["segment_id"].to_numpy()
    values = everyone[features].fillna(everyone[features].median()).to_numpy()
    trees = [
        DecisionTreeClassifier(
            max_leaf_nodes=12,
            min_samples_leaf=int(share * len(values)),
            class_weight=weight,
            random_state=42,
        ).fit(values, truth)
        for weight in (None, "balanced")
    ]
    tree = max(trees, key=lambda tree: (len(set(tree.predict(values))), tree.score(values, truth)))
    said = tree.predict(values)
    np.testing.assert_array_equal(customers["rule_segment_id"], said)
    # Every leaf is in one rule; a rule may be two leaves that say the same.
    assert customers.groupby(tree.apply(values))["rule_id"].nunique().eq(1).all()

    names = sorted(set(truth))
    confusion = confusion_matrix(truth, said, labels=names)
    fidelity = warehouse.frame("select * from marts.segment_reliability order by segment_id")
    assert fidelity["segment_id"].tolist() == names
    assert fidelity["customers"].tolist() == confusion.sum(axis=1).tolist()
    assert fidelity["predicted_customers"].tolist() == confusion.sum(axis=0).tolist()
    assert fidelity["agreeing_customers"].tolist() == confusion.diagonal().tolist()
    for column, score in (("rule_precision", precision_score), ("rule_recall", recall_score)):
        expected = score(truth, said, labels=names, average=None)
        np.testing.assert_allclose(fidelity[column], expected, rtol=1e-12)
    np.testing.assert_allclose(fidelity["rule_fidelity"], accuracy_score(truth, said), rtol=1e-12)

    rules = warehouse.frame("select * from marts.segment_rules order by rule_id")
    assert rules["rule_id"].tolist() == sorted(set(customers["rule_id"]))
    for rule in rules.itertuples():
        meets, belongs = customers["rule_id"] == rule.rule_id, truth == rule.segment_id
        assert rule.customers == meets.sum()
        assert rule.rule_precision == pytest.approx(precision_score(belongs, meets), rel=1e-12)
        assert rule.rule_recall == pytest.approx(recall_score(belongs, meets), rel=1e-12)
        assert rule.rule_coverage == pytest.approx(meets.mean(), rel=1e-12)
        assert f" {math.floor(100 * rule.rule_precision)}% are in" in rule.sentence
    return fidelity["rule_fidelity"].iloc[0]


def test_rules_of_the_demo_are_the_tree_of_scikit_learn(demo):
    fidelity = assert_rules_are_the_tree_of_scikit_learn(demo)
    print(f"\nfidelity of the rules on the demo: {fidelity:.4f}")
    assert fidelity >= 0.97


def test_predicates_hold_in_plain_sql(demo):
    fills = dict(demo.rows("select feature, fill_value from marts.feature_scalers"))
    filled = ", ".join(f"coalesce({name}, {fill!r}) as {name}" for name, fill in fills.items())
    for predicate, customers in demo.rows("select predicate, customers from marts.segment_rules"):
        assert demo.rows(f"""
            select count(*) from (select {filled} from features.customer_features)
            where {predicate}
        """) == [(customers,)]
