{#- Benefits of accounts and types of transactions that the company has not declared. -#}
with

accounts as (

    select
        'benefit_accounts' as input,
        base.benefit as term

    from {{ ref('doubtful_benefit_accounts') }} as judged

    inner join {{ ref('base_benefit_accounts') }} as base
        on judged.row_number = base.row_number

    where contains(judged.rejection_reasons, 'benefit is unknown')

),

transactions as (

    select
        'benefit_transactions' as input,
        base.transaction_type as term

    from {{ ref('doubtful_benefit_transactions') }} as judged

    inner join {{ ref('base_benefit_transactions') }} as base
        on judged.row_number = base.row_number

    where contains(judged.rejection_reasons, 'transaction_type is unknown')

)

select
    input,
    term,
    count(*) as row_count

from (
    select * from accounts
    union all
    select * from transactions
) as found

group by
    input,
    term
