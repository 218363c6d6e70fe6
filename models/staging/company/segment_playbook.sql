select
    cast(segment_id as integer) as segment_id,
    segment_name,
    description,
    message

from {{ declared('segment_playbook') }}
