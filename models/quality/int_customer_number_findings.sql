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
            }
            {{- ',' if not loop.last }}
            {%- endfor %}
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
