with

claims as (

    select * from {{ ref('segment_playbook_claims') }}

),

differences as (

    select * from {{ ref('int_segment_differences') }}

),

measured as (

    select
        claims.segment_id,
        claims.feature,
        claims.statistic,
        claims.comparison,
        claims.threshold,
        case claims.statistic
            when 'mean' then differences.mean
            when 'median' then differences.median
            when 'share_non_zero' then differences.share_non_zero
            when 'index_vs_average' then differences.index_vs_average
            when 'smd_vs_rest' then differences.smd_vs_rest
        end as value

    from claims

    left join differences
        on
            claims.segment_id = differences.segment_id
            and claims.feature = differences.feature

)

select
    *,
    coalesce(
        case comparison
            when 'at_least' then value >= threshold
            when 'at_most' then value <= threshold
        end,
        false
    ) as is_true

from measured
