-- depends_on: {{ ref('load_inputs') }}
with

unreadable_lines as (

    select * from {{ source('raw_inputs', 'unreadable_lines') }}

),

rejected as (

    select
        'customers' as input,
        row_number,
        record_key,
        rejection_reasons

    from {{ ref('rejected_customers') }}

    union all

    select
        'credit_card_usage' as input,
        row_number,
        record_key,
        rejection_reasons

    from {{ ref('rejected_credit_card_usage') }}

    union all

    select
        'benefit_accounts' as input,
        row_number,
        record_key,
        rejection_reasons

    from {{ ref('rejected_benefit_accounts') }}

    union all

    select
        'benefit_transactions' as input,
        row_number,
        record_key,
        rejection_reasons

    from {{ ref('doubtful_benefit_transactions') }}

    where rejection_reasons is not null

),

shown as (

    {% for input in [
        'customers', 'credit_card_usage', 'benefit_accounts', 'benefit_transactions'
    ] -%}
    select
        rejected.input,
        rejected.row_number,
        cast(null as bigint) as line_number,
        rejected.record_key,
        rejected.rejection_reasons,
        cast(to_json(cast(source as map (varchar, varchar))) as varchar) as raw_row -- noqa: RF02

    from rejected

    inner join {{ source('raw_inputs', input) }} as source
        on rejected.row_number = source.row_number

    where rejected.input = '{{ input }}'

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

select * from shown
