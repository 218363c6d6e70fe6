with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

),

noteworthy as (

    select
        segment_id,
        feature,
        smd_vs_rest,
        is_beyond_measure,
        coalesce(smd_vs_rest, mean_difference) > 0 as is_upward

    from differences

    where
        is_beyond_measure
        or (abs(smd_vs_rest) >= {{ var('noteworthy_smd') }} and smd_vs_rest != 0)

),

worded as (

    select
        noteworthy.*,
        feature_catalog.benefit,
        case
            when feature_catalog.unit = 'count' and noteworthy.is_upward then 'many'
            when feature_catalog.unit = 'count' then 'few'
            when feature_catalog.unit in ('days', 'months') and noteworthy.is_upward then 'long'
            when feature_catalog.unit in ('days', 'months') then 'short'
            when noteworthy.is_upward then 'high'
            else 'low'
        end || ' ' || feature_catalog.label as words

    from noteworthy

    inner join feature_catalog
        on noteworthy.feature = feature_catalog.feature

    where feature_catalog.role = 'clustering'

),

-- The strongest of each benefit first, so that a few of them tell more than one benefit's story.
ranked_in_benefit as (

    select
        *,
        row_number() over (
            partition by segment_id, benefit
            order by is_beyond_measure desc, abs(smd_vs_rest) desc, feature
        ) as rank_in_benefit

    from worded

)

select
    segment_id,
    feature,
    smd_vs_rest,
    is_beyond_measure,
    is_upward,
    words,
    row_number() over (
        partition by segment_id
        order by
            rank_in_benefit asc, is_beyond_measure desc, abs(smd_vs_rest) desc, feature asc
    ) as telling_rank

from ranked_in_benefit
