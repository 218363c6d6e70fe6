-- Stops the build before the features when an input has more rejected rows than max_rejected_share.
-- The test writes the message, because a count of failures would not give the reason.
with

input_row_counts as (

    select * from {{ ref('input_row_counts') }}

)

select *

from input_row_counts

where
    case
        when rejected_share > {{ var('max_rejected_share') }}
            then error(
                input || ' (' || location || '): ' || wording.whole_number(rejected_rows)
                || ' of ' || wording.whole_number(read_rows) || ' rows were rejected, more than the'
                || ' share of {{ var("max_rejected_share") }} that max_rejected_share allows.'
                || ' Most frequent reason: ' || most_frequent_reason
                || coalesce('. ' || suggestion, '')
                || '. See them with: dbt show --output json --inline "select rejection_reasons,'
                || ' count(*) as row_count from marts.rejected_rows group by all". Then correct the'
                || ' input or raise the var.'
            ) is not null
    end
