with

criteria as (

    select * from {{ ref('fit_segment_count_criteria') }}

),

votes as (

    select * from {{ ref('segment_count_votes') }}

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

-- Of numbers with equally many votes the smallest comes first.
most_votes as (

    select
        space,
        sum(votes) as votes_in_space,
        max(votes) as most_votes,
        first(segment_count order by votes desc, segment_count asc) as most_voted_count

    from counted_votes

    group by space

),

-- Components make every silhouette look better, so gaps between segments must show without them.
on_all_features as (

    select * from criteria
    where space = 'scaled'

),

measured as (

    select
        criteria.space,
        criteria.segment_count,
        on_all_features.silhouette_avg as silhouette_on_all_features,
        coalesce(counted_votes.votes, 0) as votes,
        most_votes.most_votes,
        most_votes.most_voted_count,
        coalesce(most_votes.votes_in_space, 0) as votes_in_space,
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

)

select
    *,
    -- After Dolnicar and Leisch: natural, at least reproducible, or only constructive?
    case
        when segment_count = 1 then 'undivided'
        when not (is_stable and is_every_segment_found_again) then 'constructive'
        when has_gaps and is_predictable and is_every_segment_stable then 'natural'
        else 'reproducible'
    end as verdict

from measured
