from benefit_segments.projection import split_projection
from benefit_segments.segment_rules import fit_segment_rules


def model(dbt, session):
    assignments = dbt.ref("int_customer_assignments").project("customer_id, segment_id")
    sample = dbt.ref("training_sample").join(assignments, "customer_id")
    sample = sample.order("customer_id").df()
    scalers, _ = split_projection(dbt.ref("fit_projection").df())

    rules = fit_segment_rules(
        sample,
        sample["segment_id"].to_numpy(),
        scalers,
        max_rules=dbt.config.meta_get("max_rules"),
        seed=dbt.config.meta_get("random_seed"),
    )
    # A single rule about all customers has no feature.
    described = ["feature", "column_name", "category", "label", "unit", "minimum", "fill_value"]
    return rules.merge(scalers[described], how="left", on="feature")
