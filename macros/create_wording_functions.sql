{#-
How all of the project writes numbers, as SQL functions that are made before the models. The words
of each unit come from the seed `units`, the comments of the functions from its yml. No function
calls another one, so each works in any copy of the file.
-#}
{% macro create_wording_functions() %}
{% if execute %}
    {%- set units = read_seed('units') %}
    {%- set meanings = graph.nodes['seed.benefit_segments.units'].config.meta.wording %}
    {%- set is_share, is_flag = unit_is(units, 'is_share'), unit_is(units, 'is_flag') %}
    {%- set whole %}format('{:,}', cast(value as bigint)){% endset %}
    {%- set digits %}regexp_replace(cast(value as varchar), '[.]0$', ''){% endset %}
    {#- Adding 0, here and below, turns -0 into 0. #}
    {%- set share %}
        case
            when abs(cast(value as double)) < 0.01 and value != 0
                then format('{:.2f}%', round(100 * cast(value as double), 2) + 0)
            else format('{:.1f}%', 100 * cast(value as double) + 0)
        end
    {%- endset %}
    {%- set plain %}
        case
            when abs(cast(value as double)) >= 10 then format('{:,.0f}', cast(value as double))
            when abs(cast(value as double)) >= 1 then format('{:.1f}', cast(value as double))
            else format('{:.2f}', round(cast(value as double), 2) + 0)
        end
    {%- endset %}
    {%- set after_number = words_by_unit(units, 'name_after_number') %}
    {%- set after_value %}
        case when value = 1 then {{ words_by_unit(units, 'name_after_one') }} else {{ after_number }} end
    {%- endset %}
    {#- Two decimals only where none would read as nobody or everybody. #}
    {%- set flag -%} format('yes for {:.{}f}%', 100 * cast(value as double),
        case when value in (0, 1) or value between 0.01 and 0.99 then 0 else 2 end) {%- endset %}
    {%- set number %}
        case
            when {{ is_share }} then {{ share }}
            when {{ is_flag }} then {{ flag }}
            when {{ unit_is(units, 'is_year') }} then format('{:.0f}', cast(value as double))
            when {{ unit_is(units, 'is_ratio') }} and abs(value) between 0.995 and 9.995
                then format('{:.2f}', cast(value as double))
            else {{ plain }} || {{ after_number }}
        end
    {%- endset %}
    {%- set decimal %}
        case
            when {{ is_share }}
                then format('{:.{}f}%', 100 * cast(value as double), greatest(decimals - 2, 0))
            when {{ is_flag }} then case value when 0 then 'no' when 1 then 'yes' else {{ flag }} end
            when {{ unit_is(units, 'is_year') }} then format('{:.{}f}', cast(value as double), decimals)
            else format('{:,.{}f}', cast(value as double), decimals) || {{ after_value }}
        end
    {%- endset %}
    {%- set exact %}
        case
            when {{ is_share }} and regexp_matches({{ digits }}, '^-?[0-9]{1,9}([.][0-9]{1,26})?$')
                then
                    regexp_replace(
                        cast(100 * try_cast({{ digits }} as decimal(38, 26)) as varchar), '[.]?0+$', ''
                    ) || '%'
            when {{ unit_is(units, 'is_year') }} then {{ digits }}
            when regexp_matches({{ digits }}, '^-?[0-9]{4,}([.][0-9]+)?$')
                then
                    format('{:,}', try_cast(regexp_extract({{ digits }}, '^-?[0-9]+') as bigint))
                    || regexp_extract({{ digits }}, '[.][0-9]+$')
            else {{ digits }}
        end
    {%- endset %}
    {%- set functions = {
        'number_in_words(value, unit)': number,
        'decimal_in_words(value, unit, decimals)': decimal,
        'exact_number_in_words(value, unit)': exact,
        'unit_in_words(value, unit)': after_value,
        'share_in_words(value)': share,
        'plain_number(value)': plain,
        'whole_number(value)': whole,
        'count_in_words(value, thing)': whole ~ " || ' ' || thing || case when value = 1 then '' else 's' end",
        'all_digits(value)': digits,
        'similarity_in_words(value)':
            "coalesce(format('{:.2f}', floor(round(100 * cast(value as double), 9)) / 100), 'unknown')",
        'difference_in_words(value, is_beyond_measure)':
            "case when is_beyond_measure then 'no overlap'"
            ~ " else coalesce(format('{:+.2f}', cast(value as double)), 'unknown') end",
        'begin_sentence(words)': 'upper(substr(words, 1, 1)) || substr(words, 2)',
        'adjective(unit, is_upward)': upward_or_downward(units, 'adjective'),
        'comparative(unit, is_upward)': upward_or_downward(units, 'comparative'),
        'benefit_in_words(benefit)': benefit_in_words('label'),
        'one_benefit_in_words(benefit)': benefit_in_words('singular', otherwise='null'),
        'benefits_in_words(benefit)': benefit_in_words('plural'),
        'is_share(unit)': is_share,
        'is_flag(unit)': is_flag,
        'is_whole(unit)': unit_is(units, 'is_whole'),
        'zero_means_none(unit)': unit_is(units, 'zero_means_none'),
    } %}

    {% call statement(auto_begin=false) %}
        create schema if not exists wording;
        {%- for signature, returned in functions.items() %}
        {%- set name = signature.split('(')[0] %}
        create or replace macro wording.{{ signature }} as {{ returned }};
        comment on macro wording.{{ name }} is {{ text_literal(meanings[name]) }};
        {%- endfor %}
    {% endcall %}
{% endif %}
{% endmacro %}


{#- The words of a benefit that the company declares, as SQL; otherwise its name. -#}
{% macro benefit_in_words(column, otherwise="replace(benefit, '_', ' ')") -%}
    case benefit when 'all' then 'relationship as a whole'
        {%- for each in read_declared('benefits') if each[column] %}
        when {{ text_literal(each.benefit) }} then {{ text_literal(each[column]) }}
        {%- endfor %} else {{ otherwise }} end
{%- endmacro %}


{#- The words of a column of `units` for the parameter `unit`, as SQL; nothing when it is null. -#}
{% macro words_by_unit(units, column, space=' ') -%}
    case unit
        {%- for each in units if each[column] %}
        when {{ text_literal(each.unit) }} then {{ text_literal(space ~ each[column]) }}
        {%- endfor %}
        else ''
    end
{%- endmacro %}


{#- One of two words for the parameters `unit` and `is_upward`, as SQL. -#}
{% macro upward_or_downward(units, word) -%}
    case
        when is_upward then {{ words_by_unit(units, 'upward_' ~ word, space='') }}
        else {{ words_by_unit(units, 'downward_' ~ word, space='') }}
    end
{%- endmacro %}


{#- Whether a column of `units` is true of the parameter `unit`, as SQL. -#}
{% macro unit_is(units, column) -%}
    unit in ({% for each in units if each[column] %}{{ text_literal(each.unit) }}
    {{- ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
