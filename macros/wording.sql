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


{#-
Bands of jaccard_stability from the lowest: where they begin, and what they are called. A band ends
where the next begins.
-#}
{% macro stability_bands() -%}
    {% set bands = [] %}
    {% for band in read_seed('stability_bands') %}
        {% do bands.append((band.lowest, band.words)) %}
    {% endfor %}
    {{ return(bands) }}
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
