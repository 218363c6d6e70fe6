select
    input,
    date_format,
    decimal_sign

from {{ declared('input_formats') }}
