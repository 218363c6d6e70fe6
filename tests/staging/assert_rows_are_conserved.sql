-- Rows in = rows used + rows left out + rows rejected. Rows in are counted without parsing them.
with

input_row_counts as (

    select * from {{ ref('input_row_counts') }}

)

select *

from input_row_counts

where read_rows != used_rows + left_out_rows + rejected_rows
