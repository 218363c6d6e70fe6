-- Rows in = rows used + rows rejected. Rows in are counted without parsing them.
with

input_row_counts as (

    select * from {{ ref('input_row_counts') }}

)

select *

from input_row_counts

where read_rows != used_rows + rejected_rows
