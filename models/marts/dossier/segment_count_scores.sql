with

criteria as (

    select * from {{ ref('int_segment_count_criteria') }}

),

votes as (

    select * from {{ ref('segment_count_votes') }}

),

wcss_curve as (

    select * from {{ ref('wcss_curve') }}

),

counted_votes as (

    select
        space,
        segment_count,
        count(*) as votes

    from votes

    group by
        space,
        segment_count

),

-- Dolnicar and Leisch: is the structure there, can it at least be found again, or is it made?
judged as (

    select
        *,
        case
            when segment_count = 1 then 'undivided'
            when stability_ari >= 0.9 and silhouette_avg > 0.5 and prediction_strength >= 0.8
                then 'natural'
            when stability_ari >= 0.9 then 'reproducible'
            else 'constructive'
        end as verdict,
        ' (adjusted Rand index ' || format('{:.2f}', stability_ari)
        || ', mean silhouette ' || format('{:.2f}', silhouette_avg)
        || ', prediction strength ' || format('{:.2f}', prediction_strength)
        || ').' as evidence

    from criteria

)

select
    judged.space,
    judged.segment_count,
    judged.wcss,
    judged.total_sum_of_squares,
    judged.between_sum_of_squares,
    judged.explained_share,
    judged.wcss_reduction,
    judged.knee_score,
    min(judged.segment_count) over (partition by judged.space) as knee_range_from,
    max(judged.segment_count) over (partition by judged.space) as knee_range_to,
    judged.is_knee,
    judged.silhouette_avg,
    judged.silhouette_sample_size,
    judged.simplified_silhouette_avg,
    judged.calinski_harabasz,
    judged.davies_bouldin,
    judged.gap,
    judged.gap_se,
    judged.prediction_strength,
    judged.stability_ari,
    judged.min_jaccard_stability,
    judged.min_segment_share,
    coalesce(counted_votes.votes, 0) as votes,
    wcss_curve.is_chosen is not null as is_chosen,
    coalesce(wcss_curve.is_override, false) as is_override,
    wcss_curve.reason,
    judged.verdict,
    case judged.verdict
        when 'undivided' then 'One segment divides nothing, so there is nothing to judge.'
        when 'natural'
            then
                judged.segment_count || ' segments are natural: customers of different segments'
                || ' are far apart, and another sample of them shows the same segments'
                || judged.evidence
        when 'reproducible'
            then
                judged.segment_count || ' segments are reproducible, not natural: another sample'
                || ' of the customers shows nearly the same segments, but there are no wide gaps'
                || ' between them' || judged.evidence
        when 'constructive'
            then
                judged.segment_count || ' segments are constructive: they divide the customers in'
                || ' a useful way at best, and another sample of them would be divided differently'
                || judged.evidence
    end as verdict_reason

from judged

left join counted_votes
    on
        judged.space = counted_votes.space
        and judged.segment_count = counted_votes.segment_count

-- The model is fitted in the space of the components.
left join wcss_curve
    on
        judged.segment_count = wcss_curve.segment_count
        and judged.space = 'pca'
        and wcss_curve.is_chosen
