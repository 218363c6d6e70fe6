{#- Per input with the key of another one: the column, where rows are judged, the usable keys. -#}
{%- set references = [
    ('customer_numbers', 'customer_id', 'rejected_customer_numbers', 'stg_customers'),
    ('benefit_accounts', 'customer_id', 'doubtful_benefit_accounts', 'stg_customers'),
    ('benefit_transactions', 'account_id', 'doubtful_benefit_transactions', 'stg_benefit_accounts'),
] -%}

with

-- Rows rejected because no other input has their id. Usually there are few.
{% for input, key, judged, known in references -%}
{{ input }} as (

    select
        {{ 'base.input' if input == 'customer_numbers' else text_literal(input) }} as input,
        base.row_number,
        '{{ key }}' as key_column,
        base.{{ key }} as found_id

    from {{ ref(judged) }} as judged

    inner join {{ ref('base_' ~ input) }} as base
        on
            judged.row_number = base.row_number
            {{ 'and judged.input = base.input' if input == 'customer_numbers' }}

    where contains(judged.rejection_reasons, '{{ key }} is not among')

),

known_to_{{ input }} as (

    select
        missed.found_id,
        min(known.{{ key }}) as known_id

    from (select distinct found_id from {{ input }}) as missed

    inner join {{ ref(known) }} as known
        on {{ spelling('missed.found_id') }} = {{ spelling('known.' ~ key) }}

    group by missed.found_id

),

{% endfor -%}
-- Without a list of customers, everyone mentioned is one.
mentioned as (

    {% for input, key, _, known in references if known == 'stg_customers' -%}
    select customer_id from {{ ref('stg_' ~ input) }}
    where not exists (select 1 from {{ ref('stg_customers') }})
    {{ 'union' if not loop.last }}

    {% endfor %}
),

spelled as (

    select
        {{ spelling('customer_id') }} as spelling,
        min(customer_id) as known_id

    from mentioned

    group by {{ spelling('customer_id') }}

    having count(*) > 1

),

others as (

    select
        mentioned.customer_id as found_id,
        spelled.known_id

    from mentioned

    inner join spelled
        on {{ spelling('mentioned.customer_id') }} = spelled.spelling

    where mentioned.customer_id != spelled.known_id

)

{% for input, key, _, known in references -%}
{{ 'union all' if not loop.first }}
select
    {{ input }}.*,
    known_to_{{ input }}.known_id

from {{ input }}

inner join known_to_{{ input }}
    on {{ input }}.found_id = known_to_{{ input }}.found_id

{% if known == 'stg_customers' -%}
union all

select
    {{ 'base.input' if input == 'customer_numbers' else text_literal(input) }} as input,
    base.row_number,
    '{{ key }}' as key_column,
    others.found_id,
    others.known_id

from {{ ref('base_' ~ input) }} as base

inner join others
    on base.customer_id = others.found_id

{% endif -%}
{% endfor -%}
