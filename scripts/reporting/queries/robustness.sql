select
    segment_id,
    segment_name,
    customers,
    mean_assignment_robustness

from marts.segment_robustness

order by segment_id
