{#- Calls of the functions that create_wording_functions makes, and the bounds of what is noteworthy. -#}


{% macro number_in_words(value, unit) -%}
    wording.number_in_words({{ value }}, {{ unit }})
{%- endmacro %}


{% macro all_digits(value) -%}
    wording.all_digits({{ value }})
{%- endmacro %}


{% macro exact_number_in_words(value, unit) -%}
    wording.exact_number_in_words({{ value }}, {{ unit }})
{%- endmacro %}


{% macro share_in_words(value) -%}
    wording.share_in_words({{ value }})
{%- endmacro %}


{% macro plain_number(value) -%}
    wording.plain_number({{ value }})
{%- endmacro %}


{% macro similarity_in_words(value) -%}
    wording.similarity_in_words({{ value }})
{%- endmacro %}


{#- The rows of the seed `stability_bands`, for models that do not join it yet. -#}
{% macro stability_bands() -%}
    {{ return([
        (0, 'Not to be trusted'),
        (0.6, 'A pattern whose borders are doubtful'),
        (0.75, 'Stable'),
        (0.85, 'Highly stable'),
    ]) }}
{%- endmacro %}


{#- Below this absolute smd_vs_rest a segment is close to the average (Cohen 1988: 0.2 is small). -#}
{% macro negligible_smd() -%}
    {{ return(0.2) }}
{%- endmacro %}


{#- From which penetration_index on a benefit is held less, or more, often than average. -#}
{% macro penetration_bounds() -%}
    {{ return({'less': 80, 'more': 120}) }}
{%- endmacro %}


{% macro begin_sentence(words) -%}
    wording.begin_sentence({{ words }})
{%- endmacro %}


{% macro decimal_in_words(value, unit, decimals) -%}
    wording.decimal_in_words({{ value }}, {{ unit }}, {{ decimals }})
{%- endmacro %}
