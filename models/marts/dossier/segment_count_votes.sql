with

criteria as (

    select * from {{ ref('int_segment_count_criteria') }}

),

compared as (

    select
        *,
        lead(gap) over (partition by space order by segment_count)
        - lead(gap_se) over (partition by space order by segment_count) as gap_to_reach

    from criteria

),

votes as (

    select
        space,
        'knee' as criterion,
        'the knee of the WCSS curve' as rule,
        max(segment_count) filter (where is_knee) as segment_count

    from compared

    group by space

    union all

    select
        space,
        'silhouette' as criterion,
        'the largest mean silhouette' as rule,
        max_by(segment_count, silhouette_avg) as segment_count

    from compared

    group by space

    union all

    select
        space,
        'simplified_silhouette' as criterion,
        'the largest mean simplified silhouette' as rule,
        max_by(segment_count, simplified_silhouette_avg) as segment_count

    from compared

    group by space

    union all

    select
        space,
        'calinski_harabasz' as criterion,
        'the largest Calinski-Harabasz index' as rule,
        max_by(segment_count, calinski_harabasz) as segment_count

    from compared

    group by space

    union all

    select
        space,
        'davies_bouldin' as criterion,
        'the smallest Davies-Bouldin index' as rule,
        min_by(segment_count, davies_bouldin) as segment_count

    from compared

    group by space

    union all

    select
        space,
        'gap' as criterion,
        'the first gap that the next one does not exceed by more than its standard error' as rule,
        min(segment_count) filter (where gap >= gap_to_reach) as segment_count

    from compared

    group by space

    union all

    select
        space,
        'prediction_strength' as criterion,
        'the most segments with a prediction strength of at least 0.8' as rule,
        max(segment_count) filter (where prediction_strength >= 0.8) as segment_count

    from compared

    group by space

    union all

    select
        space,
        'stability' as criterion,
        'the best agreement of bootstrap refits (mean adjusted Rand index)' as rule,
        max_by(segment_count, stability_ari) as segment_count

    from compared

    group by space

)

select
    space,
    criterion,
    segment_count,
    rule

from votes
