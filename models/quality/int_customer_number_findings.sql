with

customer_numbers as (

    select * from {{ ref('stg_customer_numbers') }}

),

-- One pass over each input, however many rules it has.
counted as (

    select
        cast(null as varchar) as input,
        {
            'rule': cast(null as varchar),
            'description': cast(null as varchar),
            'row_count': cast(null as bigint),
            'example_key': cast(null as varchar)
        } as found

    where false

    {% for input, features in list_number_inputs().items() if features -%}
    {%- set known, unknown = [], [] -%}
    {%- for feature in features -%}
    {%- do known.append('count(' ~ feature.name ~ ')') -%}
    {%- set label = text_literal(feature.label) -%}
    {%- do unknown.append('case ' ~ known[-1] ~ ' when 0 then ' ~ label ~ ' end') -%}
    {%- endfor -%}
    union all

    select
        '{{ input }}' as input,
        unnest([
            {%- for rule, description, condition in number_rules(input, features) %}
            {
                'rule': {{ text_literal(rule) }},
                'description': {{ text_literal(description) }},
                'row_count': count(*) filter (where {{ condition }}),
                'example_key': min(customer_id) filter (where {{ condition }})
            },
            {%- endfor %}
            -- A column that is missing is one finding, not one of each of its rows.
            {%- for feature in features %}
            {
                'rule': '{{ feature.name }}_unknown',
                'description': {{ text_literal(feature.label ~ ': unknown') }},
                'row_count': count(*) - nullif({{ known[loop.index0] }}, 0),
                'example_key': min(customer_id) filter (where {{ feature.name }} is null)
            },
            {%- endfor %}
            {
                'rule': 'unknown_in_every_row',
                'description':
                'unknown in every row: ' || concat_ws(', ', {{ unknown | join(', ') }}),
                'row_count': case when least({{ known | join(', ') }}) = 0 then count(*) end,
                'example_key': min(customer_id)
            }
        ]) as found

    from customer_numbers

    where input = '{{ input }}'

    {% endfor %}
)

select
    counted.input,
    counted.found.rule,
    counted.found.description,
    counted.found.row_count,
    counted.found.example_key

from counted

where counted.found.row_count > 0
