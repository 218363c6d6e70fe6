with

fitted as (

    select * from {{ ref('fit_wcss_curve') }}

)

select
    cast(segment_count as integer) as segment_count,
    wcss,
    total_sum_of_squares,
    explained_share,
    wcss_reduction,
    knee_score,
    is_knee,
    is_chosen,
    is_override,
    reason

from fitted
