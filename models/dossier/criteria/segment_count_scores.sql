with

criteria as (

    select * from {{ ref('fit_segment_count_criteria') }}

),

verdicts as (

    select * from {{ ref('int_segment_count_verdicts') }}

),

judged as (

    select
        criteria.*,
        verdicts.silhouette_on_all_features,
        verdicts.votes,
        verdicts.most_votes,
        verdicts.most_voted_count,
        verdicts.votes_in_space,
        verdicts.has_gaps,
        verdicts.is_predictable,
        verdicts.is_every_segment_stable,
        verdicts.verdict

    from criteria

    inner join verdicts
        on
            criteria.space = verdicts.space
            and criteria.segment_count = verdicts.segment_count

),

worded as (

    select
        *,
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
            'Adjusted Rand index ', wording.similarity_in_words(stability_ari),
            ', least stable segment ', wording.similarity_in_words(min_jaccard_stability),
            case
                when space = 'pca'
                    then
                        ', mean silhouette '
                        || wording.similarity_in_words(silhouette_avg)
                        || ' on components and '
                        || wording.similarity_in_words(silhouette_on_all_features)
                        || ' on all features'
                else
                    ', mean silhouette '
                    || wording.similarity_in_words(silhouette_avg)
                    || ' on all features'
            end,
            ', prediction strength ', wording.similarity_in_words(prediction_strength),
            '.'
        ) as evidence,
        concat(
            votes, ' of ', votes_in_space, ' votes are for this number',
            case
                when most_voted_count != segment_count and most_votes > votes
                    then concat(', ', most_votes, ' for ', most_voted_count)
            end,
            '.'
        ) as vote_count

    from judged

)

select
    space,
    cast(segment_count as integer) as segment_count,
    cast(sample_size as bigint) as sample_size,
    wcss,
    total_sum_of_squares,
    between_sum_of_squares,
    explained_share,
    wcss_reduction,
    knee_score,
    cast(min(segment_count) over (partition by space) as integer) as knee_range_from,
    cast(max(segment_count) over (partition by space) as integer) as knee_range_to,
    is_knee,
    silhouette_avg,
    simplified_silhouette_avg,
    calinski_harabasz,
    davies_bouldin,
    gap,
    gap_se,
    cast(gap_references as integer) as gap_references,
    prediction_strength,
    cast(prediction_strength_splits as integer) as prediction_strength_splits,
    stability_ari,
    min_jaccard_stability,
    cast(stability_refits as integer) as stability_refits,
    min_segment_share,
    votes,
    is_chosen,
    is_override,
    reason,
    verdict,
    case verdict
        when 'undivided' then 'One segment divides nothing, so there is nothing to judge.'
        when 'natural'
            then
                concat(
                    segment_count, ' segments are natural: customers of different segments',
                    ' are far apart, and another sample of them shows the same segments. ',
                    evidence
                )
        when 'reproducible'
            then
                concat(
                    segment_count, ' segments are reproducible, not natural: another sample',
                    ' of the customers shows nearly the same segments, but ', reservations,
                    '. ', evidence
                )
        when 'constructive'
            then
                concat(
                    segment_count, ' segments are constructive: another sample of the',
                    ' customers would be divided differently, or at least one segment would not be',
                    ' found again. ', evidence
                )
    end || ' ' || vote_count as verdict_reason

from worded
