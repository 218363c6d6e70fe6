select
    component,
    explained_variance_ratio,
    cumulative_explained_variance_ratio,
    coalesce(wording.share_in_words(explained_variance_ratio), 'unknown')
        as explained_variance_ratio_in_words,
    coalesce(wording.share_in_words(cumulative_explained_variance_ratio), 'unknown')
        as cumulative_explained_variance_ratio_in_words

from marts.principal_components

order by component
