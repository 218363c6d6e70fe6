from benefit_segments.front_door import input_folder, load_inputs


def model(dbt, session):
    return load_inputs(
        session,
        columns=dbt.ref("input_columns").df(),
        folder=input_folder(
            raw_data_dir=dbt.config.meta_get("raw_data_dir"),
            company_dir=dbt.config.meta_get("company_dir"),
        ),
    )
