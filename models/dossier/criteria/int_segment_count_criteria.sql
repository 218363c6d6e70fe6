with

criteria as (

    select * from {{ ref('fit_segment_count_criteria') }}

),

metrics as (

    select * from {{ ref('int_solution_metrics') }}

)

select
    criteria.space,
    cast(criteria.segment_count as integer) as segment_count,
    criteria.wcss,
    criteria.total_sum_of_squares,
    criteria.total_sum_of_squares - criteria.wcss as between_sum_of_squares,
    criteria.explained_share,
    criteria.wcss_reduction,
    criteria.knee_score,
    criteria.is_knee,
    criteria.silhouette_avg,
    criteria.silhouette_sample_size,
    metrics.simplified_silhouette_avg,
    metrics.calinski_harabasz,
    metrics.davies_bouldin,
    criteria.gap,
    criteria.gap_se,
    cast(criteria.gap_references as integer) as gap_references,
    criteria.prediction_strength,
    cast(criteria.prediction_strength_splits as integer) as prediction_strength_splits,
    cast(criteria.criteria_sample_size as bigint) as criteria_sample_size,
    criteria.stability_ari,
    criteria.min_jaccard_stability,
    cast(criteria.stability_refits as integer) as stability_refits,
    cast(criteria.stability_sample_size as bigint) as stability_sample_size,
    metrics.min_segment_share

from criteria

inner join metrics
    on
        criteria.space = metrics.space
        and criteria.segment_count = metrics.segment_count
