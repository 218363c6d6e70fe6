{#- From the transformed value back to raw units; the column `transform` has to be in scope. -#}
{% macro in_raw_units(model_value) -%}
    case when transform = 'log1p' then exp({{ model_value }}) - 1 else {{ model_value }} end
{%- endmacro %}
