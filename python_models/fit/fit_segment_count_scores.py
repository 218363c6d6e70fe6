from segmentation.segment_counts import score_segment_counts


def model(dbt, session):
    segment_count = dbt.config.meta_get("segment_count")

    candidates = dbt.ref("fit_candidate_centroids").df()

    return score_segment_counts(candidates, segment_count)
