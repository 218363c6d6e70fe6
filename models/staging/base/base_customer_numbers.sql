{%- set inputs = list_number_inputs() -%}
{#- Each table of numbers per customer that the catalogue names, with a column per feature. -#}
-- depends_on: {{ ref('load_inputs') }}
with

{% for input, features in inputs.items() -%}
{{ input }} as (

    select
        row_number,
        {% for feature in features -%}
        {{ adapter.quote(column_of(feature)) }} as raw_{{ feature.name }},
        {{ parse_feature(feature, input_format(input)) }} as {{ feature.name }},
        {% endfor -%}
        {{ parse_key('customer_id') }} as customer_id

    from raw_inputs.{{ input }}

),

{% endfor -%}
combined as (

    select
        cast(null as varchar) as input,
        cast(null as bigint) as row_number,
        cast(null as varchar) as customer_id,
        cast(null as varchar) as problems

    where false

    {% for input, features in inputs.items() -%}
    union all by name

    select
        '{{ input }}' as input,
        row_number,
        customer_id,
        {% for feature in features -%}
        {{ feature.name }},
        {% endfor -%}
        nullif(concat_ws(
            '; ',
            {{ key_problem('customer_id') }}
            {#- A column that nothing reads costs no customer: what is wrong in it is unknown. #}
            {%- for feature in features if feature.role != 'ignored' %},
            {{ feature_problem(feature) }}
            {%- endfor %}
        ), '') as problems

    from {{ input }}

    {% endfor %}
)

select * from combined
