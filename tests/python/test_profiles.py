"""Profiles and cards of the segments, held against SciPy and pandas."""

import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, f_oneway
from scipy.stats.contingency import association

from conftest import PROJECT, Warehouse

TOLERANCE = 1e-9


def customers_of(warehouse: Warehouse) -> pd.DataFrame:
    """Read all features with the segment of each customer, ordered by customer."""
    return warehouse.frame("""
        select customer_features.*, customer_segments.segment_id
        from features.customer_features
        inner join marts.customer_segments using (customer_id)
        order by customer_id
    """)


def values_of(warehouse: Warehouse, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers as the model sees them; profiling features as they are."""
    catalog = warehouse.frame("""
        select feature, role, transform, fill_value
        from features.feature_catalog
        left join (select feature, fill_value from marts.feature_scalers) using (feature)
        where unit != 'category'
    """)
    columns = {}
    for row in catalog.itertuples():
        values = customers[row.feature]
        if row.role == "clustering":
            values = values.fillna(row.fill_value)
            values = np.log1p(values) if row.transform == "log1p" else values
        columns[row.feature] = values
    return pd.DataFrame(columns)


def assert_feature_profiles_are_as_scipy_has_them(warehouse: Warehouse) -> None:
    customers = customers_of(warehouse)
    values = values_of(warehouse, customers)
    profiles = warehouse.frame("select * from marts.segment_feature_profiles")
    ids = sorted(customers["segment_id"].unique())
    assert len(profiles) == len(ids) * values.shape[1]
    for feature, rows in profiles.groupby("feature"):
        rows = rows.set_index("segment_id")
        known = customers[feature].groupby(customers["segment_id"]).mean()
        average = customers[feature].mean()
        index = 100 * known / average if average > 0 else known * np.nan
        np.testing.assert_allclose(
            rows.loc[ids, "index_vs_average"].astype(float), index, rtol=TOLERANCE, err_msg=feature
        )
        assert rows["eta_squared"].nunique(dropna=False) == 1
        seen = values[feature].dropna()
        if seen.nunique() < 2:
            assert rows["eta_squared"].isna().all()
            assert rows["smd_vs_rest"].isna().all()
            continue
        segment = customers.loc[seen.index, "segment_id"]
        groups = [seen[segment == segment_id] for segment_id in ids]
        ratio = f_oneway(*groups).statistic * (len(groups) - 1)
        eta_squared = ratio / (ratio + len(seen) - len(groups))
        assert rows["eta_squared"].iloc[0] == pytest.approx(eta_squared, abs=TOLERANCE), feature
        for segment_id in ids:
            inside, rest = seen[segment == segment_id], seen[segment != segment_id]
            deviation = np.sqrt((inside.var(ddof=0) + rest.var(ddof=0)) / 2)
            assert rows.loc[segment_id, "smd_vs_rest"] == pytest.approx(
                (inside.mean() - rest.mean()) / deviation, abs=TOLERANCE
            ), feature


def assert_benefit_shares_are_as_pandas_has_them(warehouse: Warehouse) -> None:
    """Also those of features, which they are the sums of."""
    customers = customers_of(warehouse)
    scalers = warehouse.frame("select * from marts.feature_scalers where is_used")
    scalers = scalers.set_index("feature")
    values = values_of(warehouse, customers)[scalers.index]
    scaled = (values - scalers["mean"]) / scalers["standard_deviation"] * scalers["weight"]
    means = scaled.groupby(customers["segment_id"]).mean() - scaled.mean()
    sizes = customers["segment_id"].value_counts()
    between = (means**2).mul(sizes, axis=0)
    shares = between / between.to_numpy().sum()

    importance = warehouse.frame("select * from marts.feature_importance").set_index("feature")
    np.testing.assert_allclose(
        importance.loc[shares.columns, "bcss_share"], shares.sum(), atol=TOLERANCE
    )
    profiles = warehouse.frame("select * from marts.segment_benefit_profiles")
    for row in profiles.itertuples():
        of_benefit = shares.loc[:, scalers["benefit"] == row.benefit]
        assert row.bcss_share == pytest.approx(of_benefit.to_numpy().sum(), abs=TOLERANCE)
        assert row.segment_bcss_share == pytest.approx(
            of_benefit.loc[row.segment_id].sum(), abs=TOLERANCE
        )
    of_relationship = shares.loc[:, scalers["benefit"] == "all"].to_numpy().sum()
    of_benefits = profiles.groupby("benefit")["bcss_share"].first().sum()
    assert of_benefits + of_relationship == pytest.approx(1, abs=TOLERANCE)


def assert_attribute_profiles_are_as_scipy_has_them(warehouse: Warehouse) -> None:
    customers = customers_of(warehouse)
    profiles = warehouse.frame("select * from marts.segment_attribute_profiles")
    assert set(profiles["attribute"]) == {"age_band", "region"}
    for attribute, rows in profiles.groupby("attribute"):
        observed = pd.crosstab(customers["segment_id"], customers[attribute].fillna("unknown"))
        _, _, _, expected = chi2_contingency(observed, correction=False)

        def as_table(column, rows=rows, like=observed):
            table = rows.pivot(index="segment_id", columns="category", values=column)
            assert table.shape == like.shape
            return table.loc[like.index, like.columns].to_numpy(dtype=float)

        np.testing.assert_array_equal(as_table("customers"), observed)
        np.testing.assert_allclose(
            as_table("pearson_residual"), (observed - expected) / np.sqrt(expected), atol=TOLERANCE
        )
        shares = observed.div(observed.sum(axis=1), axis=0)
        average = observed.sum() / len(customers)
        np.testing.assert_allclose(as_table("segment_share"), shares, atol=TOLERANCE)
        np.testing.assert_allclose(as_table("index_vs_average"), 100 * shares / average)
        assert rows["average_share"].tolist() == pytest.approx(
            average[rows["category"]].tolist(), abs=TOLERANCE
        )
        assert rows["cramers_v"].nunique(dropna=False) == 1
        if min(observed.shape) == 1:
            assert rows["cramers_v"].isna().all()
        else:
            assert rows["cramers_v"].iloc[0] == pytest.approx(
                corrected_cramers_v(observed), abs=TOLERANCE
            )


def corrected_cramers_v(observed: pd.DataFrame) -> float:
    """Return V as Bergsma (2013) corrects it, from the plain one of SciPy."""
    n, (r, k) = observed.to_numpy().sum(), observed.shape
    phi_squared = association(observed, method="cramer") ** 2 * (min(r, k) - 1)
    phi_squared = max(phi_squared - (r - 1) * (k - 1) / (n - 1), 0)
    corrected = (size - (size - 1) ** 2 / (n - 1) for size in (r, k))
    return np.sqrt(phi_squared / (min(corrected) - 1))


def test_features_are_profiled_as_scipy_has_it(demo):
    assert_feature_profiles_are_as_scipy_has_them(demo)
    roles = demo.rows("""
        select role, count(distinct feature)
        from marts.segment_feature_profiles group by 1 order by 1
    """)
    assert roles == [("clustering", 39), ("profiling", 2)]


def test_benefits_share_the_sum_of_squares_as_pandas_has_it(demo):
    assert_benefit_shares_are_as_pandas_has_them(demo)


def test_attributes_are_profiled_as_scipy_has_it(demo):
    assert_attribute_profiles_are_as_scipy_has_them(demo)


def test_the_planted_types_differ_in_age_and_not_in_region(demo):
    strength = dict(demo.rows("select attribute, cramers_v from marts.segment_attribute_profiles"))
    assert strength["age_band"] > 0.2
    assert strength["region"] < 0.05
    bands = demo.rows("""
        select category, sum(customers)
        from marts.segment_attribute_profiles
        where attribute = 'age_band' group by 1 order by 1
    """)
    assert [band for band, _ in bands] == ["0-29", "30-44", "45-59", "60-74", "75 and over"]
    assert sum(customers for _, customers in bands) == 3000


def test_what_describes_segments_takes_no_part_in_finding_them(demo):
    described = {"age_years", "relationship_tenure_months", "age_band", "region"}
    for table in ("features.training_sample", "marts.feature_scalers", "marts.feature_importance"):
        frame = demo.frame(f"select * from {table}")
        assert described.isdisjoint([*frame.columns, *frame.get("feature", [])])


def test_every_segment_has_a_card_that_begins_with_its_size(demo):
    cards = demo.rows("""
        select segment_name, sentence from marts.segment_cards
        where position = 1 and evidence_number = 1
    """)
    sizes = demo.rows("select segment_name, customers from marts.segment_profiles")
    assert {name: sentence.split(" customers")[0] for name, sentence in cards} == {
        name: f"{customers:,}" for name, customers in sizes
    }
    playbook = demo.rows("""
        select count(*) from marts.segment_cards where topic = 'playbook'
        union all
        select count(*) from reference.segment_playbook_claims
    """)
    assert playbook[0] == playbook[1]


def test_the_summary_tells_what_the_model_read(demo, warehouse, run_summary):
    shutil.copy(demo.path, warehouse.path)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("""
            update marts.segment_feature_profiles set rank_in_segment = 0
            where role = 'profiling'
        """)
    printed = run_summary(warehouse)
    assert printed.count("    + ") + printed.count("    - ") == 15
    assert "    + age: " not in printed


def test_the_summary_tells_what_was_missing_and_which_names_are_not_shown(
    demo, warehouse, run_summary
):
    shutil.copy(demo.path, warehouse.path)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("""
            update marts.input_row_counts set location = null where input = 'credit_card_usage';
            update marts.input_row_counts set ignored_columns = 'saldo' where input = 'customers';
            update profiles.int_playbook_claims set is_confirmed = false
            where segment_id in (1, 2);
            update profiles.int_playbook_claims set is_true = false, value = 0.5
            where segment_id = 1 and feature = 'wealth_management_trade_frequency';
            update profiles.int_playbook_claims set is_true = false, feature = 'lending'
            where segment_id = 2 and feature = 'loan_holdings';
        """)
    printed = run_summary(warehouse).splitlines()
    assert "credit_card_usage: no file or table of this name, treated as empty" in printed
    assert "customers: ignored columns: saldo" in printed
    assert [line for line in printed if "not shown" in line] == [
        'playbook name "Active investors" of segment 1 not shown:'
        " wealth_management_trade_frequency mean is 0.5, claimed at least 0.75",
        'playbook name "Steady savers" of segment 2 not shown: there is no feature lending',
    ]


def test_a_name_that_is_no_longer_true_fails_the_build_until_the_playbook_is_corrected(
    demo, tmp_path
):
    project = tmp_path / "project"
    ignored = shutil.ignore_patterns("__pycache__", "warehouse", "target", ".git", ".venv")
    shutil.copytree(PROJECT, project, ignore=ignored)
    warehouse = Warehouse(demo.copy(tmp_path).path, project)
    claims = project / "data" / "demo" / "company" / "segment_playbook_claims.csv"
    bundled = claims.read_text()

    def build():
        selected = ("--select", "segment_playbook segment_playbook_claims", "int_playbook_claims+")
        result = warehouse.dbt(
            *(
                "build",
                *selected,
                "--exclude",
                "tag:dossier",
                "--exclude-resource-type",
                "unit_test",
            )
        )
        names = warehouse.rows(
            "select segment_name from marts.segment_profiles order by segment_id"
        )
        return result, [name for (name,) in names]

    claim = "1,wealth_management_trade_frequency,mean,at_least,0.75"
    assert claim in bundled
    claims.write_text(bundled.replace(claim, claim.replace("0.75", "0.99")))
    # Not only the first build after it tells.
    for _ in range(2):
        result, names = build()
        assert result.returncode != 0
        said = " ".join(result.stdout.split())
        assert 'segment 1 "Active investors": wealth_management_trade_frequency mean' in said
        assert "had to be at least 0.99 and is 0.97" in said
        assert "Active investors" not in names
        assert "Steady savers" in names

    claims.write_text(bundled)
    result, names = build()
    assert result.returncode == 0, result.stdout
    assert names[0] == "Active investors"

    entries = claims.with_name("segment_playbook.csv")
    for file in (entries, claims):
        rows = file.read_text().splitlines(keepends=True)
        file.write_text("".join(row for row in rows if not row.startswith("1,")))
    result, names = build()
    assert result.returncode == 0, result.stdout
    assert "Active investors" not in names


BREAK = {
    "no longer within its bound": (
        """
        update marts.segment_feature_profiles set smd_vs_rest = 0.25
        where segment_id = 1 and feature = 'wealth_management_trade_frequency'
        """,
        "segment_feature_profiles.smd_vs_rest wealth_management_trade_frequency was",
        "and had to be at least 0.5, but is 0.25",
    ),
    "no longer the number": (
        "update marts.segment_profiles set customers = customers + 1 where segment_id = 2",
        "(segment_profiles.customers was",
        "and had to be equal to",
    ),
    "evidence is gone": (
        "delete from marts.segment_benefit_profiles where segment_id = 4 and benefit = 'loan'",
        "segment_benefit_profiles.penetration_index loan was",
        "but there is no such number",
    ),
    "of the playbook": (
        """
        update marts.segment_feature_profiles set median = 2
        where segment_id = 3 and feature = 'benefits_held'
        """,
        'segment 3 "They hold one benefit, most often a card, and hardly use it."',
        "segment_feature_profiles.median benefits_held was 1.0 and had to be at most 1.0",
    ),
}


@pytest.mark.parametrize("case", BREAK)
def test_a_published_claim_that_no_longer_holds_fails_the_build(demo, warehouse, case):
    tampering, *said = BREAK[case]
    shutil.copy(demo.path, warehouse.path)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(tampering)
    result = warehouse.dbt("test", "--select", "assert_published_claims_hold")
    assert result.returncode != 0
    assert "Published claims of segment_cards do not hold" in result.stdout
    for words in said:
        assert words in result.stdout
