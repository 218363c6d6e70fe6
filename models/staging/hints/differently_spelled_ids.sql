with

stg_customers as (

    select * from {{ ref('stg_customers') }}

),

customer_numbers as not materialized (

    select * from {{ ref('base_customer_numbers') }}

),

benefit_accounts as not materialized (

    select * from {{ ref('base_benefit_accounts') }}

),

-- Rows rejected because no other input has their id. Usually there are few.
missed as (

    select
        customer_numbers.input,
        customer_numbers.row_number,
        'customer_id' as key_column,
        customer_numbers.customer_id as found_id

    from {{ ref('rejected_customer_numbers') }} as judged

    inner join customer_numbers
        on
            judged.input = customer_numbers.input
            and judged.row_number = customer_numbers.row_number

    where contains(judged.rejection_reasons, 'customer_id is not among')

    union all

    select
        'benefit_accounts' as input,
        benefit_accounts.row_number,
        'customer_id' as key_column,
        benefit_accounts.customer_id as found_id

    from {{ ref('doubtful_benefit_accounts') }} as judged

    inner join benefit_accounts
        on judged.row_number = benefit_accounts.row_number

    where contains(judged.rejection_reasons, 'customer_id is not among')

    union all

    select
        'benefit_transactions' as input,
        benefit_transactions.row_number,
        'account_id' as key_column,
        benefit_transactions.account_id as found_id

    from {{ ref('doubtful_benefit_transactions') }} as judged

    inner join {{ ref('base_benefit_transactions') }} as benefit_transactions
        on judged.row_number = benefit_transactions.row_number

    where contains(judged.rejection_reasons, 'account_id is not among')

),

known as (

    select
        'customer_id' as key_column,
        customer_id as known_id

    from stg_customers

    where exists (select 1 from missed)

    union all

    select
        'account_id' as key_column,
        account_id as known_id

    from {{ ref('stg_benefit_accounts') }}

    where exists (select 1 from missed)

),

matched as (

    select
        missed.key_column,
        missed.found_id,
        min(known.known_id) as known_id

    from missed

    inner join known
        on
            missed.key_column = known.key_column
            and {{ spelling('missed.found_id') }} = {{ spelling('known.known_id') }}

    group by
        missed.key_column,
        missed.found_id

),

-- Without a list of customers, everyone mentioned is one.
mentioned as (

    select customer_id from {{ ref('stg_customer_numbers') }}
    where not exists (select 1 from stg_customers)

    union

    select customer_id from {{ ref('stg_benefit_accounts') }}
    where not exists (select 1 from stg_customers)

),

spelled as (

    select
        {{ spelling('customer_id') }} as spelling,
        min(customer_id) as known_id

    from mentioned

    group by {{ spelling('customer_id') }}

    having count(*) > 1

),

others as (

    select
        mentioned.customer_id as found_id,
        spelled.known_id

    from mentioned

    inner join spelled
        on {{ spelling('mentioned.customer_id') }} = spelled.spelling

    where mentioned.customer_id != spelled.known_id

)

select
    missed.*,
    matched.known_id

from missed

inner join matched
    on
        missed.key_column = matched.key_column
        and missed.found_id = matched.found_id

union all

select
    customer_numbers.input,
    customer_numbers.row_number,
    'customer_id' as key_column,
    others.found_id,
    others.known_id

from customer_numbers

inner join others
    on customer_numbers.customer_id = others.found_id

union all

select
    'benefit_accounts' as input,
    benefit_accounts.row_number,
    'customer_id' as key_column,
    others.found_id,
    others.known_id

from benefit_accounts

inner join others
    on benefit_accounts.customer_id = others.found_id
