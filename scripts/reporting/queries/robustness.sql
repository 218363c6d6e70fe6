select
    segment_id,
    segment_name,
    customers,
    mean_assignment_robustness,
    coalesce(wording.share_in_words(mean_assignment_robustness), 'unknown')
        as mean_assignment_robustness_in_words

from marts.segment_reliability

order by segment_id
