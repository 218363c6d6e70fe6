{#- Every var with its value in this run. A date written without quotation marks becomes text. -#}
{% macro read_vars() %}
    {% set values = {} %}
    {% for name in declared_vars() %}
        {% set value = var(name) %}
        {% do values.update(
            {name: value if value is number or value is mapping else value | string}
        ) %}
    {% endfor %}
    {% do return(values) %}
{% endmacro %}
