{#-
A parameter must not have the name of a column. No CTEs: DuckDB 1.4.0 does not support them in
functions.
-#}
select *

from {{ ref('segment_comparisons').include(database=false) }}

where
    cast(one as varchar) in (cast(segment_id as varchar), segment_name)
    and cast(other as varchar) in (cast(other_segment_id as varchar), other_segment_name)

order by comparison_rank
