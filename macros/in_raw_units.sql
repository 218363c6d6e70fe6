{#- From the transformed value back to raw units; the column `transform` has to be in scope. -#}
{% macro in_raw_units(model_value) -%}
    case when transform like '%log1p' then exp({{ model_value }}) - 1 else {{ model_value }} end
{%- endmacro %}


{#- A filled value in raw units, limited and transformed by the columns of feature_scalers. -#}
{% macro in_model_units(filled) -%}
    {%- set limited = 'least(greatest(' ~ filled ~ ', lower_limit), upper_limit)' -%}
    case when transform like '%log1p' then ln(1 + {{ limited }}) else {{ limited }} end
{%- endmacro %}


{#- A feature of read_fitted_model from the columns of customer_features: a number, or 1 or 0. -#}
{% macro feature_value(feature) -%}
    {%- set column = adapter.quote(feature.column_name or feature.name) -%}
    {{ 'cast(' ~ column ~ ' = ' ~ text_literal(feature.category) ~ ' as double)'
        if feature.category is string else column }}
{%- endmacro %}
