with

claims as (

    select * from {{ ref('segment_playbook_claims') }}

),

differences as (

    select * from {{ ref('int_segment_differences') }}

),

feature_scalers as (

    select * from {{ ref('feature_scalers') }}

),

-- What does not vary, as when a file was not delivered, says nothing of a segment.
measured as (

    select
        claims.segment_id,
        claims.feature,
        claims.statistic,
        claims.comparison,
        claims.threshold,
        case
            when not feature_scalers.is_used then null
            when claims.statistic = 'mean' then differences.mean
            when claims.statistic = 'median' then differences.median
            when claims.statistic = 'share_non_zero' then differences.share_non_zero
            when claims.statistic = 'index_vs_average' then differences.index_vs_average
            when claims.statistic = 'smd_vs_rest' then differences.smd_vs_rest
        end as value

    from claims

    left join differences
        on
            claims.segment_id = differences.segment_id
            and claims.feature = differences.feature

    left join feature_scalers
        on claims.feature = feature_scalers.feature

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
