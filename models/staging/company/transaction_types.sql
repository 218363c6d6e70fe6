with

declared as (

    select * from {{ declared('transaction_types') }}

)

select
    benefit,
    transaction_type,
    counts_as

from declared
