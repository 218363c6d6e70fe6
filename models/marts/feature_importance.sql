with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

features as (

    select distinct
        feature,
        benefit,
        label,
        eta_squared,
        feature_between_ss

    from differences

    where is_used

)

select
    feature,
    benefit,
    label,
    eta_squared,
    feature_between_ss / nullif(sum(feature_between_ss) over (), 0) as bcss_share,
    row_number() over (order by feature_between_ss desc, feature asc) as importance_rank

from features
