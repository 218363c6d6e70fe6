with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

)

select
    differences.segment_id,
    segment_names.segment_name,
    segment_names.is_small_segment,
    differences.feature,
    differences.benefit,
    differences.label,
    differences.unit,
    differences.role,
    differences.known_customers,
    differences.mean,
    differences.median,
    differences.p10,
    differences.p90,
    differences.share_non_zero,
    differences.average,
    differences.index_vs_average,
    differences.smd_vs_rest,
    differences.is_beyond_measure,
    case when differences.direction != 0 then differences.shows_means end as shows_means,
    differences.extreme_customers,
    differences.eta_squared,
    differences.rank_in_segment

from differences

inner join segment_names
    on differences.segment_id = segment_names.segment_id
