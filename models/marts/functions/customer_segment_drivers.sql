{#-
A parameter must not have the name of a column. No CTEs: DuckDB 1.4.0 knows none in functions.
-#}
{{ config(materialized='table_function', parameters=['customer'], contract={'enforced': false}) }}

select *

from {{ ref('int_customer_drivers').include(database=false) }}

where customer_id = cast(customer as varchar)

order by driver_rank
