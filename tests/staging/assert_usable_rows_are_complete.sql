-- One pass over each input instead of one for each column: transactions are many.
with

customers as (

    select * from {{ ref('stg_customers') }}

),

credit_card_usage as (

    select * from {{ ref('stg_credit_card_usage') }}

),

benefit_accounts as (

    select * from {{ ref('stg_benefit_accounts') }}

),

benefit_transactions as (

    select * from {{ ref('stg_benefit_transactions') }}

),

incomplete as (

    select
        'customers' as input,
        count(*) as row_count

    from customers

    where customer_id is null

    union all

    select
        'credit_card_usage' as input,
        count(*) as row_count

    from credit_card_usage

    where customer_id is null

    union all

    select
        'benefit_accounts' as input,
        count(*) as row_count

    from benefit_accounts

    where
        account_id is null
        or customer_id is null
        or coalesce(benefit, '') not in ('savings_plan', 'loan', 'wealth_management')

    union all

    select
        'benefit_transactions' as input,
        count(*) as row_count

    from benefit_transactions

    left join benefit_accounts
        on benefit_transactions.account_id = benefit_accounts.account_id

    where
        benefit_accounts.account_id is null
        or benefit_transactions.transaction_id is null
        or benefit_transactions.amount is null
        or benefit_transactions.occurred_on is null
        or coalesce(benefit_transactions.transaction_type, '') not in (
            'deposit', 'withdrawal', 'repayment', 'missed_repayment', 'purchase', 'sale', 'fee'
        )

)

select * from incomplete where row_count > 0
