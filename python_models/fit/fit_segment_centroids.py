import duckdb

from segmentation.segment_numbers import number_segments


def model(dbt, session):
    candidates = dbt.ref("fit_candidate_centroids").order("cluster, component").df()
    scores = dbt.ref("fit_wcss_curve").df()
    scalers = dbt.ref("fit_feature_scalers").order("feature").df()
    components = dbt.ref("fit_principal_components").order("component, feature").df()
    try:
        standing = session.table(str(dbt.this)).df()
    except duckdb.CatalogException:  # the first build
        standing = None

    chosen = scores.loc[scores["is_chosen"], "segment_count"].item()
    centroids = candidates[candidates["segment_count"] == chosen]
    return number_segments(centroids, scalers, components, standing)
