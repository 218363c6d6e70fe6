{#-
How the project writes numbers, as SQL functions: models, readers of the published file, the
report, the app and the summary all call these. They are made before the models of every run.
What depends on a unit comes from the seed `units` and is written into the functions, and no
function calls another one, so that each works in a copy of the file, whatever its name.
-#}
{% macro create_wording_functions() %}
{% if execute %}
    {%- set units = read_seed('units') %}

    {%- set is_share = unit_is(units, 'is_share') %}

    {#- Adding 0, here and below, makes 0 of what would be written as -0. #}
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

    {%- set digits %}regexp_replace(cast(value as varchar), '[.]0$', ''){% endset %}

    {%- set after_number = words_by_unit(units, 'name_after_number') %}
    {%- set after_value %}
        case when value = 1 then {{ words_by_unit(units, 'name_after_one') }} else {{ after_number }} end
    {%- endset %}

    {% call statement(auto_begin=false) %}
        create schema if not exists wording;

        create or replace macro wording.number_in_words(value, unit) as
            case when {{ is_share }} then {{ share }} else {{ plain }} || {{ after_number }} end;
        comment on macro wording.number_in_words is
            'A number of a unit, with about three significant digits.';

        create or replace macro wording.decimal_in_words(value, unit, decimals) as
            case
                when {{ is_share }}
                    then format('{:.{}f}%', 100 * cast(value as double), greatest(decimals - 2, 0))
                else format('{:,.{}f}', cast(value as double), decimals) || {{ after_value }}
            end;
        comment on macro wording.decimal_in_words is
            'A number of a unit, with exactly so many decimals; a percentage has two fewer.';

        create or replace macro wording.exact_number_in_words(value, unit) as
            case
                when {{ is_share }} and regexp_matches({{ digits }}, '^-?[0-9]{1,9}([.][0-9]{1,26})?$')
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
            end;
        comment on macro wording.exact_number_in_words is
            'All digits of a number, for a bound that must not be rounded, without the name of its unit. '
            'A number that needs an exponent stays as it is.';

        create or replace macro wording.unit_in_words(value, unit) as {{ after_value }};
        comment on macro wording.unit_in_words is
            'What follows a number of a unit: a space and a name, or nothing.';

        create or replace macro wording.share_in_words(value) as {{ share }};
        comment on macro wording.share_in_words is
            'A share as a percentage: one decimal, two below 1%.';

        create or replace macro wording.plain_number(value) as {{ plain }};
        comment on macro wording.plain_number is
            'A number without a unit, with about three significant digits.';

        create or replace macro wording.whole_number(value) as format('{:,}', cast(value as bigint));
        comment on macro wording.whole_number is 'A whole number, with a comma between thousands.';

        create or replace macro wording.count_in_words(value, thing) as
            format('{:,}', cast(value as bigint))
            || ' ' || thing || case when value = 1 then '' else 's' end;
        comment on macro wording.count_in_words is
            'How many there are of a thing: 1 customer, 2 customers.';

        create or replace macro wording.all_digits(value) as {{ digits }};
        comment on macro wording.all_digits is 'All digits of a number; 500.0 is written 500.';

        create or replace macro wording.similarity_in_words(value) as
            coalesce(format('{:.2f}', floor(round(100 * cast(value as double), 9)) / 100), 'unknown');
        comment on macro wording.similarity_in_words is
            'A similarity with two decimals, rounded down so that it never reads like the next band.';

        create or replace macro wording.difference_in_words(value, is_beyond_measure) as
            case
                when is_beyond_measure then 'no overlap'
                else coalesce(format('{:+.2f}', cast(value as double)), 'unknown')
            end;
        comment on macro wording.difference_in_words is
            'A difference in standard deviations with its sign; where nothing varies there are none.';

        create or replace macro wording.adjective(unit, is_upward) as
            case
                when is_upward then {{ words_by_unit(units, 'upward_adjective', space='') }}
                else {{ words_by_unit(units, 'downward_adjective', space='') }}
            end;
        comment on macro wording.adjective is
            'What a segment has of a feature of this unit: many or few, long or short, high or low.';

        create or replace macro wording.comparative(unit, is_upward) as
            case
                when is_upward then {{ words_by_unit(units, 'upward_comparative', space='') }}
                else {{ words_by_unit(units, 'downward_comparative', space='') }}
            end;
        comment on macro wording.comparative is
            'How a feature of this unit changes: more or fewer, longer or shorter, higher or lower.';

        create or replace macro wording.is_share(unit) as {{ is_share }};
        comment on macro wording.is_share is
            'Whether numbers of this unit are shares of 1, which are written as percentages.';

        create or replace macro wording.is_whole(unit) as {{ unit_is(units, 'is_whole') }};
        comment on macro wording.is_whole is
            'Whether only whole numbers of this unit are possible for one customer.';

        create or replace macro wording.zero_means_none(unit) as {{ unit_is(units, 'zero_means_none') }};
        comment on macro wording.zero_means_none is
            'Whether 0 of this unit is none; of a time since something happened, 0 is today.';

        {%- for property, meaning in {
            'is_share': 'Whether numbers of a unit are shares of 1.',
            'is_whole': 'Whether only whole numbers of a unit are possible for one customer.',
            'zero_means_none': 'Whether 0 of a unit can be written as none.',
        }.items() %}

        create or replace macro wording.{{ property }}(unit) as unit in (
            {%- for each in units if each[property] %}
            {{- text_literal(each.unit) }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        );
        comment on macro wording.{{ property }} is '{{ meaning }}';
        {%- endfor %}

        create or replace macro wording.begin_sentence(words) as
            upper(substr(words, 1, 1)) || substr(words, 2);
        comment on macro wording.begin_sentence is
            'Words as at the beginning of a sentence, the first letter in upper case.';
    {% endcall %}
{% endif %}
{% endmacro %}


{#- The words of a column of `units` for the parameter `unit`, as SQL; nothing where it is null. -#}
{% macro words_by_unit(units, column, space=' ') -%}
    case unit
        {%- for each in units if each[column] %}
        when {{ text_literal(each.unit) }} then {{ text_literal(space ~ each[column]) }}
        {%- endfor %}
        else ''
    end
{%- endmacro %}


{#- Whether a column of `units` is true of the parameter `unit`, as SQL. -#}
{% macro unit_is(units, column) -%}
    unit in ({% for each in units if each[column] %}{{ text_literal(each.unit) }}
    {{- ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
