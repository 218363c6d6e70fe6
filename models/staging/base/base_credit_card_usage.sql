{%- set amounts = [
    'balance', 'purchases', 'oneoff_purchases', 'installments_purchases', 'cash_advance',
    'credit_limit', 'payments', 'minimum_payments'
] -%}
{%- set frequencies = [
    'balance_frequency', 'purchases_frequency', 'oneoff_purchases_frequency',
    'purchases_installments_frequency', 'cash_advance_frequency', 'prc_full_payment'
] -%}
{%- set counts = ['cash_advance_trx', 'purchases_trx', 'tenure'] -%}

with

source as (

    select * from {{ source('raw_inputs', 'credit_card_usage') }}

),

typed as (

    select
        {% for column in amounts + frequencies -%}
        {{ column }} as raw_{{ column }},
        {{ parse_number(column) }} as {{ column }},
        {% endfor -%}
        {% for column in counts -%}
        {{ column }} as raw_{{ column }},
        {{ parse_whole_number(column) }} as {{ column }},
        {% endfor -%}
        {{ parse_text('customer_id') }} as customer_id,
        row_number

    from source

)

select
    row_number,
    customer_id,
    {%- for column in amounts + frequencies + counts %}
    {{ column }},
    {%- endfor %}
    nullif(concat_ws(
        '; ',
        {{ key_problem('customer_id') }},
        {%- for column in amounts %}
        {{ unparsed_problem(column, 'a number') }},
        {%- endfor %}
        {%- for column in frequencies %}
        {{ unparsed_problem(column, 'a number') }},
        -- Values slightly above 1 occur (more events than months); they are only reported.
        case
            when {{ column }} < 0 then '{{ column }} is negative'
            when {{ column }} > 2 then '{{ column }} is far above 1'
        end,
        {%- endfor %}
        {%- for column in counts %}
        {{ unparsed_problem(column, 'a whole number') }},
        case when {{ column }} < 0 then '{{ column }} is negative' end
        {{- ',' if not loop.last }}
        {%- endfor %}
    ), '') as problems

from typed
