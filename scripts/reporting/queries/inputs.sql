select
    input,
    -- The report does not show the folder.
    regexp_replace(location, '^.*[/\\]', '') as file_name,
    read_rows,
    used_rows,
    rejected_rows,
    rejected_share,
    wording.whole_number(read_rows) as read_rows_in_words,
    wording.whole_number(used_rows) as used_rows_in_words,
    wording.whole_number(rejected_rows) as rejected_rows_in_words,
    coalesce(wording.share_in_words(rejected_share), '–') as rejected_share_in_words

from marts.input_row_counts

where location is not null

order by input
