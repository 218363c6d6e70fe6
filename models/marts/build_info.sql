with

customer_segments as (

    select * from {{ ref('customer_segments') }}

),

segment_profiles as (

    select * from {{ ref('segment_profiles') }}

),

input_row_counts as (

    select * from {{ ref('input_row_counts') }}

),

observation_window as (

    select * from {{ ref('observation_window') }}

),

model as (

    select * from {{ ref('int_model_fingerprint') }}

),

environment as (

    select * from {{ ref('fit_environment') }}

),

-- Each of these is one row.
customers as (

    select count(*) as customers

    from customer_segments

),

segments as (

    select count(*) as segments

    from segment_profiles

),

rejected as (

    select cast(sum(rejected_rows) as bigint) as rejected_rows

    from input_row_counts

)

select
    '{{ invocation_id }}' as run_id,
    timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as built_at,
    observation_window.as_of_date,
    model.fingerprint as model_fingerprint,
    customers.customers,
    segments.segments,
    rejected.rejected_rows,
    '{{ config.meta_get("project_version") }}' as project_version,
    '{{ dbt_version }}' as dbt_version,
    ltrim(version(), 'v') as duckdb_version,
    environment.python_version,
    environment.numpy_version,
    environment.scikit_learn_version,
    {{ text_literal(tojson(read_vars(), sort_keys=true)) }} as vars

from customers

cross join segments

cross join rejected

cross join observation_window

cross join model

cross join environment
