with

centroids as (

    select * from {{ ref('segment_centroids') }}

)

select
    md5(
        string_agg(
            concat_ws(' ', segment_id, component, coordinate),
            ', ' order by segment_id, component
        )
    ) as fingerprint

from centroids
