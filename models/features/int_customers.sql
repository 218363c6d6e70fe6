with

listed as (

    select customer_id from {{ ref('stg_customers') }}

),

-- The list of customers is the base. Without it, everyone who is mentioned.
mentioned as (

    select customer_id from {{ ref('stg_credit_card_usage') }}
    where not exists (select 1 from listed)

    union

    select customer_id from {{ ref('stg_benefit_accounts') }}
    where not exists (select 1 from listed)

),

customers as (

    select customer_id from listed

    union all

    select customer_id from mentioned

)

select * from customers
