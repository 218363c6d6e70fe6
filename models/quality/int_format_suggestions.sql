{%- set sources = {} -%}
{%- for input in ['customers', 'benefit_accounts', 'benefit_transactions'] -%}
{%- do sources.update({input: source('raw_inputs', input)}) -%}
{%- endfor -%}
{%- for input in list_number_inputs() -%}
{%- do sources.update({input: 'raw_inputs.' ~ input}) -%}
{%- endfor -%}
with

unread_rows as (

    select
        input,
        row_number,
        concat_ws('; ', rejection_reasons, doubts) as reasons

    from {{ ref('doubtful_rows') }}

    where
        contains(reasons, ' is not a date')
        or contains(reasons, ' is not a number')
        or contains(reasons, ' is not a whole number')

),

-- 10,000 rows tell how an input is written.
entries as (

    {% for input, source_rows in sources.items() -%}
    select
        unread.input,
        '; ' || unread.reasons as reasons,
        unnest(map_entries(cast(source as map (varchar, varchar)))) as entry -- noqa: RF02

    from (
        select * from unread_rows
        where input = '{{ input }}'
        order by row_number
        limit 10000
    ) as unread

    inner join {{ source_rows }} as source
        on unread.row_number = source.row_number

    {{ 'union all' if not loop.last }}

    {% endfor %}
),

unread as (

    select
        entries.input,
        trim(entries.entry.value) as value,
        case
            when contains(entries.reasons, '; ' || entries.entry.key || ' is not a date')
                then 'date_format'
            when
                contains(entries.reasons, '; ' || entries.entry.key || ' is not a number')
                or contains(entries.reasons, '; ' || entries.entry.key || ' is not a whole number')
                then 'decimal_sign'
        end as setting,
        contains(entries.reasons, '; ' || entries.entry.key || ' is not a whole number') as is_count

    from entries

),

totals as (

    select
        input,
        setting,
        count(*) as unread_values

    from unread

    where setting is not null

    group by
        input,
        setting

),

tried as (

    {% for tried in read_seed('tried_formats') -%}
    select
        input,
        setting,
        {{ text_literal(tried.tried_format) }} as tried_format,
        {{ loop.index }} as preference,
        count(*) as read_values

    from unread

    where
        setting = '{{ tried.setting }}'
        {% if tried.setting == 'date_format' -%}
        and {{ parse_date('value', {'date_format': tried.tried_format}) }} >= date '1900-01-01'
        {%- else -%}
        and case
            when is_count
                then {{ parse_whole_number('value', {'decimal_sign': tried.tried_format}) }}
            else {{ parse_number('value', {'decimal_sign': tried.tried_format}) }}
        end is not null
        {%- endif %}

    group by
        input,
        setting

    {{ 'union all' if not loop.last }}

    {% endfor %}
),

most as (

    select *

    from tried

    qualify read_values = max(read_values) over (partition by input, setting)

),

best as (

    select
        input,
        setting,
        max(read_values) as read_values,
        string_agg(tried_format, ' or ' order by preference) as formats

    from most

    group by
        input,
        setting

)

select
    best.input,
    best.setting,
    best.formats,
    best.read_values,
    totals.unread_values

from best

inner join totals
    on
        best.input = totals.input
        and best.setting = totals.setting
