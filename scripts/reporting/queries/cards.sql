select
    segment_id,
    position,
    topic,
    sentence

from marts.segment_cards

where evidence_number = 1

order by
    segment_id,
    position
