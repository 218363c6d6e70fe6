{%- set checks = read_declared('input_checks') -%}
with

customer_numbers as (

    select * from {{ ref('stg_customer_numbers') }}

),

-- One pass over each input, however many rules it has.
counted as (

    select
        cast(null as varchar) as input,
        cast(null as struct(rule varchar, description varchar, row_count bigint, example_key varchar)) as found

    where false

    {% for input, features in list_number_inputs().items() -%}
    {%- set shares = features | selectattr('unit', 'equalto', 'share') | map(attribute='name') | list -%}
    {%- set amounts = features | selectattr('unit', 'equalto', 'amount')
        | rejectattr('measure', 'equalto', 'balance') | map(attribute='name') | list -%}
    {%- set rules = [] -%}
    {%- do rules.append(['share_above_one', 'a share is above 1', 'greatest(' ~ shares | join(', ') ~ ') > 1'])
        if shares -%}
    {%- do rules.append(['negative_amount', 'an amount other than the balance is negative',
        'least(' ~ amounts | join(', ') ~ ') < 0']) if amounts -%}
    {%- for feature in features -%}
    {%- do rules.append([feature.name ~ '_unknown', feature.label ~ ': unknown', feature.name ~ ' is null']) -%}
    {%- endfor -%}
    {%- for check in checks if check.input == input -%}
    {%- do rules.append([check.rule, check.description, check.condition]) -%}
    {%- endfor %}
    union all

    select
        '{{ input }}' as input,
        unnest([
            {%- for rule, description, condition in rules %}
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
    input,
    found.rule,
    found.description,
    found.row_count,
    found.example_key

from counted

where found.row_count > 0
