from progress import reporter
from segmentation.feature_scalers import scale_features
from segmentation.principal_components import project, without_components
from segmentation.segment_count_criteria import score_spaces


def model(dbt, session):
    criteria_sample_size = dbt.config.meta_get("criteria_sample_size")
    stability_sample_size = dbt.config.meta_get("stability_sample_size")
    stability_refits = dbt.config.meta_get("stability_refits")
    gap_references = dbt.config.meta_get("gap_references")
    prediction_strength_splits = dbt.config.meta_get("prediction_strength_splits")
    kmeans_restarts = dbt.config.meta_get("kmeans_restarts")
    random_seed = dbt.config.meta_get("random_seed")

    sample = dbt.ref("training_sample").order("customer_id").df()
    scalers = dbt.ref("fit_feature_scalers").order("feature").df()
    components = dbt.ref("fit_principal_components").order("component, feature").df()
    pca_candidates = dbt.ref("fit_candidate_centroids").df()
    scaled_candidates = dbt.ref("fit_scaled_candidate_centroids").df()

    scaled = scale_features(sample, scalers)
    spaces = {
        "pca": (project(scaled, components), pca_candidates.rename(columns={"component": "axis"})),
        "scaled": (without_components(scaled), scaled_candidates),
    }
    return score_spaces(
        spaces,
        criteria_sample_size,
        stability_sample_size,
        stability_refits,
        gap_references,
        prediction_strength_splits,
        kmeans_restarts,
        random_seed,
        report=lambda space: reporter(f"criteria, {space} space"),
    )
