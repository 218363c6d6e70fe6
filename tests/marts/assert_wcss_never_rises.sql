with

wcss_curve as (

    select * from {{ ref('wcss_curve') }}

),

compared as (

    select
        segment_count,
        wcss,
        lag(wcss) over (order by segment_count) as wcss_before

    from wcss_curve

)

select *

from compared

where wcss > wcss_before
