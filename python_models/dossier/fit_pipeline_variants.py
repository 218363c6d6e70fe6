from progress import reporter
from segmentation.feature_scalers import scale_features
from segmentation.pipeline_variants import fit_pipeline_variants
from segmentation.principal_components import project
from segmentation.segment_stability import nearest


def model(dbt, session):
    benefit_weighting = dbt.config.meta_get("benefit_weighting")
    pca_components = dbt.config.meta_get("pca_components")
    kmeans_restarts = dbt.config.meta_get("kmeans_restarts")
    random_seed = dbt.config.meta_get("random_seed")

    sample = dbt.ref("training_sample").order("customer_id").df()
    scalers = dbt.ref("fit_feature_scalers").order("feature").df()
    components = dbt.ref("fit_principal_components").order("component, feature").df()
    catalog = dbt.ref("feature_catalog").filter("role = 'clustering'").df()
    centroids = dbt.ref("segment_centroids").order("segment_id, component").df()

    centroids = centroids.pivot(index="segment_id", columns="component", values="coordinate")
    points = project(scale_features(sample, scalers), components)
    return fit_pipeline_variants(
        sample,
        scalers,
        catalog,
        centroids.index.to_numpy()[nearest(points, centroids.to_numpy())],
        benefit_weighting,
        pca_components,
        kmeans_restarts,
        random_seed,
        report=reporter("variants of the pipeline"),
    )
