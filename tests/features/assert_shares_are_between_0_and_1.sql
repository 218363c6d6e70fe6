-- Shares that the project computes. Shares in a table of numbers are delivered, and the public data
-- has some above 1.
{%- set shares = list_features() | selectattr('unit', 'equalto', 'share') | rejectattr('input')
    | map(attribute='name') | list %}
select customer_id

from {{ ref('customer_features') }}

where
    false
    {%- for share in shares %}
    or {{ share }} is null
    or {{ share }} not between 0 and 1
    {%- endfor %}
