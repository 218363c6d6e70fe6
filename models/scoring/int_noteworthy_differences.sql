with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

),

noteworthy as (

    select
        differences.segment_id,
        differences.feature,
        feature_catalog.benefit,
        differences.smd_vs_rest,
        case
            when feature_catalog.unit = 'count' and differences.smd_vs_rest > 0 then 'many'
            when feature_catalog.unit = 'count' then 'few'
            when feature_catalog.unit in ('days', 'months') and differences.smd_vs_rest > 0
                then 'long'
            when feature_catalog.unit in ('days', 'months') then 'short'
            when differences.smd_vs_rest > 0 then 'high'
            else 'low'
        end || ' ' || feature_catalog.label as words

    from differences

    inner join feature_catalog
        on differences.feature = feature_catalog.feature

    where
        feature_catalog.role = 'clustering'
        and abs(differences.smd_vs_rest) >= {{ var('noteworthy_smd') }}
        and differences.smd_vs_rest != 0

),

-- The strongest of each benefit first, so that a few of them tell more than one benefit's story.
ranked_in_benefit as (

    select
        *,
        row_number() over (
            partition by segment_id, benefit
            order by abs(smd_vs_rest) desc, feature
        ) as rank_in_benefit

    from noteworthy

)

select
    segment_id,
    feature,
    smd_vs_rest,
    words,
    row_number() over (
        partition by segment_id
        order by rank_in_benefit asc, abs(smd_vs_rest) desc, feature asc
    ) as telling_rank

from ranked_in_benefit
