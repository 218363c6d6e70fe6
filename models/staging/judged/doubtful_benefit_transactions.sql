with

base as not materialized (

    select * from {{ ref('base_benefit_transactions') }}

),

accounts as (

    select * from {{ ref('stg_benefit_accounts') }}

),

repeated_keys as (

    {{ repeated_keys(ref('base_benefit_transactions'), 'transaction_id') }}

),

-- The only place that joins transactions with their accounts row by row.
examined as not materialized (

    select
        base.*,
        accounts.account_id as known_account_id,
        case
            when base.account_id is null or accounts.account_id is not null then base.problems
            else
                concat_ws(
                    '; ', base.problems, 'account_id is not among the usable accounts'
                )
        end as all_problems,
        base.amount < 0 as is_negative,
        case
            when accounts.benefit is null then null
            {% for benefit, types in read_declared('transaction_types') | groupby('benefit') -%}
            when accounts.benefit = {{ text_literal(benefit) }}
                then
                    base.transaction_type not in (
                        {%- for row in types %}{{ text_literal(row.transaction_type) }}
                        {{- ', ' if not loop.last }}{% endfor -%}
                    )
            {% endfor -%}
            else true
        end as is_unusual_for_benefit,
        base.occurred_at < accounts.opened_on as is_before_opening,
        base.occurred_at > accounts.closed_on as is_after_closing

    from base

    left join accounts
        on base.account_id = accounts.account_id

),

-- Two searches at the same time. Few keys are repeated, so examining their rows again costs little.
doubtful as (

    select *

    from examined

    where
        problems is not null
        or (account_id is not null and known_account_id is null)
        or is_negative
        or is_unusual_for_benefit
        or is_before_opening
        or is_after_closing

    union

    select examined.*

    from examined

    semi join repeated_keys
        on examined.transaction_id = repeated_keys.transaction_id

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
    account_id,
    nullif(concat_ws(
        '; ',
        all_problems,
        case
            when transaction_id is not null and copy_number > 1
                then 'transaction_id is a duplicate'
        end
    ), '') as rejection_reasons,
    is_negative,
    is_unusual_for_benefit,
    is_before_opening,
    is_after_closing

from ranked
