{#- A deviation of 1e-9 of the size of the values is rounding of their sums: nothing varies. -#}
{% macro standardized_difference(difference, deviation, magnitude) -%}
    case when {{ deviation }} > 1e-9 * {{ magnitude }} then {{ difference }} / {{ deviation }} end
{%- endmacro %}


{% macro is_beyond_measure(difference, deviation, magnitude) -%}
    coalesce(
        {{ deviation }} <= 1e-9 * {{ magnitude }} and abs({{ difference }}) > 1e-9 * {{ magnitude }},
        false
    )
{%- endmacro %}
