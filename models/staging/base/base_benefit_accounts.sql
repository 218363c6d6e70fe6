-- depends_on: {{ ref('load_inputs') }}
with

source as (

    select * from {{ source('raw_inputs', 'benefit_accounts') }}

),

typed as (

    select
        row_number,
        {{ parse_text('account_id') }} as account_id,
        {{ parse_text('customer_id') }} as customer_id,
        {{ parse_term('benefit') }} as benefit,
        balance as raw_balance,
        {{ parse_amount('balance') }} as balance,
        opened_on as raw_opened_on,
        {{ parse_date('opened_on') }} as opened_on,
        closed_on as raw_closed_on,
        {{ parse_date('closed_on') }} as closed_on

    from source

)

select
    row_number,
    account_id,
    customer_id,
    benefit,
    balance,
    opened_on,
    closed_on,
    nullif(concat_ws(
        '; ',
        {{ key_problem('account_id') }},
        {{ key_problem('customer_id') }},
        case
            when benefit is null then 'benefit is missing'
            when benefit not in ('savings_plan', 'loan', 'wealth_management')
                then 'benefit is unknown'
        end,
        {{ date_problem('opened_on') }},
        -- A planned closing in the future is no error: the account is open until then.
        {{ date_problem('closed_on', may_lie_in_future=true) }},
        {{ unparsed_problem('balance', 'a number') }}
    ), '') as problems

from typed
