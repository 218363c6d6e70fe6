with

base as (

    select * from {{ ref('base_benefit_transactions') }}

),

known_accounts as (

    select account_id from {{ ref('stg_benefit_accounts') }}

),

repeated_keys as (

    {{ repeated_keys(ref('base_benefit_transactions'), 'transaction_id') }}

),

doubtful as (

    select
        base.*,
        nullif(concat_ws(
            '; ',
            base.problems,
            case
                when base.account_id is not null and known_accounts.account_id is null
                    then 'account_id is not among the usable accounts'
            end
        ), '') as all_problems

    from base

    left join known_accounts
        on base.account_id = known_accounts.account_id

    left join repeated_keys
        on base.transaction_id = repeated_keys.transaction_id

    where
        all_problems is not null
        or repeated_keys.transaction_id is not null

),

-- Usable rows come first, then the values decide, not the order of the rows.
ranked as (

    select
        *,
        row_number() over (
            partition by transaction_id
            order by
                all_problems is not null, account_id, occurred_at, transaction_type, amount,
                row_number
        ) as copy_number

    from doubtful

)

select
    row_number,
    transaction_id as record_key,
    concat_ws(
        '; ',
        all_problems,
        case
            when transaction_id is not null and copy_number > 1
                then 'transaction_id is a duplicate'
        end
    ) as rejection_reasons

from ranked

where
    all_problems is not null
    or copy_number > 1
