{#- The results of an earlier build are in the table that this model will replace. -#}
{%- set has_history = load_relation(this) is not none -%}
with

playbook as (

    select * from {{ ref('segment_playbook') }}

),

claims as (

    select * from {{ ref('segment_playbook_claims') }}

),

differences as (

    select * from {{ ref('int_segment_differences') }}

),

earlier as (

    {% if has_history -%}
    select
        segment_id,
        segment_name,
        bool_or(was_published) as was_published

    from {{ this }}

    group by
        segment_id,
        segment_name
    {%- else -%}
    select
        cast(null as integer) as segment_id,
        cast(null as varchar) as segment_name,
        false as was_published

    where false
    {%- endif %}

),

-- A feature that does not vary, for example because its file is missing, tells nothing about a
-- segment.
measured as (

    select
        playbook.segment_id,
        playbook.segment_name,
        playbook.description,
        playbook.message,
        claims.feature,
        claims.statistic,
        claims.comparison,
        claims.threshold,
        case
            when differences.role = 'clustering' and not differences.is_used then null
            when claims.statistic = 'mean' then differences.mean
            when claims.statistic = 'median' then differences.median
            when claims.statistic = 'share_non_zero' then differences.share_non_zero
            when claims.statistic = 'index_vs_average' then differences.index_vs_average
            when claims.statistic = 'smd_vs_rest' then differences.smd_vs_rest
        end as value

    from playbook

    inner join claims
        on playbook.segment_id = claims.segment_id

    left join differences
        on
            claims.segment_id = differences.segment_id
            and claims.feature = differences.feature

),

compared as (

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

),

-- A name is confirmed while all its claims are true.
judged as (

    select
        *,
        bool_and(is_true) over (partition by segment_id) as is_confirmed

    from compared

)

select
    judged.*,
    judged.is_confirmed or coalesce(earlier.was_published, false) as was_published

from judged

left join earlier
    on
        judged.segment_id = earlier.segment_id
        and judged.segment_name = earlier.segment_name
