select
    benefit,
    label,
    singular,
    plural,
    cast(is_owed as boolean) as is_owed,
    cast(weight as double) as weight

from {{ declared('benefits') }}
