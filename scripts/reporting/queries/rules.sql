-- The rule that covers most of the segment.
select
    segment_id,
    sentence,
    rule_recall,
    coalesce(wording.share_in_words(rule_recall), 'unknown') as rule_recall_in_words

from marts.segment_rules

qualify
    row_number() over (
        partition by segment_id
        order by rule_recall desc, rule_id asc
    ) = 1

order by segment_id
