with

source as (

    select * from {{ source('raw_inputs', 'benefit_transactions') }}

),

known_accounts as (

    select account_id as known_account_id

    from {{ ref('stg_benefit_accounts') }}

),

trimmed as (

    select
        row_number,
        nullif(trim(transaction_id), '') as transaction_id,
        nullif(trim(account_id), '') as account_id,
        nullif(replace(lower(trim(transaction_type)), ' ', '_'), '') as transaction_type,
        nullif(trim(occurred_at), '') as occurred_at_text,
        nullif(trim(amount), '') as amount_text

    from source

),

typed as (

    select
        *,
        {{ parse_date('occurred_at_text') }} as occurred_at,
        {{ parse_amount('amount_text') }} as amount

    from trimmed

),

matched as (

    select
        typed.*,
        known_accounts.known_account_id

    from typed

    left join known_accounts
        on typed.account_id = known_accounts.known_account_id

),

judged as (

    select
        *,
        nullif(concat_ws(
            '; ',
            {{ key_problem('transaction_id') }},
            {{ key_problem('account_id') }},
            case
                when account_id is not null and known_account_id is null
                    then 'account_id is not among the usable accounts'
            end,
            case
                when transaction_type is null then 'transaction_type is missing'
                when
                    transaction_type not in (
                        'deposit', 'withdrawal', 'repayment', 'missed_repayment',
                        'purchase', 'sale', 'fee'
                    )
                    then 'transaction_type is unknown'
            end,
            case when occurred_at_text is null then 'occurred_at is missing' end,
            {{ date_problem('occurred_at') }},
            case when amount_text is null then 'amount is missing' end,
            {{ unparsed_problem('amount', 'a number') }}
        ), '') as problems

    from matched

),

-- Of several usable rows of one transaction the text decides, not the order of the rows.
ranked as (

    select
        *,
        row_number() over (
            partition by transaction_id
            order by
                problems is not null, account_id, occurred_at_text, transaction_type,
                amount_text, row_number
        ) as copy_number

    from judged

)

select
    row_number,
    transaction_id,
    account_id,
    transaction_type,
    amount,
    occurred_at,
    nullif(concat_ws(
        '; ',
        problems,
        case
            when transaction_id is not null and copy_number > 1
                then 'transaction_id is a duplicate'
        end
    ), '') as rejection_reasons

from ranked
