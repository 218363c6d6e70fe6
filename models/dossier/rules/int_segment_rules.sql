with

conditions as (

    select * from {{ ref('fit_segment_rules') }}

),

written as (

    select
        cast(rule_id as integer) as rule_id,
        cast(segment_id as integer) as segment_id,
        position,
        feature,
        label,
        category,
        case
            when category is null then feature
            else
                'cast(' || column_name || ' = ''' || replace(category, '''', '''''')
                || ''' as double)'
        end as raw_value,
        'coalesce(' || raw_value || ', cast(''' || fill_value || ''' as double))' as filled_value,
        wording.all_digits(greater_than) as greater_than,
        wording.all_digits(at_most) as at_most,
        wording.exact_number_in_words(greater_than, unit) as greater_than_in_words,
        wording.exact_number_in_words(at_most, unit) as at_most_in_words,
        wording.unit_in_words(coalesce(at_most, greater_than), unit) as unit_in_words,
        -- With nothing below 0, "at most 0" means none. For a time it would read as never.
        case
            when not wording.zero_means_none(unit) or minimum < 0 then null
            when at_most = 0 and greater_than is null then 'no'
            when greater_than = 0 and at_most is null then 'any'
        end as quantity,
        -- Of a flag only 0 and 1 can be met.
        case
            when not wording.is_flag(unit) then null
            when at_most >= 0 and at_most < 1 and greater_than is null then 'no'
            when greater_than >= 0 and greater_than < 1 and at_most is null then 'yes'
        end as answer

    from conditions

),

worded as (

    select
        rule_id,
        segment_id,
        position,
        -- A rule about all customers has no feature.
        case
            when feature = 'none' then 'true'
            else concat_ws(
                ' and ', raw_value || ' > ' || greater_than, raw_value || ' <= ' || at_most
            )
        end as predicate,
        case
            when feature = 'none' then 'true'
            else concat_ws(
                ' and ',
                filled_value || ' > ' || greater_than, filled_value || ' <= ' || at_most
            )
        end as filled_predicate,
        case
            when position = 1 then ''
            when position = max(position) over (partition by rule_id) then ' and '
            else ', '
        end
        || case
            when category is not null and answer = 'yes' then label
            when category is not null and answer = 'no'
                then
                    left(label, length(label) - length(category) - 3) || ' other than ' || category
            when answer is not null then label || ': ' || answer
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
    string_agg(filled_predicate, ' and ' order by position) as filled_predicate,
    string_agg(words, '' order by position) as words

from worded

group by
    rule_id,
    segment_id
