import duckdb

from benefit_segments.projection import split_projection
from benefit_segments.segment_numbers import number_segments


def model(dbt, session):
    candidates = dbt.ref("fit_candidate_centroids")
    chosen = candidates.filter("is_chosen").order("cluster, component").df()
    scalers, components = split_projection(dbt.ref("fit_projection").df())
    try:
        standing = session.table(str(dbt.this)).df()
    except duckdb.CatalogException:  # the first build
        standing = None

    return number_segments(chosen, scalers, components, standing)
