select
    input,
    description,
    row_count,
    wording.whole_number(row_count) as row_count_in_words

from marts.data_quality_findings

where row_count > 0

order by
    input asc,
    row_count desc,
    description asc
