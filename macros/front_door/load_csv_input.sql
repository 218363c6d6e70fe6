{#-
Reads a CSV file strictly, every column as text. Lines that cannot be split into columns
go to unreadable_lines. The lines of the file are counted a second time without parsing
them: when a line is neither header nor part of a row nor unreadable, the build stops.
(DuckDB alone can drop the rest of a file after a quotation mark that is never closed.)
-#}
{% macro load_csv_input(input, file) %}
    {% set file_text = "'" ~ file | replace("'", "''") ~ "'" %}
    {% set lines -%}
        read_csv(
            {{ file_text }}, columns = {'line': 'varchar'}, header = false, auto_detect = false,
            delim = chr(30), quote = '', escape = '', strict_mode = false,
            max_line_size = 16777216, store_rejects = true, rejects_limit = 0,
            rejects_table = 'undecoded_lines', rejects_scan = 'undecoded_scans'
        )
    {%- endset %}
    {#- DuckDB's reject tables are temporary and grow with every read. -#}
    {% set forget_rejects -%}
        drop table if exists undecoded_lines;
        drop table if exists undecoded_scans;
        drop table if exists refused_lines;
        drop table if exists refused_scans;
    {%- endset %}

    {% call statement(auto_begin=false) %}{{ forget_rejects }}{% endcall %}
    {% set first_line = run_query('select any_value(line) from (from ' ~ lines ~ ' limit 1)')[0][0] %}
    {% if not first_line %}
        {% do exceptions.raise_compiler_error(
            file ~ ' has no header line. Its first line must name the columns: '
            ~ input.columns | join(', ') ~ '.'
        ) %}
    {% endif %}
    {% set delimiter = find_delimiter(input, first_line) %}
    {% set found = split_header(first_line, delimiter) %}
    {% set positions = [] %}
    {% for name in found %}{% do positions.append('column_' ~ loop.index) %}{% endfor %}

    {% call statement(auto_begin=false) %}
        {{ forget_rejects }}
        create table raw_inputs.{{ input.name }} as
        select
            row_number() over () as row_number,
            {{ select_as_text(input, found, positions, file) }},
            -- Quoted values may span lines; blank lines never count.
            1 + len(regexp_extract_all(
                concat_ws('|', {{ positions | join(', ') }}), '(\r\n|\n|\r)[^\r\n]*[^ \r\n]'
            )) as line_count
        from read_csv(
            {{ file_text }},
            columns = { {%- for position in positions %}'{{ position }}': 'varchar'{{ ', ' if not loop.last }}{% endfor -%} },
            header = true, auto_detect = false, delim = '{{ delimiter }}', quote = '"', escape = '"',
            strict_mode = true, null_padding = false, max_line_size = 16777216,
            store_rejects = true, rejects_limit = 0,
            rejects_table = 'refused_lines', rejects_scan = 'refused_scans'
        );

        insert into raw_inputs.unreadable_lines
        with refused as (
            select
                line,
                string_split_regex(any_value(csv_line), '\r\n|\r|\n') as texts,
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
        where trim(texts[position]) != '';
    {% endcall %}

    {% set read_lines = run_query("select count(*) from " ~ lines ~ " where trim(line) != ''")[0][0] %}
    {% set counts = run_query(
        "select " ~ read_lines ~ " + (select count(distinct line) from undecoded_lines) - 1,"
        ~ " count(*), coalesce(sum(line_count), 0),"
        ~ " (select count(*) from raw_inputs.unreadable_lines where input = '" ~ input.name ~ "'),"
        ~ " (select min(line_number) from raw_inputs.unreadable_lines where input = '" ~ input.name ~ "')"
        ~ " from raw_inputs." ~ input.name
    )[0] %}
    {% set lost_lines = counts[0] - counts[2] - counts[3] %}
    {% if lost_lines != 0 %}
        {% do exceptions.raise_compiler_error(
            file ~ ': ' ~ lost_lines ~ ' of ' ~ counts[0] ~ ' lines cannot be accounted for'
            ~ (', from line ' ~ counts[4] ~ ' on' if counts[4] else '')
            ~ '. The usual cause is a quotation mark that is never closed. Mend the file.'
        ) %}
    {% endif %}
    {% call statement(auto_begin=false) %}
        insert into raw_inputs.input_locations values (
            '{{ input.name }}', {{ file_text }}, {{ counts[0] - counts[2] + counts[1] }},
            {{ list_ignored_columns(input, found) }}
        );
    {% endcall %}
{% endmacro %}
