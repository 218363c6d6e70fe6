{%- set inputs = {
    'customers': 'customer_id',
    'credit_card_usage': 'customer_id',
    'benefit_accounts': 'account_id',
    'benefit_transactions': 'transaction_id',
} -%}

with

unreadable_lines as (

    select * from {{ source('raw_inputs', 'unreadable_lines') }}

),

{% for input, key in inputs.items() -%}
rejected_{{ input }} as (

    select
        '{{ input }}' as input,
        base.row_number,
        cast(null as bigint) as line_number,
        base.{{ key }} as record_key,
        base.rejection_reasons,
        cast(to_json(source) as varchar) as raw_row -- noqa: RF02

    from {{ ref('base_' ~ input) }} as base

    inner join {{ source('raw_inputs', input) }} as source
        on base.row_number = source.row_number

    where base.rejection_reasons is not null

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
