-- A key of the table would cost more time and memory than this test.
select
    customer_id,
    count(*) as row_count

from {{ ref('customer_features') }}

group by customer_id

having count(*) > 1
