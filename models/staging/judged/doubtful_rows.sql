{{ config(materialized='view') }}

select
    'customers' as input,
    row_number,
    record_key,
    cast(null as varchar) as owner_id,
    rejection_reasons,
    doubts

from {{ ref('doubtful_customers') }}

union all

select
    input,
    row_number,
    record_key,
    record_key as owner_id,
    rejection_reasons,
    cast(null as varchar) as doubts

from {{ ref('rejected_customer_numbers') }}

union all

select
    'benefit_accounts' as input,
    row_number,
    record_key,
    customer_id as owner_id,
    rejection_reasons,
    doubts

from {{ ref('doubtful_benefit_accounts') }}

union all

select
    'benefit_transactions' as input,
    row_number,
    record_key,
    account_id as owner_id,
    rejection_reasons,
    concat_ws(
        '; ',
        case when is_negative then 'amount is negative' end,
        case when is_unusual_for_benefit then 'transaction_type is unusual for the benefit' end,
        case when is_before_opening then 'occurred_at lies before the opening' end,
        case when is_after_closing then 'occurred_at lies after the closing' end
    ) as doubts

from {{ ref('doubtful_benefit_transactions') }}
