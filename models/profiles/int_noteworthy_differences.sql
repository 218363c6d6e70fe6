with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

-- The one place that says high or low. Where the plain means contradict what the model sees, or are
-- unknown, neither word would be right for everybody.
noteworthy as (

    select
        *,
        direction > 0 as is_upward,
        case when shows_means then wording.adjective(unit, is_upward) else 'different' end
        || ' ' || label as words

    from differences

    where
        role = 'clustering'
        and (
            is_beyond_measure
            or (abs(smd_vs_rest) >= {{ var('noteworthy_smd') }} and smd_vs_rest != 0)
        )

),

-- The strongest of each benefit first, so that a few of them cover more than one benefit.
ranked_in_benefit as (

    select
        *,
        row_number() over (
            partition by segment_id, benefit
            order by is_beyond_measure desc, abs(smd_vs_rest) desc, feature
        ) as rank_in_benefit

    from noteworthy

)

select
    segment_id,
    feature,
    smd_vs_rest,
    is_beyond_measure,
    is_upward,
    shows_means,
    words,
    row_number() over (
        partition by segment_id
        order by
            rank_in_benefit asc, is_beyond_measure desc, abs(smd_vs_rest) desc, feature asc
    ) as telling_rank

from ranked_in_benefit
