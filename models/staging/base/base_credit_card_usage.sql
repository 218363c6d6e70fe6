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

known_customers as (

    select customer_id as known_customer_id

    from {{ ref('stg_customers') }}

),

trimmed as (

    select
        {% for column in amounts + frequencies + counts -%}
        nullif(trim({{ column }}), '') as {{ column }}_text,
        {% endfor -%}
        nullif(trim(customer_id), '') as customer_id,
        row_number

    from source

),

typed as (

    select
        {% for column in amounts -%}
        {{ parse_amount(column ~ '_text') }} as {{ column }},
        {% endfor -%}
        {% for column in frequencies -%}
        {{ parse_number(column ~ '_text') }} as {{ column }},
        {% endfor -%}
        {% for column in counts -%}
        {{ parse_whole_number(column ~ '_text') }} as {{ column }},
        {% endfor -%}
        *

    from trimmed

),

matched as (

    select
        typed.*,
        known_customers.known_customer_id

    from typed

    left join known_customers
        on typed.customer_id = known_customers.known_customer_id

),

judged as (

    select
        *,
        nullif(concat_ws(
            '; ',
            {{ key_problem('customer_id') }},
            case
                when
                    customer_id is not null
                    and known_customer_id is null
                    and (select count(*) from known_customers) > 0
                    then 'customer_id is not among the usable customers'
            end,
            {%- for column in amounts %}
            {{ unparsed_problem(column, 'a number') }},
            {%- endfor %}
            {%- for column in frequencies %}
            {{ unparsed_problem(column, 'a number') }},
            -- A little above 1 happens (more events than months) and is only reported.
            case
                when {{ column }} < 0 then '{{ column }} is negative'
                when {{ column }} > 2 then '{{ column }} is far above 1'
            end,
            {%- endfor %}
            {%- for column in counts %}
            {{ unparsed_problem(column, 'a whole number') }},
            case
                when {{ column }} < 0 then '{{ column }} is negative'
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ), '') as problems

    from matched

),

-- Of several usable rows of one customer the text decides, not the order of the rows.
ranked as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by
                problems is not null,
                {%- for column in amounts + frequencies + counts %}
                {{ column }}_text,
                {%- endfor %}
                row_number
        ) as copy_number

    from judged

)

select
    row_number,
    customer_id,
    {%- for column in amounts + frequencies + counts %}
    {{ column }},
    {%- endfor %}
    nullif(concat_ws(
        '; ',
        problems,
        case when customer_id is not null and copy_number > 1 then 'customer_id is a duplicate' end
    ), '') as rejection_reasons

from ranked
