"""The dossier on real builds: every figure against a reference, on all customers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)
from threadpoolctl import threadpool_limits

from benefit_segments.segment_count_criteria import (
    gap_statistics,
    prediction_strengths,
    stratified_rows,
)
from benefit_segments.segment_counts import centroids_by_count, fit_candidate_centroids
from benefit_segments.segment_stability import bootstrap_stability, nearest
from conftest import Warehouse

FEW_REFITS = "stability_refits: 3, gap_references: 3, prediction_strength_splits: 3"


@pytest.fixture(scope="module", params=["demo", "cards"])
def built(request) -> Warehouse:
    return request.getfixturevalue(request.param)


def points_of(warehouse: Warehouse, space: str) -> np.ndarray:
    """Return the coordinates of all customers, by customer_id, from the published parameters."""
    scalers = warehouse.frame("select * from marts.feature_scalers where is_used order by feature")
    weights = warehouse.frame("select * from marts.component_weights")
    customers = warehouse.frame("select * from features.customer_features order by customer_id")
    filled = customers[scalers["feature"]].fillna(scalers.set_index("feature")["fill_value"])
    values = filled.to_numpy(dtype=float)
    is_log = (scalers["transform"] == "log1p").to_numpy()
    values[:, is_log] = np.log1p(values[:, is_log])
    mean, deviation, weight = scalers[["mean", "standard_deviation", "weight"]].to_numpy().T
    scaled = (values - mean) / deviation * weight
    if space == "scaled":
        return scaled
    matrix = weights.pivot(index="component", columns="feature", values="weight")
    return scaled @ matrix[scalers["feature"]].to_numpy().T


def solutions_of(warehouse: Warehouse, space: str) -> dict[int, np.ndarray]:
    """Return the centroids of a space by number of segments."""
    if space == "pca":
        return centroids_by_count(warehouse.frame("select * from fit.fit_candidate_centroids"))
    # The warehouse does not keep those of the other space.
    points = points_of(warehouse, space)
    return centroids_by_count(fit_candidate_centroids(points, max_segments=10, restarts=5, seed=42))


def clusters_of(warehouse: Warehouse, count: int) -> np.ndarray:
    """Return the cluster of all customers in a candidate of the model, by customer_id."""
    return nearest(points_of(warehouse, "pca"), solutions_of(warehouse, "pca")[count]) + 1


def scores_of(warehouse: Warehouse, space: str) -> pd.DataFrame:
    """Return the scores of a space by number of segments."""
    return warehouse.frame(
        f"select * from marts.segment_count_scores where space = '{space}'"
    ).set_index("segment_count")


@pytest.mark.parametrize("space", ["pca", "scaled"])
def test_criteria_are_those_of_scikit_learn(built, space):
    points, scores = points_of(built, space), scores_of(built, space)
    solutions = solutions_of(built, space)
    assert scores.index.sort_values().tolist() == list(range(1, 11))
    assert scores["sample_size"].tolist() == [len(points)] * 10
    for count in range(2, 11):
        labels, found = nearest(points, solutions[count]), scores.loc[count]
        centres = np.array([points[labels == label].mean(axis=0) for label in np.unique(labels)])
        distances = np.linalg.norm(points[:, None, :] - centres[None, :, :], axis=2)
        own, second = np.sort(distances, axis=1)[:, :2].T
        expected = {
            "wcss": (own**2).sum(),
            "total_sum_of_squares": ((points - points.mean(axis=0)) ** 2).sum(),
            "calinski_harabasz": calinski_harabasz_score(points, labels),
            "davies_bouldin": davies_bouldin_score(points, labels),
            "simplified_silhouette_avg": ((second - own) / second).mean(),
            "min_segment_share": np.bincount(labels).min() / len(labels),
        }
        # k-means stops when centroids move by less than 1e-8 of the variance.
        for name, value in expected.items():
            assert found[name] == pytest.approx(value, rel=1e-5), (count, name)
        assert found["between_sum_of_squares"] == pytest.approx(
            found["total_sum_of_squares"] - found["wcss"]
        )
    for count in (2, 4, 7):
        expected = silhouette_score(points, nearest(points, solutions[count]))
        assert scores.loc[count, "silhouette_avg"] == pytest.approx(expected, abs=1e-9)


@pytest.fixture(scope="module")
def sampled(demo, tmp_path_factory) -> Warehouse:
    """The demo insurer with criteria of about 300 of its 3,000 customers."""
    return demo.copy(tmp_path_factory.mktemp("sampled")).build(
        *("--select", "fit_segment_count_criteria+"),
        *("--vars", f"{{criteria_sample_size: 300, {FEW_REFITS}}}"),
    )


@pytest.mark.parametrize("space", ["pca", "scaled"])
def test_all_criteria_of_a_row_are_about_the_same_sample(sampled, space):
    largest = solutions_of(sampled, "pca")[10]
    rows = stratified_rows(nearest(points_of(sampled, "pca"), largest), size=300, seed=42)
    points, solutions = points_of(sampled, space)[rows], solutions_of(sampled, space)
    scores = scores_of(sampled, space).sort_index()
    assert scores["sample_size"].tolist() == [len(rows)] * 10
    assert 290 <= len(rows) <= 310

    refits = {"restarts": 5, "seed": 42}
    gaps = gap_statistics(points, solutions, references=3, **refits)
    strengths = prediction_strengths(points, list(solutions), splits=3, **refits)
    stability = bootstrap_stability(points, solutions, refits=3, **refits)
    expected = pd.DataFrame(
        {
            "gap": gaps["gap"],
            "prediction_strength": strengths["prediction_strength"],
            "stability_ari": stability.groupby("segment_count")["stability_ari"].first().to_numpy(),
        }
    )
    total = ((points - solutions[1]) ** 2).sum()
    for count in range(2, 11):
        found = scores.loc[count]
        distances = np.linalg.norm(points[:, None, :] - solutions[count][None, :, :], axis=2)
        labels, own = distances.argmin(axis=1), distances.min(axis=1)
        second = np.sort(distances, axis=1)[:, 1]
        wcss, sizes = (own**2).sum(), np.bincount(labels)
        spreads = np.array([own[labels == label].mean() for label in range(count)])
        separations = np.linalg.norm(solutions[count][:, None] - solutions[count], axis=2)
        np.fill_diagonal(separations, np.inf)
        values = {
            "total_sum_of_squares": total,
            "wcss": wcss,
            "between_sum_of_squares": total - wcss,
            "explained_share": 1 - wcss / total,
            "calinski_harabasz": (total - wcss) / (count - 1) / (wcss / (len(rows) - count)),
            "davies_bouldin": ((spreads[:, None] + spreads) / separations).max(axis=1).mean(),
            "simplified_silhouette_avg": ((second - own) / second).mean(),
            "silhouette_avg": silhouette_score(points, labels),
            "min_segment_share": sizes.min() / len(rows),
            **expected.loc[count - 1],
        }
        for name, value in values.items():
            assert found[name] == pytest.approx(value, rel=1e-6), (count, name)


def test_gap_and_prediction_strength_are_what_a_straightforward_reading_gives(built):
    points, scores = points_of(built, "pca"), scores_of(built, "pca")
    centred = points - points.mean(axis=0)
    rotated = centred @ np.linalg.svd(centred, full_matrices=False)[2].T
    random = np.random.default_rng(7)

    def fit(sample, count) -> KMeans:
        return KMeans(count, n_init=5, random_state=7).fit(sample)

    with threadpool_limits(1):
        for count in (1, 2, 4):
            uniform = [
                random.uniform(rotated.min(axis=0), rotated.max(axis=0), size=rotated.shape)
                for _ in range(5)
            ]
            expected = np.mean([np.log(fit(sample, count).inertia_) for sample in uniform])
            gap = expected - np.log(fit(points, count).inertia_)
            assert scores.loc[count, "gap"] == pytest.approx(gap, abs=0.03)
        for count in (2, 4):
            strengths = []
            for _ in range(10):
                order = random.permutation(len(points))
                halves = np.array_split(points[order], 2)
                fits = [fit(half, count) for half in halves]
                for half, own, other in zip(halves, fits, fits[::-1], strict=True):
                    together = pd.crosstab(own.labels_, other.predict(half)).to_numpy()
                    sizes = together.sum(axis=1)
                    pairs = (together * (together - 1)).sum(axis=1)
                    strengths.append((pairs / (sizes * (sizes - 1))).min())
            # Both are means over ten random splits, whose strengths differ by up to 0.2.
            found = scores.loc[count, "prediction_strength"]
            assert found == pytest.approx(np.mean(strengths), abs=0.12)


def test_the_chosen_solution_is_the_model(built):
    (count,) = built.rows("select segment_count from marts.wcss_curve where is_chosen")[0]
    segments = built.frame("select segment_id from marts.customer_segments order by customer_id")
    agreement = adjusted_rand_score(clusters_of(built, count), segments["segment_id"])
    assert agreement == 1


def test_genealogy_counts_the_customers_of_two_solutions(built):
    rows = built.frame("select * from marts.segment_genealogy")
    assert sorted(rows["segment_count"].unique()) == list(range(1, 10))
    for count, moves in rows.groupby("segment_count"):
        expected = pd.crosstab(clusters_of(built, count), clusters_of(built, count + 1))
        found = moves.pivot(index="cluster", columns="next_cluster", values="customers")
        assert found.fillna(0).to_numpy().tolist() == expected.to_numpy().tolist()
        np.testing.assert_allclose(moves.groupby("cluster")["share_of_cluster"].sum(), 1)
        np.testing.assert_allclose(moves.groupby("next_cluster")["share_of_next_cluster"].sum(), 1)
    sizes = dict(built.rows("select segment_id, customers from marts.segment_profiles"))
    assert rows.dropna(subset="segment_id").groupby("segment_id")["customers"].sum().to_dict() == (
        sizes
    )


def test_variants_agree_as_scikit_learn_says_and_customers_stay_as_counted(built):
    variants = built.frame("select * from marts.pipeline_variants order by variant")
    assert len(variants) == 36
    assignments = built.frame("select * from dossier.int_variant_assignments order by customer_id")
    clusters = pd.DataFrame(np.vstack(assignments["clusters"]), columns=range(1, 37))
    segments = built.frame("select * from marts.customer_robustness order by customer_id")
    matched = built.frame(
        "select distinct variant, cluster, segment_id, joined_segment_id"
        " from dossier.fit_pipeline_variants"
    ).set_index(["variant", "cluster"])
    stays = np.zeros(len(segments))
    for row in variants.itertuples():
        labels = clusters[row.variant]
        expected = adjusted_rand_score(segments["segment_id"], labels)
        assert row.adjusted_rand_index == pytest.approx(expected, abs=1e-9)
        continued = matched.loc[row.variant]
        stayed = (labels.map(continued["segment_id"]) == segments["segment_id"]) | (
            labels.map(continued["joined_segment_id"]) == segments["segment_id"]
        )
        assert row.share_of_customers_who_stay == pytest.approx(stayed.mean(), abs=1e-9)
        stays += stayed
    np.testing.assert_allclose(segments["assignment_robustness"], stays / 36, atol=1e-9)
    by_segment = segments.groupby("segment_id")["assignment_robustness"]
    found = built.frame("select * from marts.segment_reliability order by segment_id")
    np.testing.assert_allclose(found["mean_assignment_robustness"], by_segment.mean())
    assert (
        found["robust_customers"].tolist() == (by_segment.agg(lambda x: (x >= 0.8).sum())).tolist()
    )


def test_the_same_pipeline_with_the_same_seed_is_the_model(built):
    ((agreement, stay),) = built.rows("""
        select adjusted_rand_index, share_of_customers_who_stay
        from marts.pipeline_variants
        where
            transform = 'identity'
            and has_components
            and random_seed = 42
            and segment_count = (select count(*) from marts.segment_profiles)
    """)
    assert agreement > 0.999
    assert stay > 0.999


def test_the_card_customers_are_reproducible_not_natural(cards):
    scores = scores_of(cards, "pca")
    votes = dict(
        cards.rows(
            "select criterion, segment_count from marts.segment_count_votes where space = 'pca'"
        )
    )
    assert votes["is_knee"] == votes["calinski_harabasz"] == 4
    assert scores.loc[4, "stability_ari"] > 0.9
    # With the best solution for three; the two next best are found again by 0.5 and 0.3.
    assert 0.6 < scores.loc[3, "stability_ari"] < 0.85
    assert scores.loc[4, "silhouette_avg"] == pytest.approx(0.252, abs=0.02)
    assert scores.loc[4, "calinski_harabasz"] == pytest.approx(2234, rel=0.001)
    assert scores.loc[4, "verdict"] == "reproducible"
    assert scores.index[scores["is_chosen"]].tolist() == [4]
    assert scores.loc[4, "verdict_reason"].startswith("4 segments are reproducible, not natural")


def test_without_components_the_card_figures_are_the_published_ones(cards):
    scores = scores_of(cards, "scaled")
    published = pd.DataFrame(
        {
            "silhouette_avg": [0.210, 0.251, 0.198, 0.193, 0.203],
            "calinski_harabasz": [1706, 1605, 1598, 1483, np.nan],
            "davies_bouldin": [1.912, 1.592, 1.575, 1.549, np.nan],
        },
        index=range(2, 7),
    )
    for name, tolerance in (
        ("silhouette_avg", 0.02),
        ("calinski_harabasz", 2),
        ("davies_bouldin", 0.02),
    ):
        expected = published[name].dropna()
        np.testing.assert_allclose(scores.loc[expected.index, name], expected, atol=tolerance)
    assert scores.loc[4, "stability_ari"] == pytest.approx(0.939, abs=0.02)
    # The gap of these customers never stops to rise, so its rule chooses nothing.
    assert scores["gap"].sort_index().is_monotonic_increasing


def test_the_demo_customers_are_reproducible_and_most_criteria_say_so(demo):
    ((count, verdict, votes, sentence),) = demo.rows("""
        select segment_count, verdict, votes, verdict_reason
        from marts.segment_count_scores where is_chosen
    """)
    assert (count, verdict) == (5, "reproducible")
    assert votes >= 5
    assert "there are no wide gaps" in sentence


def test_an_override_is_recorded_with_its_reason(demo, tmp_path):
    warehouse = demo.copy(tmp_path)
    warehouse.build(
        # Four segments are not the five that the playbook names.
        *("--select", "fit_candidate_centroids+"),
        *("--exclude", "tag:dossier", "assert_playbook_claims_hold"),
        *(
            "--vars",
            "{segment_count: 4, segment_count_reason: 'one letter for each of four agencies'}",
        ),
    )
    ((count, is_override, reason),) = warehouse.rows(
        "select segment_count, is_override, reason from marts.wcss_curve where is_chosen"
    )
    assert (count, is_override) == (4, True)
    assert reason == (
        "4 segments, a number set by hand (one letter for each of four agencies); "
        "the WCSS curve over 1 to 10 segments has its knee at 5."
    )
    # The dossier was left out: what it said about five segments is not shown for four.
    tables = {name for (name,) in warehouse.rows("select table_name from duckdb_tables()")}
    assert not tables & {"segment_count_scores", "segment_rules", "customer_robustness"}
    assert warehouse.rows("select count(*) from marts.customer_segments") == [(3000,)]


def test_a_selector_leaves_the_dossier_out(warehouse, run_summary):
    result = warehouse.dbt("build", "--selector", "without_dossier")
    assert result.returncode == 0, result.stdout
    tables = {name for (name,) in warehouse.rows("select table_name from duckdb_tables()")}
    assert "customer_segments" in tables
    assert "wcss_curve" in tables
    assert not tables & {
        "segment_count_scores",
        "pipeline_variants",
        "fit_pipeline_variants",
        "segment_rules",
    }
    assert "knee at 5" in run_summary(warehouse)
    # It is a build that may be published, without the dossier.
    built = {name for (name,) in warehouse.rows("select relation_name from last_build.relations")}
    assert {"customer_segments", "build_info", "segment_of", "stg_customers"} <= built
    assert "segment_rules" not in built
