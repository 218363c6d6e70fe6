select
    criterion,
    rule,
    segment_count,
    coalesce(wording.count_in_words(segment_count, 'segment'), 'no number')
        as segment_count_in_words

from marts.segment_count_votes

where space = 'pca'

order by
    segment_count asc nulls last,
    criterion asc
