{#- The columns of the contracts in _staging__sources.yml and of the tables of numbers. -#}
{%- set columns = [] -%}
{%- set inputs = graph.sources.values() | selectattr('source_name', 'equalto', 'raw_inputs')
    | selectattr('meta.is_input', 'defined') if execute else [] -%}
{%- for input in inputs -%}
    {%- for column in input.columns.values() -%}
        {%- do columns.append({
            'input': input.name, 'column_name': column.name, 'kind': column.meta.kind or 'text',
            'is_required': column.meta.required or false, 'aliases': column.meta.aliases or [],
        }) -%}
    {%- endfor -%}
{%- endfor -%}
{#- The catalogue may name more aliases of the key. -#}
{%- set key = graph.nodes['model.benefit_segments.customer_features'].columns.customer_id
    if execute else {'config': {'meta': {}}} -%}
{%- for input, features in list_number_inputs().items() -%}
    {%- do columns.append({
        'input': input, 'column_name': 'customer_id', 'kind': 'key', 'is_required': true,
        'aliases': ['CUST_ID'] + (key.config.meta.aliases or []),
    }) -%}
    {%- for feature in features -%}
        {%- do columns.append({
            'input': input, 'column_name': column_of(feature), 'aliases': feature.aliases or [],
            'kind': 'category' if feature.unit == 'category' else 'number',
            'is_required': not feature.optional,
        }) -%}
    {%- endfor -%}
{%- endfor -%}
{%- for column in columns -%}
    {%- do column.update({'relation': var('input_relations').get(column.input)}) -%}
{%- endfor -%}

with

listed as (

    select
        unnest(columns, recursive := true), -- noqa: AL03
        generate_subscripts(columns, 1) as place

    from (
        select
            from_json(
                {{ text_literal(tojson(columns)) }},
                '[{
                    "input": "varchar", "column_name": "varchar", "kind": "varchar",
                    "is_required": "boolean", "aliases": ["varchar"], "relation": "varchar"
                }]'
            ) as columns
    ) as declared

)

select
    input,
    column_name,
    cast(row_number() over (partition by input order by place) as integer) as position,
    kind,
    is_required,
    aliases,
    relation

from listed
