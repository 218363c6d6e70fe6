from segmentation.segment_rules import fit_segment_rules


def model(dbt, session):
    max_rules = dbt.config.meta_get("max_rules")
    random_seed = dbt.config.meta_get("random_seed")

    assignments = dbt.ref("int_customer_assignments").project("customer_id, segment_id")
    sample = dbt.ref("training_sample").join(assignments, "customer_id")
    sample = sample.order("customer_id").df()
    scalers = dbt.ref("fit_feature_scalers").order("feature").df()

    return fit_segment_rules(sample, sample["segment_id"], scalers, max_rules, random_seed)
