-- Reasons only: the rows hold personal data.
select
    input,
    rejection_reasons,
    count(*) as row_count,
    wording.whole_number(row_count) as row_count_in_words

from marts.rejected_rows

group by
    input,
    rejection_reasons

order by
    input asc,
    row_count desc,
    rejection_reasons asc
