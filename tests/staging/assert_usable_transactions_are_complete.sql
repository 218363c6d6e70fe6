-- One pass instead of one per column, because there are many transactions.
with

benefit_accounts as (

    select * from {{ ref('stg_benefit_accounts') }}

),

benefit_transactions as (

    select * from {{ ref('stg_benefit_transactions') }}

)

select benefit_transactions.*

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
