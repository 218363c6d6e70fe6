with

customers as not materialized (

    select * from {{ ref('stg_customers') }}

),

benefit_accounts as not materialized (

    select * from {{ ref('stg_benefit_accounts') }}

),

-- Rejected because no other input has the id, and counted before they are compared: there are few.
missed as (

    select
        input,
        case when input = 'benefit_transactions' then 'account_id' else 'customer_id' end
            as key_column,
        owner_id as found_id,
        count(*) as row_count

    from {{ ref('doubtful_rows') }}

    where contains(rejection_reasons, key_column || ' is not among')

    group by
        input,
        owner_id

),

known as (

    select
        'customer_id' as key_column,
        customer_id as known_id

    from customers

    where exists (select 1 from missed)

    union all

    select
        'account_id' as key_column,
        account_id as known_id

    from benefit_accounts

    where exists (select 1 from missed)

),

-- Without a list of customers, everyone mentioned is one.
mentioned as (

    select
        input,
        customer_id
    from {{ ref('stg_customer_numbers') }}
    where not exists (select 1 from customers)

    union all

    select
        'benefit_accounts' as input,
        customer_id
    from benefit_accounts
    where not exists (select 1 from customers)

),

spelled as (

    select
        {{ spelling('customer_id') }} as spelling,
        min(customer_id) as known_id

    from mentioned

    group by {{ spelling('customer_id') }}

    having count(distinct customer_id) > 1

)

select
    missed.input,
    missed.key_column,
    missed.found_id,
    min(known.known_id) as known_id,
    missed.row_count

from missed

inner join known
    on
        missed.key_column = known.key_column
        and {{ spelling('missed.found_id') }} = {{ spelling('known.known_id') }}

group by
    missed.input,
    missed.key_column,
    missed.found_id,
    missed.row_count

union all

select
    mentioned.input,
    'customer_id' as key_column,
    mentioned.customer_id as found_id,
    spelled.known_id,
    count(*) as row_count

from mentioned

inner join spelled
    on {{ spelling('mentioned.customer_id') }} = spelled.spelling

where mentioned.customer_id != spelled.known_id

group by
    mentioned.input,
    mentioned.customer_id,
    spelled.known_id
