select
    benefit,
    transaction_type,
    counts_as

from {{ declared('transaction_types') }}
