-- depends_on: {{ ref('input_row_counts') }} (its test stops the build before the features
-- when too many rows were rejected)
{% set features = list_features() -%}
{% set measures = measures() %}
with

customers as (

    select * from {{ ref('customers_as_of') }}
    where is_customer

),

holdings as (

    select * from {{ ref('int_benefit_holdings') }}

),

activity as (

    select * from {{ ref('int_benefit_activity') }}

),

customer_numbers as (

    select * from {{ ref('stg_customer_numbers') }}

),

-- Customers without such rows are missing here, and no activity is not unknown: measures() has the
-- values for them. Giving everybody a row would take a third longer.
{% for source in ['holdings', 'activity'] -%}
{{ source }}_of_customers as (

    select
        {% for feature in features if not feature.input and feature.measure in measures
            and measures[feature.measure][0] == source -%}
        {{ measure_of(feature) }} as {{ feature.name }},
        {% endfor -%}
        customer_id

    from {{ source }}

    group by customer_id

),

{% endfor -%}
joined as (

    select
        {% for feature in features if feature.measure != 'benefits_held' -%}
        {{ value_of(feature) }} as {{ feature.name }},
        {% endfor -%}
        customers.customer_id

    from customers

    left join holdings_of_customers
        on customers.customer_id = holdings_of_customers.customer_id

    left join activity_of_customers
        on customers.customer_id = activity_of_customers.customer_id

    {% for input in list_number_inputs() -%}
    left join customer_numbers as {{ input }}
        on
            customers.customer_id = {{ input }}.customer_id
            and {{ input }}.input = '{{ input }}'

    {% endfor %}
)

select
    *
    {%- for feature in features if feature.measure == 'benefits_held' %},
    cast({{ count_held(features) }} as double) as {{ feature.name }} -- noqa: LT02
    {%- endfor %}

from joined
