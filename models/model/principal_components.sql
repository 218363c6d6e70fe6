with

projection as (

    select * from {{ ref('fit_projection') }}

)

-- The projection repeats the variance of a component for every feature.
select distinct
    cast(component as integer) as component,
    eigenvalue,
    explained_variance_ratio,
    cumulative_explained_variance_ratio

from projection

where component is not null
