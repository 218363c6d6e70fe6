with

assignments as (

    select * from {{ ref('int_customer_assignments') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

-- The rows that this build replaces.
standing as (

    {% if has_standing_rows(this, 'previous_segment_id') -%}
    select * from {{ this }}
    {%- else -%}
    select
        cast(null as varchar) as customer_id,
        cast(null as integer) as segment_id,
        cast(null as double) as distance_to_centroid,
        cast(null as integer) as previous_segment_id

    where false
    {%- endif %}

),

-- The same customers at the same positions: the last build had the same data and model.
repetition as (

    select
        bool_and(
            coalesce(
                assignments.segment_id = standing.segment_id
                and assignments.distance_to_centroid = standing.distance_to_centroid,
                false
            )
        ) as is_repeated

    from assignments

    full outer join standing
        on assignments.customer_id = standing.customer_id

),

previous as (

    select
        standing.customer_id,
        case
            when repetition.is_repeated then standing.previous_segment_id
            else standing.segment_id
        end as previous_segment_id

    from standing

    cross join repetition

)

select
    assignments.customer_id,
    assignments.segment_id,
    segment_names.segment_name,
    segment_names.is_small_segment,
    previous.previous_segment_id,
    assignments.second_segment_id,
    assignments.distance_to_centroid,
    assignments.second_distance,
    assignments.assignment_confidence,
    assignments.is_borderline,
    assignments.outlier_score,
    assignments.is_outlier,
    assignments.component_1,
    assignments.component_2

from assignments

inner join segment_names
    on assignments.segment_id = segment_names.segment_id

left join previous
    on assignments.customer_id = previous.customer_id
