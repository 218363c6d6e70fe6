with

fitted as (

    select * from {{ ref('fit_principal_components') }}

)

select
    cast(component as integer) as component,
    min(eigenvalue) as eigenvalue,
    min(explained_variance_ratio) as explained_variance_ratio,
    min(cumulative_explained_variance_ratio) as cumulative_explained_variance_ratio

from fitted

group by component
