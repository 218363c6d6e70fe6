select
    input,
    description,
    row_count

from marts.data_quality_findings

where row_count > 0

order by
    input asc,
    row_count desc,
    description asc
