with

accounts as (

    select * from {{ ref('stg_benefit_accounts') }}

),

observation_window as (

    select * from {{ ref('observation_window') }}

),

-- An account with unknown dates counts as open.
stated as (

    select
        accounts.customer_id,
        accounts.benefit,
        accounts.balance,
        date_sub('month', accounts.opened_on, observation_window.as_of_date) as tenure_months,
        coalesce(accounts.opened_on <= observation_window.as_of_date, true)
        and coalesce(accounts.closed_on > observation_window.as_of_date, true) as is_open

    from accounts

    cross join observation_window

)

select
    customer_id,
    benefit,
    count(*) as holdings,
    sum(balance) as balance,
    max(tenure_months) as tenure_months

from stated

where is_open

group by
    customer_id,
    benefit
