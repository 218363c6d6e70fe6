{%- set format = input_format('benefit_accounts') -%}

-- depends_on: {{ ref('load_inputs') }}
with

source as (

    select * from {{ source('raw_inputs', 'benefit_accounts') }}

),

typed as (

    select
        row_number,
        {{ parse_key('account_id') }} as account_id,
        {{ parse_key('customer_id') }} as customer_id,
        {{ parse_term('benefit') }} as benefit,
        balance as raw_balance,
        {{ parse_amount('balance', format) }} as balance,
        opened_on as raw_opened_on,
        {{ parse_date('opened_on', format) }} as opened_on,
        closed_on as raw_closed_on,
        {{ parse_date('closed_on', format) }} as closed_on

    from source

),

-- A bad value of an optional column counts as unknown. An account that opens in the future is
-- rejected: with an unknown opening it would count as open.
doubted as (

    select
        *,
        case
            when opened_on > {{ latest_plausible_date() }} then 'opened_on lies in the future'
        end as opening_problem,
        {{ date_problem('opened_on', format, may_lie_in_future=true) }} as opened_on_doubt,
        -- A planned closing in the future is no error: the account is open until then.
        {{ date_problem('closed_on', format, may_lie_in_future=true) }} as closed_on_doubt

    from typed

)

select
    row_number,
    account_id,
    customer_id,
    benefit,
    balance,
    case when opened_on_doubt is null then opened_on end as opened_on,
    case when closed_on_doubt is null then closed_on end as closed_on,
    nullif(concat_ws(
        '; ',
        {{ key_problem('account_id') }},
        {{ key_problem('customer_id') }},
        {{ term_problem('benefit', 'benefits') }},
        opening_problem
    ), '') as problems,
    nullif(concat_ws(
        '; ',
        opened_on_doubt,
        closed_on_doubt,
        {{ unparsed_problem('balance', 'a number') }}
    ), '') as doubts

from doubted
