{#- Formats that are tried; of those that read the same values, the first ones are usual. -#}
{%- set date_formats = [
    '%Y-%m-%d', '%d/%m/%Y', '%m/%d/%Y', '%d.%m.%Y', '%d-%m-%Y', '%m-%d-%Y', '%Y/%m/%d', '%Y%m%d',
    '%d-%b-%Y', '%d %b %Y', '%b %d, %Y', '%d/%m/%Y %H:%M', '%m/%d/%Y %H:%M', '%d.%m.%Y %H:%M',
    '%d/%m/%Y %H:%M:%S', '%m/%d/%Y %H:%M:%S', '%d.%m.%Y %H:%M:%S',
] -%}
{%- set judged = {
    'customers': 'doubtful_customers',
    'benefit_accounts': 'doubtful_benefit_accounts',
    'benefit_transactions': 'doubtful_benefit_transactions',
} -%}
{%- set number_inputs = list_number_inputs() -%}
{%- for input in number_inputs -%}
{%- do judged.update({input: 'rejected_customer_numbers'}) -%}
{%- endfor -%}

-- depends_on: {{ ref('rejected_customer_numbers') }}
with

-- 10,000 rows tell how an input is written.
{% for input, model in judged.items() -%}
{{ input }}_reasons as (

    select
        row_number,
        {% if model in ['doubtful_customers', 'doubtful_benefit_accounts'] -%}
        concat_ws('; ', rejection_reasons, doubts) as reasons
        {%- else -%}
        rejection_reasons as reasons
        {%- endif %}

    from {{ ref(model) }}

    where
        {{ "input = '" ~ input ~ "' and" if input in number_inputs }} (
            contains(reasons, ' is not a date')
            or contains(reasons, ' is not a number')
            or contains(reasons, ' is not a whole number')
        )

    order by row_number

    limit 10000

),

{% endfor -%}
entries as (

    {% for input in judged -%}
    select
        '{{ input }}' as input,
        '; ' || judged.reasons as reasons,
        unnest(map_entries(cast(source as map (varchar, varchar)))) as entry -- noqa: RF02

    from {{ input }}_reasons as judged

    inner join
        {{ 'raw_inputs.' ~ input if input in number_inputs else source('raw_inputs', input) }}
            as source
        on judged.row_number = source.row_number
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

    {% for date_format in date_formats -%}
    select
        input,
        setting,
        '{{ date_format }}' as tried_format,
        {{ loop.index }} as preference,
        count(*) as read_values

    from unread

    where
        setting = 'date_format'
        and {{ parse_date('value', {'date_format': date_format}) }} >= date '1900-01-01'

    group by
        input,
        setting

    union all

    {% endfor -%}
    {% for sign in [',', '.'] -%}
    select
        input,
        setting,
        '{{ sign }}' as tried_format,
        {{ loop.index }} as preference,
        count(*) as read_values

    from unread

    where
        setting = 'decimal_sign'
        and case
            when is_count then {{ parse_whole_number('value', {'decimal_sign': sign}) }}
            else {{ parse_number('value', {'decimal_sign': sign}) }}
        end is not null

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
