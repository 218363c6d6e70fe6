{#- Schemas are named as configured (staging, features, …), without the target's prefix:
    a warehouse file belongs to one environment. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- dbt would write the compiled text over a file with an absolute path. -#}
    {%- do exceptions.raise_compiler_error(
        node.original_file_path ~ ': COMPANY_DIR may hold no models and no data tests, only'
        ~ ' customer_features.yml and csv files.'
    ) if node.original_file_path.startswith('/') -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
