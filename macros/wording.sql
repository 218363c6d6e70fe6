{#- How the project puts numbers into words: one place for what sentences and names share. -#}


{#- A number of some unit as people write it, with about three digits that count. -#}
{% macro number_in_words(value, unit) -%}
    case
        when {{ unit }} = 'share' then {{ share_in_words(value) }}
        else
            {{ plain_number(value) }}
            || case when {{ unit }} in ('days', 'months', 'years') then ' ' || {{ unit }} else '' end
    end
{%- endmacro %}


{#- All digits of a number; 500.0 is written 500. -#}
{% macro all_digits(value) -%}
    regexp_replace(cast({{ value }} as varchar), '[.]0$', '')
{%- endmacro %}


{#-
All digits as people write them, for a bound that must not be rounded. What would need an
exponent, or more digits than a decimal has, stays as it is.
-#}
{% macro exact_number_in_words(value, unit) -%}
    {%- set digits = all_digits(value) -%}
    case
        when
            {{ unit }} = 'share'
            and regexp_matches({{ digits }}, '^-?[0-9]{1,9}([.][0-9]{1,26})?$')
            then
                regexp_replace(
                    cast(100 * try_cast({{ digits }} as decimal(38, 26)) as varchar),
                    '[.]?0+$', ''
                ) || '%'
        when regexp_matches({{ digits }}, '^-?[0-9]{4,}([.][0-9]+)?$')
            then
                format('{:,}', try_cast(regexp_extract({{ digits }}, '^-?[0-9]+') as bigint))
                || regexp_extract({{ digits }}, '[.][0-9]+$')
        else {{ digits }}
    end
{%- endmacro %}


{#- A share as a percentage. Adding 0, here and below, makes 0 of what would be written as -0. -#}
{% macro share_in_words(value) -%}
    case
        when abs({{ value }}) < 0.01 and {{ value }} != 0
            then format('{:.2f}%', round(100 * {{ value }}, 2) + 0)
        else format('{:.1f}%', 100 * {{ value }} + 0)
    end
{%- endmacro %}


{% macro plain_number(value) -%}
    case
        when abs({{ value }}) >= 10 then format('{:,.0f}', {{ value }})
        when abs({{ value }}) >= 1 then format('{:.1f}', {{ value }})
        else format('{:.2f}', round({{ value }}, 2) + 0)
    end
{%- endmacro %}


{#- Cut rather than rounded, so that it never reads like the next band or a bound that it misses. -#}
{% macro similarity_in_words(value) -%}
    coalesce(format('{:.2f}', floor(round(100 * {{ value }}, 9)) / 100), 'unknown')
{%- endmacro %}


{#-
Bands of jaccard_stability (Hennig 2007) from the lowest: where they begin, and what they are
called. A band ends where the next begins.
-#}
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


{#- The first letter large, as at the beginning of a sentence. -#}
{% macro begin_sentence(words) -%}
    upper(substr({{ words }}, 1, 1)) || substr({{ words }}, 2)
{%- endmacro %}


{#- A number of some unit with exactly so many decimals; a share has two of them in its per cent. -#}
{% macro decimal_in_words(value, unit, decimals) -%}
    case
        when {{ unit }} = 'share'
            then format('{:.{}f}%', 100 * {{ value }}, greatest({{ decimals }} - 2, 0))
        else
            format('{:,.{}f}', {{ value }}, {{ decimals }})
            || case
                when {{ unit }} not in ('days', 'months', 'years') then ''
                when {{ value }} = 1 then ' ' || rtrim({{ unit }}, 's')
                else ' ' || {{ unit }}
            end
    end
{%- endmacro %}
