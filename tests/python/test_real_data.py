"""Public data sets, read where EXTERNAL_DATA_DIR has them: a card file, US households."""

import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from conftest import Warehouse
from own_feature_table import CATALOG, declare
from test_customer_drivers import (
    assert_changes_are_the_first_that_can_do,
    assert_contributions_add_up,
    assert_smallest_changes_move_everyone,
)
from test_demo_segments import assert_scored_as_scikit_learn_predicts
from test_profiles import (
    assert_attribute_profiles_are_as_scipy_has_them,
    assert_benefit_shares_are_as_pandas_has_them,
    assert_feature_profiles_are_as_scipy_has_them,
)
from test_segment_rules import assert_rules_are_the_tree_of_scikit_learn


def test_every_card_customer_gets_a_segment(cards):
    assert cards.rows("select count(*), count(segment_id) from marts.customer_segments") == [
        (8950, 8950)
    ]
    assert cards.rows("select count(*) from marts.rejected_rows") == [(0,)]


def test_scaled_data_have_one_unit_of_variance_per_feature(cards):
    features = cards.rows("""
        select feature, fill_value, mean, standard_deviation
        from marts.feature_scalers where is_used
    """)
    assert len(features) == 17
    total = sum(
        cards.rows(
            f"""
            select sum(pow((coalesce({feature}, ?) - ?) / ?, 2))
            from features.customer_features
            """,
            *parameters,
        )[0][0]
        for feature, *parameters in features
    )
    assert total == pytest.approx(8950 * 17, abs=1e-6)
    fills = {feature: fill for feature, fill, *_ in features}
    assert fills["credit_card_minimum_payments"] == pytest.approx(312.343947, abs=1e-6)
    assert fills["credit_card_limit"] == 3000


def test_components_reach_the_published_share(cards):
    (count, share) = cards.rows("""
        select count(*), max(cumulative_explained_variance_ratio) from marts.principal_components
    """)[0]
    assert count == 7
    assert share == pytest.approx(0.8075, abs=5e-5)


def test_knee_is_at_four_segments_of_the_published_sizes(cards):
    assert cards.rows("""
        select segment_count from marts.wcss_curve where is_chosen and is_knee
    """) == [(4,)]
    sizes = cards.rows("select customers from marts.segment_profiles order by 1 desc")
    for (size,), published in zip(sizes, [4051, 3371, 1219, 309], strict=True):
        assert size == pytest.approx(published, rel=0.01)


def test_segments_are_recognisable(cards):
    index = {
        (size, feature): value
        for size, feature, value in cards.rows("""
            select
                rank() over (partition by feature order by customers desc),
                feature,
                index_vs_average
            from marts.segment_feature_profiles
            inner join marts.segment_profiles using (segment_id)
        """)
    }
    quiet, instalment, revolving, spending = 1, 2, 3, 4
    assert index[quiet, "credit_card_purchases"] < 40
    assert index[quiet, "credit_card_purchase_frequency"] < 50
    assert index[instalment, "credit_card_installment_purchase_frequency"] > 180
    assert index[instalment, "credit_card_full_payment_share"] > 150
    assert index[revolving, "credit_card_cash_advances"] > 400
    assert index[revolving, "credit_card_full_payment_share"] < 50
    assert index[spending, "credit_card_purchases"] > 700


def test_every_card_customer_is_scored_as_scikit_learn_predicts(cards):
    assert_scored_as_scikit_learn_predicts(cards)


def test_rules_of_the_card_customers_are_the_tree_of_scikit_learn(cards):
    fidelity = assert_rules_are_the_tree_of_scikit_learn(cards)
    print(f"\nfidelity of the rules on the card file: {fidelity:.4f}")
    assert fidelity >= 0.9


def test_contributions_of_every_card_customer_add_up(cards):
    assert_contributions_add_up(cards)


def test_smallest_changes_move_every_card_customer(cards, tmp_path):
    assert_smallest_changes_move_everyone(cards, tmp_path)


def test_changes_of_card_customers_are_the_first_that_can_do(cards):
    without = assert_changes_are_the_first_that_can_do(cards)
    assert without == pytest.approx(2189, rel=0.05)


def test_few_card_customers_are_outliers(cards):
    outliers = cards.rows("select outlier_customers from marts.segment_profiles order by customers")
    assert sum(count for (count,) in outliers) == pytest.approx(31, abs=3)
    assert all(count > 0 for (count,) in outliers)


def test_card_segments_are_profiled_as_scipy_and_pandas_have_it(cards):
    assert_feature_profiles_are_as_scipy_has_them(cards)
    assert_benefit_shares_are_as_pandas_has_them(cards)
    assert_attribute_profiles_are_as_scipy_has_them(cards)


def test_nothing_is_known_of_card_customers_but_their_card(cards):
    assert cards.rows("""
        select distinct category, index_vs_average, cramers_v from marts.segment_attribute_profiles
    """) == [("unknown", 100, None)]
    assert cards.rows("""
        select distinct known_customers, mean, smd_vs_rest, eta_squared
        from marts.segment_feature_profiles where role = 'profiling'
    """) == [(0, None, None, None)]
    assert cards.rows("""
        select distinct bcss_share from marts.segment_benefit_profiles where benefit = 'credit_card'
    """) == [(pytest.approx(1, abs=1e-12),)]
    assert cards.rows("""
        select benefit, sum(holders), sum(white_space)
        from marts.segment_benefit_profiles group by 1 order by 1
    """) == [
        ("credit_card", 8950, 0),
        ("loan", 0, None),
        ("savings_plan", 0, None),
        ("wealth_management", 0, None),
    ]


def test_wcss_is_as_low_as_the_best_of_scikit_learn(cards):
    weights = cards.frame("select * from marts.component_weights order by component, feature")
    scalers = cards.frame("select * from marts.feature_scalers where is_used order by feature")
    everyone = cards.frame("select * from features.customer_features order by customer_id")
    features = scalers["feature"].tolist()
    values = everyone[features].fillna(scalers.set_index("feature")["fill_value"])
    scaled = (values.to_numpy() - scalers["mean"].to_numpy()) / scalers[
        "standard_deviation"
    ].to_numpy()
    matrix = weights.pivot(index="component", columns="feature", values="weight")[features]
    points = scaled @ matrix.to_numpy().T
    with threadpool_limits(1):
        best = min(
            KMeans(4, n_init=1, random_state=seed).fit(points).inertia_ for seed in range(20)
        )
    (ours,) = cards.rows("select wcss from marts.wcss_curve where is_chosen")[0]
    assert ours <= best * 1.0001
    (scored,) = cards.rows("select sum(pow(distance_to_centroid, 2)) from marts.customer_segments")[
        0
    ]
    assert scored == pytest.approx(ours, rel=1e-6)


@pytest.mark.parametrize(("components", "space"), [(2, "pca2"), (10, "pca10_90pct")])
def test_wcss_curves_match_the_reference(
    cards, card_folder, external_data, tmp_path, components, space
):
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    shutil.copy(cards.path, warehouse.path)
    result = warehouse.dbt(
        "run",
        "--select",
        "fit_projection",
        "fit_candidate_centroids",
        "wcss_curve",
        "--vars",
        f"{{pca_components: {components}}}",
        raw_data=card_folder,
    )
    assert result.returncode == 0, result.stdout
    ours = [
        wcss
        for (wcss,) in warehouse.rows("select wcss from marts.wcss_curve order by segment_count")
    ]
    reference = read_reference_curve(external_data / "cc_general" / "reference.md", space)
    np.testing.assert_allclose(ours, reference, rtol=0.001)


def read_reference_curve(file, space: str) -> list[float]:
    """Read the first table of WCSS by number of segments (median imputation)."""
    lines = file.read_text().splitlines()
    start = lines.index("| k | full17 | pca2 | pca10_90pct |")
    column = ["k", "full17", "pca2", "pca10_90pct"].index(space)
    cells = [line.strip("|").split("|")[column] for line in lines[start + 2 : start + 12]]
    return [float(cell.split()[0]) for cell in cells]


def test_known_oddities_of_the_card_file_are_found(cards):
    found = dict(cards.rows("select rule, row_count from marts.data_quality_findings"))
    assert found["credit_card_minimum_payments_unknown"] == 313
    assert found["minimum_payments_unknown_nothing_paid"] == 240
    assert found["credit_card_limit_unknown"] == 1
    assert found["share_above_one"] == 8
    assert found["balance_above_limit"] == 227


# What households own and owe, as the survey names it, and what a bank would ask of each.
OWNED = {
    "savings": "SAVING + CDS + RETQLIQ",
    "loans": "INSTALL + MRTHEL",
    "wealth": "STOCKS + NMMF + BOND",
}
MEASURES = {
    "holdings": "unit: count, transform: identity, null_policy: zero, measure: holdings",
    "balance": "unit: amount, transform: log1p, null_policy: zero, measure: balance",
    "deposits": "unit: amount, transform: log1p, null_policy: zero, measure: amount",
    "recency": "unit: days, transform: identity, null_policy: median, measure: recency",
}


def declare_household_bank(folder: Path) -> Path:
    """Declare savings, loans and wealth as accounts, cards as a table of numbers."""
    features = [
        (f"{benefit}_{name}", f"benefit: {benefit}, label: {benefit} {name}, {entry}")
        for benefit in OWNED
        for name, entry in MEASURES.items()
    ]
    card = {
        "holdings": "unit: flag, transform: identity, null_policy: zero, measure: holdings",
        "balance": MEASURES["balance"],
    }
    features += [
        (f"card_{name}", f"benefit: card, label: card {name}, input: card_debt, {entry}")
        for name, entry in card.items()
    ]
    catalogue = CATALOG[: CATALOG.index("      - name: visits")] + "".join(
        f"      - name: {name}\n        description: The feature {name}.\n"
        f"        data_type: double\n        config: {{meta: {{role: clustering, {entry}}}}}\n"
        for name, entry in features
    )
    benefits = """benefit,label,singular,plural,is_owed,weight
savings,savings,savings account,savings accounts,false,1
loans,loans,loan,loans,true,1
wealth,wealth,security,securities,false,1
card,cards,card,cards,true,1
"""
    return declare(folder / "company", catalogue, benefits)


@pytest.fixture(scope="module")
def households(external_data, tmp_path_factory) -> Warehouse:
    """Survey of Consumer Finances 2019, first implicate of each family, in benefits of its own."""
    folder = tmp_path_factory.mktemp("scf2019")
    file = external_data / "scf2019" / "SCFP2019.csv.gz"
    with duckdb.connect() as connection:
        connection.execute(
            "create table households as select * from read_csv(?) where Y1 % 10 = 1", [str(file)]
        )
        owned = ", ".join(f"{sum_} as {benefit}" for benefit, sum_ in OWNED.items())
        connection.execute(f"""
            copy (
                select customer_id || '-' || benefit as account_id, customer_id, benefit, balance
                from (
                    unpivot (select cast(YY1 as varchar) as customer_id, {owned} from households)
                    on {", ".join(OWNED)} into name benefit value balance
                )
                where balance > 0
            ) to '{folder}/benefit_accounts.csv'
        """)
        connection.execute(f"""
            copy (
                select YY1 as cust_id, CCBAL as card_balance, CCBAL > 0 as card_holdings
                from households
            )
            to '{folder}/card_debt.csv'
        """)
        connection.execute(f"copy households to '{folder}/survey.parquet'")
    company = declare_household_bank(folder)
    warehouse = Warehouse(folder / "warehouse.duckdb", company=company)
    return warehouse.build(raw_data=folder, dossier=False)


def test_every_household_gets_a_segment(households):
    assert households.rows("select count(*), count(segment_id) from marts.customer_segments") == [
        (5777, 5777)
    ]
    assert households.rows("select sum(rejected_rows) from marts.input_row_counts") == [(0,)]


def test_benefits_of_the_survey_keep_their_names(households):
    """Holders and mean balances are those of the survey, counted from its own file."""
    survey = households.path.parent / "survey.parquet"
    counted = " union all ".join(
        f"select '{benefit}', count(*) filter ({sum_} > 0) from '{survey}'"
        for benefit, sum_ in (OWNED | {"card": "CCBAL"}).items()
    )
    held = """
        select benefit, sum(holders) from marts.segment_benefit_profiles group by benefit order by 1
    """
    assert households.rows(held) == households.rows(f"{counted} order by 1")
    for benefit, sum_ in OWNED.items():
        (expected,) = households.rows(f"select sum({sum_}) from '{survey}'")
        balances = f"select sum({benefit}_balance) from features.customer_features"
        assert households.rows(balances)[0] == pytest.approx(expected, rel=1e-9)


def test_features_that_do_not_vary_are_reported_and_left_out(households):
    reasons = dict(
        households.rows(
            "select feature, reason_left_out from marts.feature_scalers where not is_used"
        )
    )
    # The survey has accounts but no transactions.
    assert reasons == {
        **{f"{benefit}_deposits": "does not vary" for benefit in OWNED},
        **{f"{benefit}_recency": "no known value" for benefit in OWNED},
    }
    importance = households.rows("select count(*) from marts.feature_importance")[0][0]
    assert importance == 14 - len(reasons)
