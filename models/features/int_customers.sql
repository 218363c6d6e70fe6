with

listed as (

    select customer_id from {{ ref('stg_customers') }}

),

mentioned as (

    select customer_id from {{ ref('stg_credit_card_usage') }}

    union

    select customer_id from {{ ref('stg_benefit_accounts') }}

),

-- The list of customers is the base. Without it, everyone who is mentioned.
customers as (

    select customer_id from listed

    union all

    select customer_id from mentioned
    where (select count(*) from listed) = 0

)

select * from customers
