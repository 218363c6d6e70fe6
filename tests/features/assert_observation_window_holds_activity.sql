-- If all transactions lie outside the window, as_of_date is probably wrong.
{{ config(severity='warn') }}

with

transactions as (

    select * from {{ ref('stg_benefit_transactions') }}

),

observation_window as (

    select * from {{ ref('observation_window') }}

)

select
    observation_window.starts_after,
    observation_window.as_of_date,
    max(transactions.occurred_on) as latest_transaction_on

from transactions

cross join observation_window

group by
    observation_window.starts_after,
    observation_window.as_of_date

having
    count(*) filter (
        where
        transactions.occurred_on > observation_window.starts_after
        and transactions.occurred_on <= observation_window.as_of_date
    ) = 0
