{#-
The condition on a statistic under which its sentence is true; by default, that it equals its value.
-#}
{% macro fact(statistic, comparison="'equals'", threshold=none) -%}
    {
        'statistic': '{{ statistic }}', 'comparison': {{ comparison }},
        'threshold': cast({{ statistic if threshold is none else threshold }} as double),
        'value': cast({{ statistic }} as double)
    }
{%- endmacro %}
