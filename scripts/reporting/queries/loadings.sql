-- The three features with the largest loadings in each direction of the map.
select
    component_weights.component,
    wording.comparative(feature_scalers.unit, component_weights.loading >= 0)
    || ' ' || feature_scalers.label as direction

from marts.component_weights

inner join marts.feature_scalers
    on component_weights.feature = feature_scalers.feature

where component_weights.component <= 2

qualify
    row_number() over (
        partition by component_weights.component
        order by abs(component_weights.loading) desc, component_weights.feature asc
    ) <= 3

order by
    component_weights.component asc,
    abs(component_weights.loading) desc,
    component_weights.feature asc
