{%- set format = input_format('benefit_transactions') -%}

-- depends_on: {{ ref('load_inputs') }}
with

source as (

    select
        *,
        {{ is_plain_key('transaction_id') }} as transaction_id_is_plain,
        {{ is_plain_key('account_id') }} as account_id_is_plain

    from {{ source('raw_inputs', 'benefit_transactions') }}

),

typed as (

    select
        row_number,
        transaction_id_is_plain,
        account_id_is_plain,
        {{ parse_key('transaction_id', 'transaction_id_is_plain') }} as transaction_id,
        {{ parse_key('account_id', 'account_id_is_plain') }} as account_id,
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
        {{ term_problem('transaction_type', 'transaction_types') }} as type_problem,
        coalesce(trim(cast(raw_occurred_at as varchar)), '') = '' as is_without_date,
        coalesce(trim(cast(raw_amount as varchar)), '') = '' as is_without_amount

    from typed

)

select
    row_number,
    transaction_id,
    account_id,
    transaction_type,
    amount,
    occurred_at,
    -- Nearly all rows are in order. Seeing that first is several times faster than looking for each
    -- problem.
    case
        when
            transaction_id_is_plain
            and account_id_is_plain
            and type_problem is null
            and occurred_at between date '1900-01-01' and {{ latest_plausible_date() }}
            and amount is not null
            then null
        else
            nullif(concat_ws(
                '; ',
                {{ key_problem('transaction_id') }},
                {{ key_problem('account_id') }},
                type_problem,
                case when is_without_date then 'occurred_at is missing' end,
                {{ date_problem('occurred_at', format) }},
                case when is_without_amount then 'amount is missing' end,
                {{ unparsed_problem('amount', 'a number') }}
            ), '')
    end as problems

from judged
