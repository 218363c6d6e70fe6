with

conditions as (

    select * from {{ ref('fit_segment_rules') }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

),

-- 500.0 is written 500.
written as (

    select
        cast(rule_id as integer) as rule_id,
        cast(segment_id as integer) as segment_id,
        position,
        feature,
        regexp_replace(cast(greater_than as varchar), '[.]0$', '') as greater_than,
        regexp_replace(cast(at_most as varchar), '[.]0$', '') as at_most

    from conditions

),

worded as (

    select
        written.rule_id,
        written.segment_id,
        written.position,
        case
            when written.feature = 'none' then 'true'
            else concat_ws(
                ' and ',
                written.feature || ' > ' || written.greater_than,
                written.feature || ' <= ' || written.at_most
            )
        end as predicate,
        case
            when written.position = 1 then ''
            when written.position = max(written.position) over (partition by written.rule_id)
                then ' and '
            else ', '
        end
        || feature_catalog.label || ' '
        || concat_ws(' ', 'above ' || written.greater_than, 'up to ' || written.at_most)
        || case
            when feature_catalog.unit in ('days', 'months', 'years')
                then ' ' || feature_catalog.unit
            else ''
        end as words

    from written

    -- The only rule about everybody looks at no feature.
    left join feature_catalog
        on written.feature = feature_catalog.feature

)

select
    rule_id,
    segment_id,
    string_agg(predicate, ' and ' order by position) as predicate,
    string_agg(words, '' order by position) as words

from worded

group by
    rule_id,
    segment_id
