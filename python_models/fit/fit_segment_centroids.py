import duckdb

from segmentation.segment_numbers import number_segments


def model(dbt, session):
    candidates = dbt.ref("fit_candidate_centroids")
    chosen = candidates.filter("is_chosen").order("cluster, component").df()
    scalers = dbt.ref("fit_feature_scalers").order("feature").df()
    components = dbt.ref("fit_principal_components").order("component, feature").df()
    try:
        standing = session.table(str(dbt.this)).df()
    except duckdb.CatalogException:  # the first build
        standing = None

    return number_segments(chosen, scalers, components, standing)
