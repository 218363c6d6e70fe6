{%- set inputs = [] -%}
{%- if execute -%}
    {%- set inputs = graph.sources.values()
        | selectattr('source_name', 'equalto', 'raw_inputs')
        | selectattr('meta.is_input', 'defined') | sort(attribute='name') -%}
{%- endif -%}

select
    input,
    column_name,
    cast(position as integer) as position,
    kind,
    is_required,
    cast(aliases as varchar []) as aliases,
    cast(relation as varchar) as relation

from (
    values
    {%- for input in inputs %}
    {%- set input_loop = loop %}
    {%- for column in input.columns.values() %}
    (
        '{{ input.name }}',
        '{{ column.name }}',
        {{ loop.index }},
        {{ text_literal(column.meta.kind or 'text') }},
        {{ 'true' if column.meta.required else 'false' }},
        {{ column.meta.aliases or [] }},
        {{ text_literal(var('input_relations')[input.name])
            if input.name in var('input_relations') else 'null' }}
    ){{ ',' if not (loop.last and input_loop.last) }}
    {%- endfor %}
    {%- endfor %}
    {%- if not inputs %} (null, null, null, null, null, null, null) {%- endif %}
) as columns (input, column_name, position, kind, is_required, aliases, relation)
