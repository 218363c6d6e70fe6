from progress import reporter
from segmentation.feature_scalers import scale_features
from segmentation.principal_components import without_components
from segmentation.segment_counts import fit_candidate_centroids


def model(dbt, session):
    max_segments = dbt.config.meta_get("max_segments")
    kmeans_restarts = dbt.config.meta_get("kmeans_restarts")
    random_seed = dbt.config.meta_get("random_seed")

    sample = dbt.ref("training_sample").order("customer_id").df()
    scalers = dbt.ref("fit_feature_scalers").order("feature").df()

    points = without_components(scale_features(sample, scalers))
    candidates = fit_candidate_centroids(
        points, max_segments, kmeans_restarts, random_seed, report=reporter("k-means without PCA")
    )
    return candidates.rename(columns={"component": "axis"})
