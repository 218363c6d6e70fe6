select
    criterion,
    rule,
    segment_count

from marts.segment_count_votes

where space = 'pca'

order by
    segment_count asc nulls last,
    criterion asc
