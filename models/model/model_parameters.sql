with

projection as (

    select * from {{ ref('fit_projection') }}

),

centroids as (

    select * from {{ ref('fit_segment_centroids') }}

),

-- The projection repeats the scaler of a feature for every component.
scalers as (

    select distinct
        feature,
        column_name,
        cast(category as varchar) as category,
        transform,
        lower_limit,
        upper_limit,
        fill_value,
        mean,
        standard_deviation,
        weight

    from projection

    where
        is_used
        and feature is not null

),

texts as (

    from scalers
    unpivot (text_value for parameter in (column_name, category, transform))

),

numbers as (

    from scalers
    unpivot (
        value for parameter in (
            lower_limit, upper_limit, fill_value, mean, standard_deviation, weight
        )
    )

)

select
    parameter,
    feature,
    cast(null as integer) as component,
    cast(null as integer) as segment_id,
    cast(null as double) as value,
    text_value

from texts

union all

select
    parameter,
    feature,
    cast(null as integer) as component,
    cast(null as integer) as segment_id,
    value,
    cast(null as varchar) as text_value

from numbers

union all

select
    'component_weight' as parameter,
    feature,
    cast(component as integer) as component,
    cast(null as integer) as segment_id,
    component_weight as value,
    cast(null as varchar) as text_value

from projection

where component is not null

union all

select
    'coordinate' as parameter,
    cast(null as varchar) as feature,
    cast(axis as integer) as component,
    cast(segment_id as integer) as segment_id,
    coordinate as value,
    cast(null as varchar) as text_value

from centroids

where space = 'component'
