{#- Of the judged transactions some are usable; of the other inputs only those that are not. -#}
{%- set judged = {
    'customers': ref('rejected_customers'),
    'credit_card_usage': ref('rejected_credit_card_usage'),
    'benefit_accounts': ref('rejected_benefit_accounts'),
    'benefit_transactions': ref('doubtful_benefit_transactions'),
} -%}
with

unreadable_lines as (

    select * from {{ source('raw_inputs', 'unreadable_lines') }}

),

{% for input, rows in judged.items() -%}
rejected_{{ input }} as (

    select
        '{{ input }}' as input,
        rejected.row_number,
        cast(null as bigint) as line_number,
        rejected.record_key,
        rejected.rejection_reasons,
        cast(to_json(cast(source as map (varchar, varchar))) as varchar) as raw_row -- noqa: RF02

    from {{ rows }} as rejected

    inner join {{ source('raw_inputs', input) }} as source
        on rejected.row_number = source.row_number

    where rejected.rejection_reasons is not null

),

{% endfor -%}
unioned as (

    {% for input in judged -%}
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
