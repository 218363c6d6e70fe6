with

observation_window as (

    select * from {{ ref('observation_window') }}

),

customers as (

    select * from {{ ref('stg_customers') }}

),

accounts as (

    select * from {{ ref('stg_benefit_accounts') }}

),

joined_later as (

    select customers.customer_id

    from customers

    cross join observation_window

    where customers.joined_on > observation_window.as_of_date

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

dated as (

    select customer_id

    from customers

    where joined_on is not null

),

-- The day of joining decides, when it is known; numbers per customer say that there is a customer.
opened_later as (

    select opening_later.customer_id

    from opening_later

    anti join opened_before
        on opening_later.customer_id = opened_before.customer_id

    anti join dated
        on opening_later.customer_id = dated.customer_id

    anti join {{ ref('stg_customer_numbers') }} as measured
        on opening_later.customer_id = measured.customer_id

)

select customer_id from joined_later

union all

select customer_id from opened_later
