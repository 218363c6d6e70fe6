from segmentation.feature_scalers import scale_features
from segmentation.principal_components import fit_principal_components


def model(dbt, session):
    pca_components = dbt.config.meta_get("pca_components")

    sample = dbt.ref("training_sample").order("customer_id").df()
    scalers = dbt.ref("fit_feature_scalers").order("feature").df()

    features = scalers.loc[scalers["is_used"], "feature"].tolist()
    return fit_principal_components(scale_features(sample, scalers), features, pca_components)
