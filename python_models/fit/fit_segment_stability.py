from benefit_segments.feature_scalers import scale_features
from benefit_segments.principal_components import project
from benefit_segments.progress import reporter
from benefit_segments.projection import split_projection
from benefit_segments.segment_stability import bootstrap_stability, draw_rows


def model(dbt, session):
    stability_sample_size = dbt.config.meta_get("stability_sample_size")
    random_seed = dbt.config.meta_get("random_seed")

    sample = dbt.ref("training_sample").order("customer_id").df()
    scalers, components = split_projection(dbt.ref("fit_projection").df())
    centroids = dbt.ref("fit_segment_centroids").filter("space = 'component'").df()

    sample = sample.iloc[draw_rows(len(sample), size=stability_sample_size, seed=random_seed)]
    centroids = centroids.astype({"axis": int}).pivot(
        index="segment_id", columns="axis", values="coordinate"
    )
    stability = bootstrap_stability(
        project(scale_features(sample, scalers), components),
        {len(centroids): centroids.to_numpy()},
        refits=dbt.config.meta_get("stability_refits"),
        restarts=dbt.config.meta_get("kmeans_restarts"),
        seed=random_seed,
        report=reporter("stability"),
    )
    return stability.assign(segment_id=centroids.index)
