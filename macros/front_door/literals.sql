{% macro text_literal(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}


{#- A path as DuckDB's readers take it, where [ * and ? are wildcards. -#}
{% macro file_literal(path) -%}
    {{ text_literal(path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]')) }}
{%- endmacro %}
