{#-
How the project writes numbers, as SQL functions: models, readers of the published file, the
report, the app and the summary all call these. They are created before the models of every run.
The words of each unit come from the seed `units` and are written into the functions. No function
calls another one, so each works in a copy of the file with any name.
-#}
{% macro create_wording_functions() %}
{% if execute %}
    {%- set units = read_seed('units') %}
    {%- set is_share, is_flag = unit_is(units, 'is_share'), unit_is(units, 'is_flag') %}
    {%- set is_year = unit_is(units, 'is_year') %}
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
    {%- set flag %}
        format(
            'yes for {:.{}f}%', 100 * cast(value as double),
            if(value in (0, 1) or value between 0.01 and 0.99, 0, 2)
        )
    {%- endset %}
    {%- set number %}
        case
            when {{ is_share }} then {{ share }}
            when {{ is_flag }} then {{ flag }}
            when {{ is_year }} then format('{:.0f}', cast(value as double))
            else {{ plain }} || {{ after_number }}
        end
    {%- endset %}
    {%- set decimal %}
        case
            when {{ is_share }}
                then format('{:.{}f}%', 100 * cast(value as double), greatest(decimals - 2, 0))
            when {{ is_flag }} then case value when 0 then 'no' when 1 then 'yes' else {{ flag }} end
            when {{ is_year }} then format('{:.{}f}', cast(value as double), decimals)
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
            when not {{ is_year }} and regexp_matches({{ digits }}, '^-?[0-9]{4,}([.][0-9]+)?$')
                then
                    format('{:,}', try_cast(regexp_extract({{ digits }}, '^-?[0-9]+') as bigint))
                    || regexp_extract({{ digits }}, '[.][0-9]+$')
            else {{ digits }}
        end
    {%- endset %}
    {%- set functions = [
        ('number_in_words(value, unit)', number,
            'A number of a unit, with about three significant digits.'),
        ('decimal_in_words(value, unit, decimals)', decimal,
            'A number of a unit, with exactly so many decimals; a percentage has two fewer.'),
        ('exact_number_in_words(value, unit)', exact,
            'All digits of a number, for a bound that must not be rounded, without the name of its'
            ~ ' unit. A number that needs an exponent stays as it is.'),
        ('unit_in_words(value, unit)', after_value,
            'What follows a number of a unit: a space and a name, or nothing.'),
        ('share_in_words(value)', share, 'A share as a percentage: one decimal, two below 1%.'),
        ('plain_number(value)', plain,
            'A number without a unit, with about three significant digits.'),
        ('whole_number(value)', whole, 'A whole number, with a comma between thousands.'),
        ('count_in_words(value, thing)',
            whole ~ " || ' ' || thing || case when value = 1 then '' else 's' end",
            'How many there are of a thing: 1 customer, 2 customers.'),
        ('all_digits(value)', digits, 'All digits of a number; 500.0 is written 500.'),
        ('similarity_in_words(value)',
            "coalesce(format('{:.2f}', floor(round(100 * cast(value as double), 9)) / 100), 'unknown')",
            'A similarity with two decimals, rounded down so that it never reads like the next band.'),
        ('difference_in_words(value, is_beyond_measure)',
            "case when is_beyond_measure then 'no overlap'"
            ~ " else coalesce(format('{:+.2f}', cast(value as double)), 'unknown') end",
            'A difference in standard deviations with its sign; where nothing varies there are none.'),
        ('begin_sentence(words)', 'upper(substr(words, 1, 1)) || substr(words, 2)',
            'Words as at the beginning of a sentence, the first letter in upper case.'),
        ('adjective(unit, is_upward)', upward_or_downward(units, 'adjective'),
            'What a segment has of a feature: many or few, long or short, late or early.'),
        ('comparative(unit, is_upward)', upward_or_downward(units, 'comparative'),
            'How a feature changes: more or fewer, longer or shorter, later or earlier.'),
        ('is_share(unit)', is_share, 'Whether numbers of a unit are shares of 1, written as percentages.'),
        ('is_flag(unit)', is_flag, 'Whether numbers of a unit are 1 for yes and 0 for no.'),
        ('is_whole(unit)', unit_is(units, 'is_whole'),
            'Whether only whole numbers of a unit are possible for one customer.'),
        ('zero_means_none(unit)', unit_is(units, 'zero_means_none'),
            'Whether 0 of a unit is none; days since an event are 0 today.'),
    ] %}

    {% call statement(auto_begin=false) %}
        create schema if not exists wording;
        {%- for signature, returned, meaning in functions %}
        create or replace macro wording.{{ signature }} as {{ returned }};
        comment on macro wording.{{ signature.split('(')[0] }} is {{ text_literal(meaning) }};
        {%- endfor %}
    {% endcall %}
{% endif %}
{% endmacro %}


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
