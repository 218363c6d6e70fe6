{%- set format = input_format('benefit_transactions') -%}

-- depends_on: {{ ref('load_inputs') }}
with

source as (

    select * from {{ source('raw_inputs', 'benefit_transactions') }}

),

typed as (

    select
        row_number,
        {{ parse_key('transaction_id') }} as transaction_id,
        {{ parse_key('account_id') }} as account_id,
        {{ parse_term('transaction_type') }} as transaction_type,
        amount as raw_amount,
        {{ parse_amount('amount', format) }} as amount,
        occurred_at as raw_occurred_at,
        {{ parse_date('occurred_at', format) }} as occurred_at

    from source

),

judged as (

    select
        *,
        {{ key_problem('transaction_id') }} as key_problem,
        {{ key_problem('account_id') }} as account_problem,
        -- Not `in`: with so many values it becomes a join, which runs even for queries that do not
        -- select problems.
        case
            when transaction_type is null then 'transaction_type is missing'
            {% for type in read_declared('transaction_types')
                | map(attribute='transaction_type') | unique -%}
            when transaction_type = {{ text_literal(type) }} then null
            {% endfor -%}
            else 'transaction_type is unknown'
        end as type_problem,
        coalesce({{ missing_problem('occurred_at') }}, {{ date_problem('occurred_at', format) }})
            as date_problem,
        coalesce({{ missing_problem('amount') }}, {{ unparsed_problem('amount', 'a number') }})
            as amount_problem

    from typed

)

select
    row_number,
    transaction_id,
    account_id,
    transaction_type,
    amount,
    occurred_at,
    -- Checking first whether there is a problem is faster than joining nulls into a text.
    case
        when
            key_problem is not null
            or account_problem is not null
            or type_problem is not null
            or date_problem is not null
            or amount_problem is not null
            then
                concat_ws(
                    '; ', key_problem, account_problem, type_problem, date_problem, amount_problem
                )
    end as problems

from judged
