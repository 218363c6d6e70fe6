with

fitted as (

    select * from {{ ref('fit_segment_centroids') }}

)

select
    cast(segment_id as integer) as segment_id,
    cast(axis as integer) as component,
    coordinate

from fitted

where space = 'component'
