from segmentation.feature_scalers import scale_features
from segmentation.principal_components import fit_principal_components


def model(dbt, session):
    sample = dbt.ref("training_sample").order("customer_id").df()
    scalers = dbt.ref("fit_feature_scalers").order("feature").df()

    return fit_principal_components(
        scale_features(sample, scalers),
        scalers.loc[scalers["is_used"], "feature"].tolist(),
        kept=dbt.config.meta_get("pca_components"),
    )
