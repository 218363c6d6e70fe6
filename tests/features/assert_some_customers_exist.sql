-- Without customers there is nothing to segment. Stops the build before the fit.
with

customer_features as (

    select * from {{ ref('customer_features') }}

)

select count(*) as customers

from customer_features

having
    case
        when count(*) = 0
            then error(
                'There are no customers: every input is empty or was rejected. Read'
                || ' marts.input_row_counts to see the rows found in each input.'
            ) is not null
    end
