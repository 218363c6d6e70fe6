select
    component,
    explained_variance_ratio,
    cumulative_explained_variance_ratio

from marts.principal_components

order by component
