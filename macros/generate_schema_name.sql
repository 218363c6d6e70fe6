{#- Schemas are named as configured (staging, features, …), without the target's prefix:
    a warehouse file belongs to one environment. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
