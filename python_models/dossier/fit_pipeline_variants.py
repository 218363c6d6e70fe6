from benefit_segments.pipeline_variants import fit_pipeline_variants
from benefit_segments.progress import reporter
from benefit_segments.projection import split_projection


def model(dbt, session):
    assignments = dbt.ref("int_customer_assignments").project("customer_id, segment_id")
    sample = dbt.ref("training_sample").join(assignments, "customer_id")
    sample = sample.order("customer_id").df()
    scalers, _ = split_projection(dbt.ref("fit_projection").df())

    return fit_pipeline_variants(
        sample,
        scalers,
        sample["segment_id"].to_numpy(),
        benefit_weighting=dbt.config.meta_get("benefit_weighting"),
        pca_components=dbt.config.meta_get("pca_components"),
        restarts=dbt.config.meta_get("kmeans_restarts"),
        seed=dbt.config.meta_get("random_seed"),
        report=reporter("variants of the pipeline"),
    )
