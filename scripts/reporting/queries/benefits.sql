select
    segment_id,
    segment_name,
    wording.benefit_in_words(benefit) as benefit,
    wording.one_benefit_in_words(benefit) as one_of_it,
    customers,
    holders,
    white_space,
    penetration,
    penetration_index,
    bcss_share,
    sum(holders) over (partition by benefit) as all_holders,
    coalesce(wording.whole_number(holders), 'unknown') as holders_in_words,
    coalesce(wording.whole_number(white_space), '–') as white_space_in_words,
    coalesce(wording.share_in_words(penetration), 'unknown') as penetration_in_words,
    coalesce(wording.decimal_in_words(penetration_index, 'count', 0), '–')
        as penetration_index_in_words,
    wording.share_in_words(bcss_share) as bcss_share_in_words,
    sum(holders) over (partition by benefit)
    / sum(customers) over (partition by benefit) as average_penetration,
    wording.share_in_words(average_penetration) as average_penetration_in_words

from marts.segment_benefit_profiles

order by
    benefit,
    segment_id
