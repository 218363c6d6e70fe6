from benefit_segments.front_door import load_inputs


def model(dbt, session):
    return load_inputs(
        session,
        columns=dbt.ref("input_columns").df(),
        folder=dbt.config.meta_get("raw_data_dir"),
    )
