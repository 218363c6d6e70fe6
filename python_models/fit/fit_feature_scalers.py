from segmentation.feature_scalers import fit_feature_scalers


def model(dbt, session):
    sample = dbt.ref("training_sample").order("customer_id").df()
    catalog = dbt.ref("feature_catalog").filter("role = 'clustering'").order("position").df()

    scalers = fit_feature_scalers(
        sample, catalog, benefit_weighting=dbt.config.meta_get("benefit_weighting")
    )
    return catalog[["feature", "benefit", "label", "unit"]].merge(scalers, on="feature")
