from benefit_segments.feature_scalers import fit_feature_scalers, scale_features
from benefit_segments.principal_components import fit_principal_components
from benefit_segments.projection import join_projection


def model(dbt, session):
    sample = dbt.ref("training_sample").order("customer_id").df()
    catalog = dbt.ref("feature_catalog").filter("role = 'clustering'").order("position").df()

    scalers = fit_feature_scalers(
        sample, catalog, benefit_weighting=dbt.config.meta_get("benefit_weighting")
    )
    scalers = scalers.sort_values("feature", ignore_index=True)
    components = fit_principal_components(
        scale_features(sample, scalers),
        scalers.loc[scalers["is_used"], "feature"].tolist(),
        kept=dbt.config.meta_get("pca_components"),
    )
    return join_projection(scalers, components)
