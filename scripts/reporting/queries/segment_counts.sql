select
    segment_count,
    wcss,
    explained_share,
    wcss_reduction,
    1 - explained_share as remaining_share,
    is_chosen,
    is_override,
    reason

from marts.wcss_curve

order by segment_count
