with

observation_window as (

    select * from {{ ref('observation_window') }}

),

listed as (

    select
        customer_id,
        birth_date,
        joined_on,
        region

    from {{ ref('stg_customers') }}

),

accounts as (

    select * from {{ ref('stg_benefit_accounts') }}

),

customer_numbers as (

    select * from {{ ref('stg_customer_numbers') }}

),

-- The list of customers is the base. Without it, every customer that the other inputs mention, with
-- no further data.
mentioned as (

    select customer_id from customer_numbers
    where not exists (select 1 from listed)

    union

    select customer_id from accounts
    where not exists (select 1 from listed)

),

customers as (

    select * from listed

    union all

    select
        customer_id,
        cast(null as date) as birth_date,
        cast(null as date) as joined_on,
        cast(null as varchar) as region

    from mentioned

),

-- Usually there are none, and the joins below cost nothing.
opening_later as (

    select distinct accounts.customer_id

    from accounts

    cross join observation_window

    where accounts.opened_on > observation_window.as_of_date

),

opened_before as (

    select accounts.customer_id

    from accounts

    cross join observation_window

    where
        accounts.opened_on is null
        or accounts.opened_on <= observation_window.as_of_date

),

-- Numbers per customer say that there is a customer.
not_yet_known as (

    select opening_later.customer_id

    from opening_later

    anti join opened_before
        on opening_later.customer_id = opened_before.customer_id

    anti join customer_numbers
        on opening_later.customer_id = customer_numbers.customer_id

),

-- Dates after as_of_date are ignored; as_of_date can be any day. The day of joining decides who is
-- a customer, when it is known.
aged as (

    select
        customers.customer_id,
        customers.region,
        observation_window.observation_days,
        not coalesce(
            customers.joined_on > observation_window.as_of_date,
            not_yet_known.customer_id is not null
        ) as is_customer,
        case
            when customers.birth_date <= observation_window.as_of_date
                then date_sub('year', customers.birth_date, observation_window.as_of_date)
        end as age_years,
        case
            when customers.joined_on <= observation_window.as_of_date
                then date_sub('month', customers.joined_on, observation_window.as_of_date)
        end as relationship_tenure_months

    from customers

    cross join observation_window

    left join not_yet_known
        on customers.customer_id = not_yet_known.customer_id

)

select
    customer_id,
    is_customer,
    cast(age_years as double) as age_years,
    cast(relationship_tenure_months as double) as relationship_tenure_months,
    -- The names sort by age.
    case
        when age_years < 30 then '0-29'
        when age_years < 45 then '30-44'
        when age_years < 60 then '45-59'
        when age_years < 75 then '60-74'
        when age_years >= 75 then '75 and over'
    end as age_band,
    region,
    observation_days

from aged
