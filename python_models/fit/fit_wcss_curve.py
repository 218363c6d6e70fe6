from segmentation.segment_counts import choose_segment_count, score_wcss_curve


def model(dbt, session):
    segment_count = dbt.config.meta_get("segment_count")
    segment_count_reason = dbt.config.meta_get("segment_count_reason")

    candidates = dbt.ref("fit_candidate_centroids").df()

    return choose_segment_count(score_wcss_curve(candidates), segment_count, segment_count_reason)
