with

segment_count_scores as (

    select * from {{ ref('segment_count_scores') }}

),

compared as (

    select
        segment_count,
        wcss,
        lag(wcss) over (order by segment_count) as wcss_before

    from segment_count_scores

)

select *

from compared

where wcss > wcss_before
