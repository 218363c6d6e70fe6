from benefit_segments.feature_scalers import scale_features
from benefit_segments.principal_components import project, without_components
from benefit_segments.progress import reporter
from benefit_segments.projection import split_projection
from benefit_segments.segment_count_criteria import score_spaces
from benefit_segments.segment_counts import fit_candidate_centroids


def model(dbt, session):
    kmeans_restarts = dbt.config.meta_get("kmeans_restarts")
    random_seed = dbt.config.meta_get("random_seed")

    sample = dbt.ref("training_sample").order("customer_id").df()
    scalers, components = split_projection(dbt.ref("fit_projection").df())
    candidates = dbt.ref("fit_candidate_centroids").df()

    scaled = scale_features(sample, scalers)
    points, scaled_points = project(scaled, components), without_components(scaled)
    scaled_candidates = fit_candidate_centroids(
        scaled_points,
        max_segments=dbt.config.meta_get("max_segments"),
        restarts=kmeans_restarts,
        seed=random_seed,
        report=reporter("k-means without PCA"),
    ).assign(is_chosen=False, is_override=False, reason=None)
    return score_spaces(
        {"pca": (points, candidates), "scaled": (scaled_points, scaled_candidates)},
        sample_size=dbt.config.meta_get("criteria_sample_size"),
        refits=dbt.config.meta_get("stability_refits"),
        references=dbt.config.meta_get("gap_references"),
        splits=dbt.config.meta_get("prediction_strength_splits"),
        restarts=kmeans_restarts,
        seed=random_seed,
        report=lambda space: reporter(f"criteria, {space} space"),
    )
