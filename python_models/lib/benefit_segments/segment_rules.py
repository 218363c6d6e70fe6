"""Segments described by rules: a small decision tree predicts them in raw units.

A surrogate, not the model: the segments are the nearest centroids, and the tree predicts
them approximately with few comparisons. SQL measures how well, on all customers.
"""

from fractions import Fraction
from math import ceil, floor, log10

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from benefit_segments.feature_scalers import fill_features

# A rule covers at least this share of the customers, or as many as the smallest segment has: a rule
# about a few customers is not worth reading.
SMALLEST_RULE = 0.005

# Digits that distinguish any two doubles.
DOUBLE_DIGITS = 17


def fit_segment_rules(
    sample: pd.DataFrame,
    segments: np.ndarray,
    scalers: pd.DataFrame,
    *,
    max_rules: int,
    seed: int,
) -> pd.DataFrame:
    """Return the conditions of at most `max_rules` rules that predict the segments.

    `sample` has one row per customer and a column per feature in raw units, NaN where
    unknown, or text for a category; `segments` is the segment_id of each. From `scalers` feature,
    column_name, category, is_used and fill_value are read. `max_rules` is at least 2.

    The rules are the leaves of scikit-learn's DecisionTreeClassifier. Two trees are
    grown: in one all customers count the same, in the other all segments do. The tree with rules
    for more segments is kept; if equal, the tree that predicts more customers correctly.
    Neighbouring leaves that predict the same segment are one rule.

    A tree compares a feature with a threshold between two customers. Of all numbers
    that split them as the tree does, the one with the fewest decimals is taken, so that
    `feature <= threshold` in double precision sends every customer of the sample the
    way that scikit-learn does.

    The result has one row per rule and feature in the rule: rule_id (from 1, in reading order of
    the tree), segment_id, position (from 1, in the order of the tree), feature, and the bounds
    feature > greater_than and feature <= at_most, NaN without one. Every customer, of the sample or
    not, meets exactly one rule. A single rule about all customers has one row with the feature
    'none' and no bounds.
    """
    features = scalers.loc[scalers["is_used"].astype(bool), "feature"].to_numpy()
    values = fill_features(sample, scalers)
    # Trees hold float32, in which different customers can become equal or infinite. A split depends
    # only on the order of the customers, and ranks keep it.
    ranks = [np.unique(column, return_inverse=True)[1] for column in values.T]
    ranks = np.column_stack(ranks or [np.zeros(len(values))])
    tree = _grow(ranks, np.asarray(segments), max_rules=max_rules, seed=seed)

    rows = []
    for rule_id, (segment_id, bounds) in enumerate(_rules(tree, ranks, values), start=1):
        conditions = [(features[column], *pair) for column, pair in bounds.items()]
        for position, condition in enumerate(conditions or [("none", None, None)], start=1):
            rows.append((rule_id, segment_id, position, *condition))
    columns = ["rule_id", "segment_id", "position", "feature", "greater_than", "at_most"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"feature": "str", "greater_than": float, "at_most": float}
    )


def roundest_between(low: float, high: float) -> float:
    """Return the number t, low <= t < high, with the fewest decimals.

    If several have as few, it is the one nearest to the middle; of two equally near, the one nearer
    to 0. `low` is less than `high`, both are finite. 0 has fewer decimals than any other.
    """
    exact_low, exact_high = Fraction(low), Fraction(high)
    middle = (exact_low + exact_high) / 2
    largest = floor(log10(max(abs(low), abs(high)))) + 1
    for exponent in range(largest, largest - DOUBLE_DIGITS - 2, -1):
        step = Fraction(10) ** exponent
        first, last = ceil(exact_low / step), ceil(exact_high / step) - 1
        if first <= last:
            nearest = ceil(abs(middle) / step - Fraction(1, 2)) * (1 if middle > 0 else -1)
            chosen = float(min(max(nearest, first), last) * step)
            # Rounded to a double, it may have become `high`.
            if chosen < high:
                return chosen
    return low


def _grow(ranks, segments, *, max_rules, seed) -> DecisionTreeClassifier:
    _, codes, sizes = np.unique(segments, return_inverse=True, return_counts=True)
    # Whole numbers add up to the same sum in any order.
    all_customers_alike = np.ones(len(sizes))
    all_segments_alike = np.round(1_000_000 * len(codes) / sizes)
    trees, merits = [], []
    for weights in (all_customers_alike, all_segments_alike):
        tree = DecisionTreeClassifier(
            max_leaf_nodes=max_rules,
            min_samples_leaf=max(1, min(int(SMALLEST_RULE * len(codes)), int(sizes.min()))),
            random_state=seed,
        ).fit(ranks, segments, sample_weight=weights[codes])
        predicted = tree.predict(ranks)
        trees.append(tree)
        merits.append((len(np.unique(predicted)), (predicted == segments).sum()))
    return trees[merits.index(max(merits))]


def _rules(tree, ranks, values) -> list[tuple]:
    """Return segment and bounds {column: (greater_than, at_most)} of each rule."""
    nodes = tree.tree_

    def rules_below(node, customers, bounds) -> list[tuple]:
        if nodes.children_left[node] == nodes.children_right[node]:
            return [(tree.classes_[nodes.value[node].argmax()], bounds)]
        column = nodes.feature[node]
        is_left = ranks[customers, column] <= nodes.threshold[node]
        left, right = customers[is_left], customers[~is_left]
        threshold = roundest_between(values[left, column].max(), values[right, column].min())
        greater_than, at_most = bounds.get(column, (None, None))
        rules = [
            *rules_below(
                nodes.children_left[node], left, bounds | {column: (greater_than, threshold)}
            ),
            *rules_below(
                nodes.children_right[node], right, bounds | {column: (threshold, at_most)}
            ),
        ]
        if len(rules) == 2 and rules[0][0] == rules[1][0]:
            return [(rules[0][0], bounds)]
        return rules

    return rules_below(0, np.arange(len(ranks)), {})
