with

projection as (

    select * from {{ ref('fit_projection') }}

)

select
    cast(component as integer) as component,
    -- When no feature varies, there is one component without a feature.
    coalesce(feature, 'none') as feature,
    component_weight as weight,
    loading

from projection

where component is not null
