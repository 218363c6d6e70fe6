select
    file,
    input,
    reason_passed_over,
    row_count,
    first_row_number,
    bytes,
    sha256,
    missing_columns,
    ignored_columns

from {{ ref('load_inputs') }}
