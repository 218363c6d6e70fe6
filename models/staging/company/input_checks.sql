select
    input,
    rule,
    description,
    condition

from {{ declared('input_checks') }}
