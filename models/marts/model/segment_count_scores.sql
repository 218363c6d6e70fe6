with

fitted as (

    select * from {{ ref('fit_segment_count_scores') }}

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
    reason

from fitted
