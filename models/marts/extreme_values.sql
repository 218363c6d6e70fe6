with

extreme_limits as (

    select * from {{ ref('int_extreme_limits') }}

),

segment_extremes as (

    select * from {{ ref('int_segment_extremes') }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

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
        feature_catalog.feature,
        feature_catalog.benefit,
        feature_catalog.label,
        feature_catalog.unit,
        feature_catalog.role,
        extreme_limits.lower_limit,
        extreme_limits.upper_limit,
        wording.number_in_words(extreme_limits.lower_limit, feature_catalog.unit) as lowest,
        wording.number_in_words(extreme_limits.upper_limit, feature_catalog.unit) as highest

    from extreme_limits

    inner join feature_catalog
        on extreme_limits.feature = feature_catalog.feature

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
