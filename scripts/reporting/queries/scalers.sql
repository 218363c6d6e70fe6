select
    feature,
    label,
    is_used,
    reason_left_out

from marts.feature_scalers

order by
    benefit,
    feature
