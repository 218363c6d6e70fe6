select
    feature,
    label,
    bcss_share

from marts.feature_importance

order by importance_rank

limit 3
