select
    segment_count,
    wcss,
    explained_share,
    wcss_reduction,
    1 - explained_share as remaining_share,
    wording.count_in_words(segment_count, 'segment') as segment_count_in_words,
    coalesce(wording.plain_number(wcss), 'unknown') as wcss_in_words,
    coalesce(wording.share_in_words(explained_share), 'unknown') as explained_share_in_words,
    coalesce(wording.share_in_words(remaining_share), 'unknown') as remaining_share_in_words,
    coalesce(wording.share_in_words(wcss_reduction), '–') as wcss_reduction_in_words,
    wording.decimal_in_words(
        100 * (lead(explained_share) over (order by segment_count) - explained_share), 'count', 1
    ) as percentage_points_of_one_more,
    is_chosen,
    is_override,
    reason

from marts.wcss_curve

order by segment_count
