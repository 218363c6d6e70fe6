{#-
Typed values from a raw column of any type: a value that already has the type, as in a Parquet file,
is kept; any other is read as text. Null when it is not a valid value. For text the pattern comes
before the cast, because try_cast alone accepts '0x10', '1_000', 'infinity' and rounds '12.7' to a
whole number. Patterns have no backslashes, so every engine reads them the same way; only the classes
of Unicode characters need one. The type is known when a query is planned, so only one branch of
each case runs. `format` is the row of input_formats for the input, if it has one.
-#}

{% macro parse_text(column) -%}
    case
        -- Trimming every text takes longer than reading it, and few texts have spaces to trim.
        when contains(cast({{ column }} as varchar), ' ')
            then nullif(trim(cast({{ column }} as varchar)), '')
        else nullif(cast({{ column }} as varchar), '')
    end
{%- endmacro %}


{#-
A key of any input. A whole DOUBLE is the whole number: 100001.0 is '100001'. Beyond 2^53 a DOUBLE
may have lost digits, so it stays as it is written, 1e+17. Words for nothing are missing. Characters
that do not show are taken off the ends.
-#}
{% macro parse_key(column, is_plain=none) -%}
    {%- set text = 'cast(' ~ column ~ ' as varchar)' -%}
    {%- set number = 'try_cast(' ~ column ~ ' as double)' -%}
    case
        when typeof({{ column }}) like '%INT%' then {{ text }}
        when typeof({{ column }}) like 'DECIMAL%' then regexp_replace({{ text }}, '[.]0+$', '')
        when typeof({{ column }}) in ('DOUBLE', 'FLOAT')
            then
                case
                    when not isfinite({{ number }}) then null
                    when {{ number }} = trunc({{ number }}) and abs({{ number }}) < 9007199254740992
                        then cast(try_cast({{ column }} as bigint) as varchar)
                    else {{ text }}
                end
        when {{ is_plain or is_plain_key(column) }} then {{ text }}
        when {{ has_only_visible_characters(text) }}
            then
                case
                    when {{ text }} in ('', 'undefined') then null
                    -- A word for nothing is short.
                    when
                        strlen({{ text }}) > 7
                        or not regexp_full_match({{ text }}, '{{ words_for_nothing() }}')
                        then {{ text }}
                end
        else
            nullif(
                regexp_replace(
                    regexp_replace({{ text }}, '^[\p{C}\p{Z}]+|[\p{C}\p{Z}]+$', '', 'g'),
                    '^{{ words_for_nothing() }}$', ''
                ),
                ''
            )
    end
{%- endmacro %}


{#- A pattern of what spreadsheets, data frames and databases write for nothing. -#}
{% macro words_for_nothing() -%}
    (?i)(nan|nat|null|none|nil|n/?a|n[.]a[.]?|<na>|<null>|[(]null[)]|[\\]n|
    {{- '#n/a|#null!|#value!|#ref!|#name[?]|#num!|#div/0!|unknown|missing|[-–—?._]+)' }}
{%- endmacro %}


{#-
Whether a raw text is a key as it stands, without the rest of parse_key and without a key_problem: it
has nothing that url_encode would escape, so only letters and digits of ASCII and - . _ ~, and is no
word for nothing. Most keys are.
-#}
{% macro is_plain_key(column) -%}
    {%- set text = 'cast(' ~ column ~ ' as varchar)' -%}
    case
        when strlen(url_encode({{ text }})) != strlen({{ text }}) then false
        when strlen({{ text }}) > 7 then {{ text }} != 'undefined'
        when {{ text }} between '0' and ':' then true
        else {{ text }} != '' and not regexp_full_match({{ text }}, '{{ words_for_nothing() }}')
    end
{%- endmacro %}


{#-
Whether a text has neither spaces nor characters that do not show. As a blob, DuckDB writes every
character but the visible ones of ASCII as an escape, which is longer: several times faster than a
pattern. False also for letters beyond ASCII: look closer then.
-#}
{% macro has_only_visible_characters(text) -%}
    strlen(cast(encode({{ text }}) as varchar)) = strlen({{ text }}) and not contains({{ text }}, ' ')
{%- endmacro %}


{#- The same for keys that differ only in case, blanks, leading zeros or a final .0. -#}
{% macro spelling(key) -%}
    ltrim(regexp_replace(lower(replace({{ key }}, ' ', '')), '[.]0+$', ''), '0')
{%- endmacro %}


{% macro parse_term(column) -%}
    nullif(replace(lower(trim(cast({{ column }} as varchar))), ' ', '_'), '')
{%- endmacro %}


{#-
With a declared decimal sign, groups of three digits may be separated: with the comma by points or
spaces, with the point by commas or spaces. A final minus is read as well. Parentheses are not.
-#}
{% macro parse_number(column, format={}, type='double') -%}
    {%- set text = 'trim(cast(' ~ column ~ ' as varchar))' -%}
    {%- set exponent = '([eE]([+]?[0-9]{1,2}|-[0-9]{1,3}))?' -%}
    {%- set sign = format.decimal_sign -%}
    {%- set separator = '.' if sign == ',' else ',' -%}
    case
        when typeof({{ column }}) = 'DOUBLE'
            then
                case
                    when isfinite(try_cast({{ column }} as double))
                        then try_cast({{ column }} as {{ type }})
                end
        when typeof({{ column }}) like '%INT%' or typeof({{ column }}) like 'DECIMAL%'
            then try_cast({{ column }} as {{ type }})
        {%- if sign %}
        {%- set spaceless = "regexp_replace(" ~ text ~ ", '[\\p{Z}]', ' ', 'g')" %}
        {%- set digits = '([0-9]+|[0-9]{1,3}([' ~ separator ~ '][0-9]{3})+|[0-9]{1,3}( [0-9]{3})+)' %}
        {%- set number = '(' ~ digits ~ '([' ~ sign ~ '][0-9]*)?|[' ~ sign ~ '][0-9]+)' ~ exponent %}
        when regexp_full_match({{ spaceless }}, '([+-]?{{ number }}|{{ number }}-)')
            then
                try_cast(
                    case when {{ text }} like '%-' then '-' else '' end
                    || replace(
                        regexp_replace(rtrim({{ spaceless }}, '-'), '[ {{ separator }}]', '', 'g'),
                        '{{ sign }}', '.'
                    ) as {{ type }}
                )
        {%- else %}
        when regexp_full_match({{ text }}, '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+){{ exponent }}')
            then try_cast({{ text }} as {{ type }})
        {%- endif %}
    end
{%- endmacro %}


{% macro parse_amount(column, format={}) -%}
    {{ parse_number(column, format, 'decimal(28, 6)') }}
{%- endmacro %}


{% macro parse_whole_number(column, format={}) -%}
    {%- set number = 'try_cast(' ~ column ~ ' as double)' -%}
    case
        when
            typeof({{ column }}) = 'DOUBLE'
            or typeof({{ column }}) like '%INT%'
            or typeof({{ column }}) like 'DECIMAL%'
            then
                case
                    when abs({{ number }}) < 1e9 and {{ number }} % 1 = 0
                        then try_cast({{ column }} as integer)
                end
        {%- if format.decimal_sign %}
        {%- set number = parse_number(column, format) %}
        when abs({{ number }}) < 1e9 and {{ number }} % 1 = 0 then cast({{ number }} as integer)
        {%- else %}
        when
            regexp_full_match(
                trim(cast({{ column }} as varchar)), '[+-]?[0-9]{1,9}([.]0*)?'
            )
            then try_cast(trim(cast({{ column }} as varchar)) as integer)
        {%- endif %}
    end
{%- endmacro %}


{% macro parse_date(column, format={}) -%}
    {%- set text = 'trim(cast(' ~ column ~ ' as varchar))' -%}
    case
        when typeof({{ column }}) = 'DATE' or typeof({{ column }}) like 'TIMESTAMP%'
            then try_cast({{ column }} as date)
        {%- if format.date_format %}
        else cast(try_strptime({{ text }}, {{ text_literal(format.date_format) }}) as date)
        {%- else %}
        when
            regexp_full_match(
                {{ text }},
                '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?'
                || '(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?'
            )
            then try_cast(substr({{ text }}, 1, 10) as date)
        {%- endif %}
    end
{%- endmacro %}


{% macro parse_boolean(column) -%}
    case
        when typeof({{ column }}) = 'BOOLEAN' then try_cast({{ column }} as boolean)
        when lower(trim(cast({{ column }} as varchar))) in ('true', 't', 'yes', 'y', '1') then true
        when lower(trim(cast({{ column }} as varchar))) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}
