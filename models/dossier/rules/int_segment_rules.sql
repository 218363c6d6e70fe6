with

conditions as (

    select * from {{ ref('fit_segment_rules') }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

),

feature_scalers as (

    select * from {{ ref('feature_scalers') }}

),

written as (

    select
        cast(conditions.rule_id as integer) as rule_id,
        cast(conditions.segment_id as integer) as segment_id,
        conditions.position,
        conditions.feature,
        feature_catalog.label,
        {{ all_digits('conditions.greater_than') }} as greater_than,
        {{ all_digits('conditions.at_most') }} as at_most,
        {{ exact_number_in_words('conditions.greater_than', 'feature_catalog.unit') }}
            as greater_than_in_words,
        {{ exact_number_in_words('conditions.at_most', 'feature_catalog.unit') }}
            as at_most_in_words,
        case
            when feature_catalog.unit not in ('days', 'months', 'years') then ''
            when coalesce(conditions.at_most, conditions.greater_than) = 1
                then ' ' || rtrim(feature_catalog.unit, 's')
            else ' ' || feature_catalog.unit
        end as unit_in_words,
        -- Nothing below 0 means that up to 0 is none. Of a time that would read as never.
        case
            when
                feature_catalog.unit not in ('count', 'share', 'months')
                or feature_scalers.minimum < 0
                then null
            when conditions.at_most = 0 and conditions.greater_than is null then 'no'
            when conditions.greater_than = 0 and conditions.at_most is null then 'any'
        end as quantity

    from conditions

    -- The only rule about everybody looks at no feature.
    left join feature_catalog
        on conditions.feature = feature_catalog.feature

    left join feature_scalers
        on conditions.feature = feature_scalers.feature

),

worded as (

    select
        rule_id,
        segment_id,
        position,
        case
            when feature = 'none' then 'true'
            else concat_ws(
                ' and ', feature || ' > ' || greater_than, feature || ' <= ' || at_most
            )
        end as predicate,
        case
            when position = 1 then ''
            when position = max(position) over (partition by rule_id) then ' and '
            else ', '
        end
        || case
            when quantity is not null then quantity || ' ' || label
            else
                label || ' '
                || concat_ws(
                    ' ', 'above ' || greater_than_in_words, 'up to ' || at_most_in_words
                )
                || unit_in_words
        end as words

    from written

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
