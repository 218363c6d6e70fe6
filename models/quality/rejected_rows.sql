{%- set inputs = [
    'customers', 'credit_card_usage', 'benefit_accounts', 'benefit_transactions'
] -%}

with

unreadable_lines as (

    select * from {{ source('raw_inputs', 'unreadable_lines') }}

),

{% for input in inputs -%}
rejected_{{ input }} as (

    select
        '{{ input }}' as input,
        rejected.row_number,
        cast(null as bigint) as line_number,
        rejected.record_key,
        rejected.rejection_reasons,
        cast(to_json(cast(source as map (varchar, varchar))) as varchar) as raw_row -- noqa: RF02

    from {{ ref('rejected_' ~ input) }} as rejected

    inner join {{ source('raw_inputs', input) }} as source
        on rejected.row_number = source.row_number

),

{% endfor -%}
unioned as (

    {% for input in inputs -%}
    select * from rejected_{{ input }}

    union all

    {% endfor -%}
    select
        input,
        cast(null as bigint) as row_number,
        line_number,
        cast(null as varchar) as record_key,
        rejection_reasons,
        raw_line as raw_row

    from unreadable_lines

)

select * from unioned
