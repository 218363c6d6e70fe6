select
    feature,
    label,
    coalesce(wording.share_in_words(bcss_share), 'unknown') as bcss_share_in_words

from marts.feature_importance

order by importance_rank

limit 3
