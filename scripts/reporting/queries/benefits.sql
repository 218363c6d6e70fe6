select
    segment_id,
    segment_name,
    benefit,
    customers,
    holders,
    white_space,
    penetration,
    penetration_index,
    bcss_share,
    sum(holders) over (partition by benefit) as all_holders,
    sum(holders) over (partition by benefit)
    / sum(customers) over (partition by benefit) as average_penetration

from marts.segment_benefit_profiles

order by
    benefit,
    segment_id
