{#-
Typed values from text; null where the text is not such a value. The pattern comes before
the cast, because try_cast alone accepts '0x10', '1_000', 'infinity' and rounds '12.7' to
a whole number. Patterns hold no backslashes, so that every engine reads them alike.
-#}

{% macro parse_number(text, type='double') -%}
    case
        when
            regexp_full_match(
                {{ text }}, '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE]([+]?[0-9]{1,2}|-[0-9]{1,3}))?'
            )
            then try_cast({{ text }} as {{ type }})
    end
{%- endmacro %}


{% macro parse_amount(text) -%}
    {{ parse_number(text, 'decimal(28, 6)') }}
{%- endmacro %}


{% macro parse_whole_number(text) -%}
    case
        when regexp_full_match({{ text }}, '[+-]?[0-9]{1,9}([.]0*)?')
            then try_cast({{ text }} as integer)
    end
{%- endmacro %}


{% macro parse_date(text) -%}
    case
        when regexp_full_match(
            {{ text }},
            '[0-9]{4}-[0-9]{2}-[0-9]{2}'
            || '([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?'
        )
            then try_cast(substr({{ text }}, 1, 10) as date)
    end
{%- endmacro %}


{% macro parse_boolean(text) -%}
    case
        when lower({{ text }}) in ('true', 't', 'yes', 'y', '1') then true
        when lower({{ text }}) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}


{#- Why a row cannot be used, one short text per problem; null for a value without one. -#}

{% macro key_problem(key) -%}
    case
        when {{ key }} is null then '{{ key }} is missing'
        when regexp_matches({{ key }}, '[[:cntrl:]]') then '{{ key }} holds control characters'
    end
{%- endmacro %}


{% macro unparsed_problem(column, meaning) -%}
    case
        when {{ column }}_text is not null and {{ column }} is null
            then '{{ column }} is not {{ meaning }}'
    end
{%- endmacro %}


{% macro date_problem(column, may_lie_in_future=false) -%}
    case
        when {{ column }}_text is not null and {{ column }} is null
            then '{{ column }} is not a date (YYYY-MM-DD)'
        {%- if not may_lie_in_future %}
        when {{ column }} > {{ latest_plausible_date() }} then '{{ column }} lies in the future'
        {%- endif %}
        when {{ column }} < date '1900-01-01' then '{{ column }} lies before 1900'
    end
{%- endmacro %}


{% macro latest_plausible_date() -%}
    {%- set day = var('latest_plausible_date') -%}
    {#- East of Greenwich the day has already turned when the build starts in UTC. -#}
    {%- set tomorrow = run_started_at + modules.datetime.timedelta(days=1) -%}
    date '{{ tomorrow.strftime("%Y-%m-%d") if day == "today" else day }}'
{%- endmacro %}
