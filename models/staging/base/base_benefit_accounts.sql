with

source as (

    select * from {{ source('raw_inputs', 'benefit_accounts') }}

),

known_customers as (

    select customer_id as known_customer_id

    from {{ ref('stg_customers') }}

),

trimmed as (

    select
        row_number,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(customer_id), '') as customer_id,
        nullif(replace(lower(trim(benefit)), ' ', '_'), '') as benefit,
        nullif(trim(opened_on), '') as opened_on_text,
        nullif(trim(closed_on), '') as closed_on_text,
        nullif(trim(balance), '') as balance_text

    from source

),

typed as (

    select
        *,
        {{ parse_date('opened_on_text') }} as opened_on,
        {{ parse_date('closed_on_text') }} as closed_on,
        {{ parse_amount('balance_text') }} as balance

    from trimmed

),

matched as (

    select
        typed.*,
        known_customers.known_customer_id

    from typed

    left join known_customers
        on typed.customer_id = known_customers.known_customer_id

),

judged as (

    select
        *,
        nullif(concat_ws(
            '; ',
            {{ key_problem('account_id') }},
            {{ key_problem('customer_id') }},
            case
                when
                    customer_id is not null
                    and known_customer_id is null
                    and (select count(*) from known_customers) > 0
                    then 'customer_id is not among the usable customers'
            end,
            case
                when benefit is null then 'benefit is missing'
                when benefit not in ('savings_plan', 'loan', 'wealth_management')
                    then 'benefit is unknown'
            end,
            {{ date_problem('opened_on') }},
            -- A planned end in the future is no error: the account is open until then.
            {{ date_problem('closed_on', may_lie_in_future=true) }},
            {{ unparsed_problem('balance', 'a number') }}
        ), '') as problems

    from matched

),

-- Of several usable rows of one account the text decides, not the order of the rows.
ranked as (

    select
        *,
        row_number() over (
            partition by account_id
            order by
                problems is not null, customer_id, benefit, opened_on_text, closed_on_text,
                balance_text, row_number
        ) as copy_number

    from judged

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
        problems,
        case when account_id is not null and copy_number > 1 then 'account_id is a duplicate' end
    ), '') as rejection_reasons

from ranked
