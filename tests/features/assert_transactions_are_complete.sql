-- Every usable transaction of the window is in int_benefit_activity, with a type and an amount.
-- Of the transactions only the days are read, because there are many.
with

counted as (

    select count(*) as transaction_count

    from {{ ref('stg_benefit_transactions') }} as usable

    cross join {{ ref('observation_window') }} as observation_window

    where
        usable.occurred_on > observation_window.starts_after
        and usable.occurred_on <= observation_window.as_of_date

),

activity as (

    select
        coalesce(sum(transaction_count), 0) as activity_count,
        count(*) filter (where transaction_type is null) as incomplete_count

    from {{ ref('int_benefit_activity') }}

)

select
    counted.transaction_count,
    activity.activity_count,
    activity.incomplete_count

from counted

cross join activity

where
    counted.transaction_count != activity.activity_count
    or activity.incomplete_count > 0
