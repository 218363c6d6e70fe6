with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

summed as (

    select
        feature,
        benefit,
        label,
        min(eta_squared) as eta_squared,
        sum(scaled_between_ss) as scaled_between_ss

    from differences

    where is_used

    group by
        feature,
        benefit,
        label

)

select
    feature,
    benefit,
    label,
    eta_squared,
    scaled_between_ss / nullif(sum(scaled_between_ss) over (), 0) as bcss_share,
    row_number() over (order by scaled_between_ss desc, feature asc) as importance_rank

from summed
