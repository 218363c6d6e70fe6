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

    where segment_count is not null

    group by
        space,
        segment_count

),

ranked_votes as (

    select
        *,
        sum(votes) over (partition by space) as votes_in_space,
        row_number() over (partition by space order by votes desc, segment_count asc) as vote_rank

    from counted_votes

),

most_votes as (

    select * from ranked_votes
    where vote_rank = 1

),

-- Components make every silhouette look better, so gaps between segments must show without them.
on_all_features as (

    select * from criteria
    where space = 'scaled'

),

measured as (

    select
        criteria.*,
        on_all_features.silhouette_avg as silhouette_on_all_features,
        coalesce(counted_votes.votes, 0) as votes,
        most_votes.votes as most_votes,
        most_votes.segment_count as most_voted_count,
        most_votes.votes_in_space,
        coalesce(
            criteria.silhouette_avg > 0.5 and on_all_features.silhouette_avg > 0.5, false
        ) as has_gaps,
        coalesce(criteria.prediction_strength >= 0.8, false) as is_predictable,
        coalesce(criteria.stability_ari >= 0.9, false) as is_stable,
        coalesce(criteria.min_jaccard_stability >= 0.6, false) as is_every_segment_found_again,
        coalesce(criteria.min_jaccard_stability >= 0.75, false) as is_every_segment_stable

    from criteria

    left join on_all_features
        on criteria.segment_count = on_all_features.segment_count

    left join counted_votes
        on
            criteria.space = counted_votes.space
            and criteria.segment_count = counted_votes.segment_count

    left join most_votes
        on criteria.space = most_votes.space

),

-- After Dolnicar and Leisch: are the segments there, are they at least found again, or made?
judged as (

    select
        *,
        case
            when segment_count = 1 then 'undivided'
            when not (is_stable and is_every_segment_found_again) then 'constructive'
            when has_gaps and is_predictable and is_every_segment_stable then 'natural'
            else 'reproducible'
        end as verdict,
        concat_ws(
            '; ',
            case when not has_gaps then 'there are no wide gaps between them' end,
            case
                when not is_predictable
                    then 'one half of the customers does not predict the segments of the other'
            end,
            case
                when not is_every_segment_stable then 'the borders of at least one are doubtful'
            end
        ) as reservations,
        concat(
            'Adjusted Rand index ', {{ similarity_in_words('stability_ari') }},
            ', least stable segment ', {{ similarity_in_words('min_jaccard_stability') }},
            case
                when space = 'pca'
                    then
                        ', mean silhouette '
                        || {{ similarity_in_words('silhouette_avg') }}
                        || ' on components and '
                        || {{ similarity_in_words('silhouette_on_all_features') }}
                        || ' on all features'
                else
                    ', mean silhouette '
                    || {{ similarity_in_words('silhouette_avg') }}
                    || ' on all features'
            end,
            ', prediction strength ', {{ similarity_in_words('prediction_strength') }},
            '.'
        ) as evidence,
        concat(
            votes, ' of ', coalesce(votes_in_space, 0), ' votes are for this number',
            case
                when most_voted_count != segment_count and most_votes > votes
                    then concat(', ', most_votes, ' for ', most_voted_count)
            end,
            '.'
        ) as vote_count

    from measured

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
    judged.gap_references,
    judged.prediction_strength,
    judged.prediction_strength_splits,
    judged.criteria_sample_size,
    judged.stability_ari,
    judged.min_jaccard_stability,
    judged.stability_refits,
    judged.stability_sample_size,
    judged.min_segment_share,
    judged.votes,
    wcss_curve.is_chosen is not null as is_chosen,
    coalesce(wcss_curve.is_override, false) as is_override,
    wcss_curve.reason,
    judged.verdict,
    case judged.verdict
        when 'undivided' then 'One segment divides nothing, so there is nothing to judge.'
        when 'natural'
            then
                concat(
                    judged.segment_count, ' segments are natural: customers of different segments',
                    ' are far apart, and another sample of them shows the same segments. ',
                    judged.evidence
                )
        when 'reproducible'
            then
                concat(
                    judged.segment_count, ' segments are reproducible, not natural: another sample',
                    ' of the customers shows nearly the same segments, but ', judged.reservations,
                    '. ', judged.evidence
                )
        when 'constructive'
            then
                concat(
                    judged.segment_count, ' segments are constructive: another sample of the',
                    ' customers would be divided differently, or at least one segment would not be',
                    ' found again. ', judged.evidence
                )
    end || ' ' || judged.vote_count as verdict_reason

from judged

-- The model is fitted in the space of the components.
left join wcss_curve
    on
        judged.segment_count = wcss_curve.segment_count
        and judged.space = 'pca'
        and wcss_curve.is_chosen
