with

extreme_limits as (

    select * from {{ ref('int_extreme_limits') }}

),

segment_extremes as (

    select * from {{ ref('int_segment_extremes') }}

),

counted as (

    select
        feature,
        cast(sum(extreme_customers) as bigint) as extreme_customers,
        min(example_customer_id) as example_customer_id

    from segment_extremes

    group by feature

),

worded as (

    select
        *,
        wording.number_in_words(lower_limit, unit) as lowest,
        wording.number_in_words(upper_limit, unit) as highest

    from extreme_limits

)

select
    worded.feature,
    worded.benefit,
    worded.label,
    worded.unit,
    worded.role,
    worded.lower_limit,
    worded.upper_limit,
    worded.label || ' far from all other values: '
    || coalesce(
        nullif(concat_ws(' or ', 'below ' || worded.lowest, 'above ' || worded.highest), ''),
        'not judged, there are too few different values'
    ) as description,
    coalesce(counted.extreme_customers, 0) as extreme_customers,
    counted.example_customer_id

from worded

left join counted
    on worded.feature = counted.feature
