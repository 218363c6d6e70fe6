{#-
Typed values from a raw column of any type: a value that already has the type, as in a Parquet file,
is kept; any other is read as text. Null when it is not a valid value. For text the pattern comes
before the cast, because try_cast alone accepts '0x10', '1_000', 'infinity' and rounds '12.7' to a
whole number. Patterns have no backslashes, so every engine reads them the same way. The type is
known when a query is planned, so only one branch of each case runs.
-#}

{% macro parse_text(column) -%}
    case
        -- Trimming every text takes longer than reading it, and few texts have spaces to trim.
        when contains(cast({{ column }} as varchar), ' ')
            then nullif(trim(cast({{ column }} as varchar)), '')
        else nullif(cast({{ column }} as varchar), '')
    end
{%- endmacro %}


{% macro parse_term(column) -%}
    nullif(replace(lower(trim(cast({{ column }} as varchar))), ' ', '_'), '')
{%- endmacro %}


{% macro parse_number(column, type='double') -%}
    case
        when typeof({{ column }}) = 'DOUBLE'
            then
                case
                    when isfinite(try_cast({{ column }} as double))
                        then try_cast({{ column }} as {{ type }})
                end
        when typeof({{ column }}) like '%INT%' or typeof({{ column }}) like 'DECIMAL%'
            then try_cast({{ column }} as {{ type }})
        when
            regexp_full_match(
                trim(cast({{ column }} as varchar)),
                '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE]([+]?[0-9]{1,2}|-[0-9]{1,3}))?'
            )
            then try_cast(trim(cast({{ column }} as varchar)) as {{ type }})
    end
{%- endmacro %}


{% macro parse_amount(column) -%}
    {{ parse_number(column, 'decimal(28, 6)') }}
{%- endmacro %}


{% macro parse_whole_number(column) -%}
    case
        when
            typeof({{ column }}) = 'DOUBLE'
            or typeof({{ column }}) like '%INT%'
            or typeof({{ column }}) like 'DECIMAL%'
            then
                case
                    when
                        abs(try_cast({{ column }} as double)) < 1e9
                        and try_cast({{ column }} as double) % 1 = 0
                        then try_cast({{ column }} as integer)
                end
        when
            regexp_full_match(
                trim(cast({{ column }} as varchar)), '[+-]?[0-9]{1,9}([.]0*)?'
            )
            then try_cast(trim(cast({{ column }} as varchar)) as integer)
    end
{%- endmacro %}


{% macro parse_date(column) -%}
    case
        when typeof({{ column }}) = 'DATE' or typeof({{ column }}) like 'TIMESTAMP%'
            then try_cast({{ column }} as date)
        when
            regexp_full_match(
                trim(cast({{ column }} as varchar)),
                '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?'
                || '(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?'
            )
            then try_cast(substr(trim(cast({{ column }} as varchar)), 1, 10) as date)
    end
{%- endmacro %}


{% macro parse_boolean(column) -%}
    case
        when typeof({{ column }}) = 'BOOLEAN' then try_cast({{ column }} as boolean)
        when lower(trim(cast({{ column }} as varchar))) in ('true', 't', 'yes', 'y', '1') then true
        when lower(trim(cast({{ column }} as varchar))) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}
