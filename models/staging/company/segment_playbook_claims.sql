select
    cast(segment_id as integer) as segment_id,
    feature,
    statistic,
    comparison,
    cast(threshold as double) as threshold

from {{ declared('segment_playbook_claims') }}
