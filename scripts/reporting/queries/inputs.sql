select
    input,
    -- The folder is nobody's business but the builder's.
    regexp_replace(location, '^.*[/\\]', '') as file_name,
    read_rows,
    used_rows,
    rejected_rows,
    rejected_share

from marts.input_row_counts

where location is not null

order by input
