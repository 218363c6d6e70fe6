{#- What a declared var may be, in words: "auto or a whole number from 1 to 999,999,999". -#}
{% macro allowed_values(declared) -%}
    {%- set range = ' from ' ~ '{:,}'.format(declared.get('minimum', 0))
        ~ ' to ' ~ '{:,}'.format(declared.get('maximum', 999999999)) -%}
    {%- set words = {
        '': 'empty',
        'share': 'a share from 0 to 1',
        'proper share': 'a share between 0 and 1',
        'number': 'a number' ~ range,
        'whole number': 'a whole number' ~ range,
        'date': 'a date (YYYY-MM-DD)',
        'text': 'text',
        'table': 'the name of a table',
        'tables': 'a mapping {input: table}',
    } -%}
    {%- for choice in declared.one_of -%}
        {{ ' or ' if not loop.first }}{{ words.get(choice, choice) }}
    {%- endfor -%}
{%- endmacro %}
