with

segment_statistics as (

    select * from {{ ref('int_segment_statistics') }}

),

segment_centroids as (

    select * from {{ ref('segment_centroids') }}

),

input_row_counts as (

    select * from {{ ref('input_row_counts') }}

),

observation_window as (

    select * from {{ ref('observation_window') }}

),

environment as (

    select * from {{ ref('fit_environment') }}

),

-- Each of these has one row.
segments as (

    select
        cast(sum(customers) as bigint) as customers,
        count(*) as segments

    from segment_statistics

),

model as (

    select
        md5(
            string_agg(
                concat_ws(' ', segment_id, component, coordinate),
                ', ' order by segment_id, component
            )
        ) as fingerprint

    from segment_centroids

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
    segments.customers,
    segments.segments,
    rejected.rejected_rows,
    '{{ config.meta_get("project_version") }}' as project_version,
    '{{ dbt_version }}' as dbt_version,
    ltrim(version(), 'v') as duckdb_version,
    environment.python_version,
    environment.numpy_version,
    environment.scikit_learn_version,
    {{ text_literal(tojson(read_vars(), sort_keys=true)) }} as vars

from segments

cross join rejected

cross join observation_window

cross join model

cross join environment
