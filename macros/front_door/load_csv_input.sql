{#-
Reads a CSV file strictly, every column as text. Lines that cannot be split into columns
go to unreadable_lines. The lines of the file are counted a second time without parsing
them: when a line is not the header, part of a row or unreadable, the build stops.
(DuckDB alone can drop the rest of a file after a quotation mark that is never closed.)
A line with only spaces and quotation marks is blank and is not counted.
-#}
{% macro load_csv_input(input, file) %}
    {% set lines = count_lines(file) %}
    {% if lines.undecoded_header or '\0' in lines.header %}
        {% do exceptions.raise_compiler_error(
            file ~ ': its first line is not UTF-8 text. Save the file as CSV in UTF-8.'
        ) %}
    {% elif not lines.header %}
        {% do exceptions.raise_compiler_error(
            file ~ ' has no header line. Its first line must name the columns: '
            ~ input.columns | join(', ') ~ '.'
        ) %}
    {% endif %}
    {% set delimiter = find_delimiter(input, lines.header, file) %}
    {% set found = split_header(lines.header, delimiter) %}
    {% set columns = {} %}
    {% for name in found %}{% do columns.update({'column_' ~ loop.index: 'varchar'}) %}{% endfor %}

    {% call statement(auto_begin=false) %}
        {{ forget_rejects() }}
        create table raw_inputs.{{ input.name }} as
        select
            row_number() over () as row_number,
            {{ select_columns(input, found, columns | list, file) }},
            line_count
        from (
            select
                *,
                concat_ws('|', coalesce({{ columns | join(", ''), coalesce(") }}, '')) as row_text,
                case
                    -- Quoted values may span lines.
                    when regexp_matches(row_text, '[\r\n]')
                        then len(regexp_extract_all(row_text, '[^ "\r\n][^\r\n]*'))
                    when trim(row_text, ' "') = '' then 0
                    else 1
                end as line_count
            from read_csv(
                {{ file_literal(file) }},
                columns = {{ columns }},
                header = true, delim = '{{ delimiter }}', quote = '"', escape = '"',
                strict_mode = true, null_padding = false, rejects_table = 'refused_lines',
                {#- The strict reader fails at a CR in a file with LF, unless CR is the comment
                    character. -#}
                {{ "new_line = '\\n', comment = chr(13)," if lines.have_mixed_ends }}
                {{ csv_options(file) }}
            )
        )
        where line_count > 0;

        insert into raw_inputs.unreadable_lines
        with refused as (
            select
                line,
                string_split_regex(
                    ltrim(max(csv_line), chr(13) || chr(10)), '\r\n|\r|\n'
                ) as texts,
                string_agg(
                    distinct lower(cast(error_type as varchar)), ', '
                    order by lower(cast(error_type as varchar))
                ) as problems
            from refused_lines
            group by line
        ),
        positioned as (
            select line, texts, problems, unnest(range(1, len(texts) + 1)) as position
            from refused
        )
        select
            '{{ input.name }}', line + position - 1, texts[position],
            'line cannot be read as {{ found | length }} columns (' || problems || ')'
        from positioned
        where trim(texts[position], ' "') != '';
    {% endcall %}

    {% set rows = run_query(
        'select count(*), coalesce(sum(line_count), 0) from raw_inputs.' ~ input.name
    )[0] %}
    {% set unreadable = run_query(
        "select count(*), min(line_number) from raw_inputs.unreadable_lines"
        ~ " where input = '" ~ input.name ~ "'"
    )[0] %}
    {% set lost_lines = lines.filled - 1 - rows[1] - unreadable[0] %}
    {% if lost_lines != 0 %}
        {% do exceptions.raise_compiler_error(
            file ~ ': ' ~ lost_lines | abs ~ ' of ' ~ lines.filled
            ~ ' lines cannot be accounted for'
            ~ (', from line ' ~ unreadable[1] ~ ' on' if unreadable[0] else '')
            ~ '. The usual cause is a quotation mark that is never closed, or a carriage'
            ~ ' return inside a value. Correct the file.'
        ) %}
    {% endif %}
    {% call statement(auto_begin=false) %}
        alter table raw_inputs.{{ input.name }} drop column line_count;
        insert into raw_inputs.input_locations values (
            '{{ input.name }}', {{ text_literal(file) }},
            {{ lines.filled - 1 - rows[1] + rows[0] }},
            {{ list_ignored_columns(input, found, file) }}
        );
    {% endcall %}
{% endmacro %}


{#-
The lines of a file, not parsed: how many are not blank (filled), the text of the first
line (header), whether it is not UTF-8, and whether some rows end with CR LF and others with LF.
-#}
{% macro count_lines(file) %}
    {% set lines = read_lines(file, '\\r\\n') %}
    {#- With this line end, CR LF ends two lines: the second is null. -#}
    {% set split_lines = read_lines(file, '\\n') %}
    {% set counts = [] %}
    {% for source in [lines, split_lines] %}
        {% call statement(auto_begin=false) %}{{ forget_rejects() }}{% endcall %}
        {% set read = run_query(
            "select count(*), count(*) filter (trim(line, ' \"') != '') from " ~ source
        )[0] %}
        {% set refused = run_query(
            'select count(distinct line), min(line) from refused_lines'
        )[0] %}
        {% do counts.append({
            'total': read[0] + refused[0],
            'filled': read[1] + refused[0],
            'first_refused': refused[1],
        }) %}
    {% endfor %}
    {% set crlf_lines = counts[1].total - counts[0].total %}
    {% set count_rows_before_a_row -%}
        with numbered as (
            select row_number() over () as line_number, line from {{ split_lines }}
        ),
        placed as (
            select
                line,
                lead(line) over (order by line_number) as next_line,
                sum(len(line) - len(replace(line, '"', ''))) over (order by line_number) as quotes
            from numbered
        )
        select count(*) from placed
        -- Outside quotation marks: an even number of them so far.
        where line is not null and next_line is not null and quotes % 2 = 0
    {%- endset %}
    {% set header = run_query('from ' ~ split_lines ~ ' limit 1') %}
    {% do return({
        'filled': counts[1].filled,
        'header': (header[0][0] if header | length else '') or '',
        'undecoded_header': counts[1].first_refused == 1,
        'have_mixed_ends': 0 < crlf_lines < counts[0].total
            and run_query(count_rows_before_a_row)[0][0] > 0,
    }) %}
{% endmacro %}


{% macro read_lines(file, line_end) -%}
    read_csv(
        {{ file_literal(file) }}, columns = {'line': 'varchar'}, header = false, delim = chr(30),
        quote = '', escape = '', strict_mode = false, new_line = '{{ line_end }}',
        rejects_table = 'refused_lines', {{ csv_options(file) }}
    )
{%- endmacro %}


{% macro csv_options(file) -%}
    auto_detect = false, max_line_size = 16777216, store_rejects = true, rejects_limit = 0,
    rejects_scan = 'refused_scans',
    compression = '{{ "gzip" if file.lower().endswith(".gz") else "none" }}'
{%- endmacro %}


{#- DuckDB's reject tables are temporary and grow with every read. -#}
{% macro forget_rejects() %}
    drop table if exists refused_lines;
    drop table if exists refused_scans;
{% endmacro %}
