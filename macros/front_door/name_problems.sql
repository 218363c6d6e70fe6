{#-
Why a row cannot be used, one short text per problem; null for a value without a problem. A column
is checked together with its raw value, in the column raw_<column>.
-#}

{#- Spreadsheets and DOUBLEs round long keys: 1.23457E+17. -#}
{% macro key_problem(key) -%}
    case
        when {{ key }} is null then '{{ key }} is missing'
        when
            not ({{ has_only_visible_characters(key) }})
            and regexp_matches(replace({{ key }}, ' ', ''), '[\p{C}\p{Z}]')
            then '{{ key }} holds control or invisible characters'
        when
            contains({{ key }}, '+')
            and regexp_full_match({{ key }}, '[0-9]([.,][0-9]+)?[eE][+][0-9]+')
            then '{{ key }} is a rounded number'
    end
{%- endmacro %}


{#- Of rows of the CTE `base` that are joined with the CTE `known_customers`. -#}
{% macro unlisted_problem() -%}
    case
        when
            base.customer_id is not null
            and known_customers.customer_id is null
            and (select count(*) from known_customers as listed) > 0
            then 'customer_id is not among the usable customers'
    end
{%- endmacro %}


{% macro unparsed_problem(column, meaning) -%}
    case
        when {{ column }} is null and trim(cast(raw_{{ column }} as varchar)) != ''
            then '{{ column }} is not {{ meaning }}'
    end
{%- endmacro %}


{#-
Not `in`: with so many values it becomes a join, which runs even for queries that do not select
problems.
-#}
{% macro term_problem(column, declared_in) -%}
    case
        when {{ column }} is null then '{{ column }} is missing'
        {%- for term in read_declared(declared_in) | map(attribute=column) | unique %}
        when {{ column }} = {{ text_literal(term) }} then null
        {%- endfor %}
        else '{{ column }} is unknown'
    end
{%- endmacro %}


{% macro date_problem(column, format={}, may_lie_in_future=false) -%}
    case
        when {{ column }} is null and trim(cast(raw_{{ column }} as varchar)) != ''
            then '{{ column }} is not a date ({{ format.date_format or "YYYY-MM-DD" }})'
        {%- if not may_lie_in_future %}
        when {{ column }} > {{ latest_plausible_date() }} then '{{ column }} lies in the future'
        {%- endif %}
        when {{ column }} < date '1900-01-01' then '{{ column }} lies before 1900'
    end
{%- endmacro %}


{% macro latest_plausible_date() -%}
    {%- set day = var('latest_plausible_date') -%}
    {#- In time zones ahead of UTC, the next day may have begun when the build starts. -#}
    {%- set tomorrow = run_started_at + modules.datetime.timedelta(days=1) -%}
    date '{{ tomorrow.strftime("%Y-%m-%d") if day == "today" else day }}'
{%- endmacro %}
