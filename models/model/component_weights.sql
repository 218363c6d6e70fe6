with

fitted as (

    select * from {{ ref('fit_principal_components') }}

)

select
    cast(component as integer) as component,
    -- Where no feature varies there is one component without a feature.
    coalesce(feature, 'none') as feature,
    weight,
    loading

from fitted
