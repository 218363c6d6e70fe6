{#-
What a statistic must be like for the sentence beside it to be true; without more, what it is.
-#}
{% macro fact(statistic, comparison="'equals'", threshold=none) -%}
    {
        'statistic': '{{ statistic }}', 'comparison': {{ comparison }},
        'threshold': cast({{ statistic if threshold is none else threshold }} as double),
        'value': cast({{ statistic }} as double)
    }
{%- endmacro %}
