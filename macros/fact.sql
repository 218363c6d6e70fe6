{% macro fact(statistic, comparison="'equals'", threshold=none) -%}
    {
        'statistic': '{{ statistic }}', 'comparison': {{ comparison }},
        'threshold': cast({{ statistic if threshold is none else threshold }} as double),
        'value': cast({{ statistic }} as double)
    }
{%- endmacro %}
