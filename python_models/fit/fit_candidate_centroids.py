from benefit_segments.feature_scalers import scale_features
from benefit_segments.principal_components import project
from benefit_segments.progress import reporter
from benefit_segments.projection import split_projection
from benefit_segments.segment_counts import (
    choose_segment_count,
    fit_candidate_centroids,
    score_wcss_curve,
)


def model(dbt, session):
    sample = dbt.ref("training_sample").order("customer_id").df()
    scalers, components = split_projection(dbt.ref("fit_projection").df())

    candidates = fit_candidate_centroids(
        project(scale_features(sample, scalers), components),
        max_segments=dbt.config.meta_get("max_segments"),
        restarts=dbt.config.meta_get("kmeans_restarts"),
        seed=dbt.config.meta_get("random_seed"),
        report=reporter("k-means"),
    )
    curve = choose_segment_count(
        score_wcss_curve(candidates),
        segment_count=dbt.config.meta_get("segment_count"),
        segment_count_reason=dbt.config.meta_get("segment_count_reason"),
    )
    return candidates.merge(curve, on=["segment_count", "wcss"])
