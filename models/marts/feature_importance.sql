with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

feature_scalers as (

    select * from {{ ref('feature_scalers') }}

),

summed as (

    select
        feature,
        min(eta_squared) as eta_squared,
        sum(scaled_between_ss) as scaled_between_ss

    from differences

    group by feature

)

select
    feature_scalers.feature,
    feature_scalers.benefit,
    feature_scalers.label,
    summed.eta_squared,
    summed.scaled_between_ss / nullif(sum(summed.scaled_between_ss) over (), 0) as bcss_share,
    row_number() over (
        order by summed.scaled_between_ss desc, feature_scalers.feature asc
    ) as importance_rank

from feature_scalers

inner join summed
    on feature_scalers.feature = summed.feature

where feature_scalers.is_used
