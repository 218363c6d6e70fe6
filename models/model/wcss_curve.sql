with

candidates as (

    select * from {{ ref('fit_candidate_centroids') }}

)

-- The candidates repeat the curve for every cluster and component.
select distinct
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

from candidates
