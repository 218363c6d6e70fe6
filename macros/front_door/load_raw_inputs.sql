{#-
Front door, run once before the models (on-run-start). Puts every input that
_staging__sources.yml describes into the schema `raw_inputs`, each column as it was found
under its documented name, with a row_number. CSV files (as text) and your own tables become tables,
Parquet files become views, missing inputs become empty tables.
-#}
{% macro load_raw_inputs() %}
    {% if execute and flags.WHICH in ['build', 'run'] %}
        {% set inputs = graph.sources.values()
            | selectattr('source_name', 'equalto', 'raw_inputs')
            | selectattr('meta.is_input', 'defined') | list %}
        {% set locations = find_raw_inputs(inputs | map(attribute='name') | list) %}
        {% call statement(auto_begin=false) %}
            drop schema if exists raw_inputs cascade;
            create schema raw_inputs;
            create table raw_inputs.input_locations (
                input varchar, location varchar, row_count bigint, ignored_columns varchar
            );
            create table raw_inputs.unreadable_lines (
                input varchar, line_number bigint, raw_line varchar, rejection_reasons varchar
            );
        {% endcall %}
        {% for input in inputs %}
            {% set location = locations[input.name] %}
            {% if not location %}
                {{ load_missing_input(input) }}
            {% elif input.name in var('input_relations') %}
                {{ load_table_input(input, location) }}
            {% elif location.lower().endswith('.parquet') %}
                {{ load_parquet_input(input, location) }}
            {% else %}
                {{ load_csv_input(input, location) }}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{#- The file or table of each input; none when there is neither. -#}
{% macro find_raw_inputs(names) %}
    {% set locations = dict(var('input_relations')) %}
    {#- The demo is in the folder of this package, which dbt keeps for seeds alone. -#}
    {% set package_folder = graph.nodes['seed.benefit_segments.units'].root_path %}
    {% set folder = env_var('RAW_DATA_DIR', package_folder ~ '/data/demo') %}
    {% set files = run_query(
        'select file from glob(' ~ file_literal(folder ~ '/', '*') ~ ') order by file'
    ) %}
    {% for name in names if name not in locations %}
        {% set found = [] %}
        {% for file in files.columns[0].values() %}
            {% set pattern = '(?i)(^|[/\\\\])' ~ name ~ '[.](csv|csv[.]gz|parquet)$' %}
            {% if modules.re.search(pattern, file) %}
                {% do found.append(file) %}
            {% endif %}
        {% endfor %}
        {% if found | length > 1 %}
            {% do exceptions.raise_compiler_error(
                'The input ' ~ name ~ ' was found more than once: ' ~ found | join(', ')
                ~ '. Keep one of these files in RAW_DATA_DIR.'
            ) %}
        {% elif found %}
            {% do locations.update({name: found[0]}) %}
        {% else %}
            {% do log(name ~ ': no file in ' ~ folder ~ '; treated as empty', info=true) %}
        {% endif %}
    {% endfor %}
    {% for file in files.columns[0].values()
        if file not in locations.values()
        and modules.re.search('(?i)[.](csv|csv[.]gz|parquet)$', file) %}
        {% do log(file ~ ': no input has this name; ignored', info=true) %}
    {% endfor %}
    {% if not locations %}
        {% do exceptions.raise_compiler_error(
            'No input found in RAW_DATA_DIR=' ~ folder ~ '. It must be a folder that holds'
            ~ ' at least one of ' ~ names | join(', ') ~ ' as .csv, .csv.gz or .parquet.'
        ) %}
    {% endif %}
    {% do return(locations) %}
{% endmacro %}


{% macro load_missing_input(input) %}
    {% call statement(auto_begin=false) %}
        create table raw_inputs.{{ input.name }} (
            row_number bigint{% for column in input.columns %}, {{ column }} varchar{% endfor %}
        );
        insert into raw_inputs.input_locations values ('{{ input.name }}', null, 0, null);
    {% endcall %}
{% endmacro %}


{% macro load_parquet_input(input, file) %}
    {% set parquet = 'read_parquet(' ~ file_literal(file) ~ ', file_row_number = true)' %}
    {% set found = run_query(
        'describe select * exclude (file_row_number) from ' ~ parquet
    ).columns[0].values() | list %}
    {% call statement(auto_begin=false) %}
        create view raw_inputs.{{ input.name }} as
        select file_row_number + 1 as row_number, {{ select_columns(input, found, found, file) }}
        from {{ parquet }};

        insert into raw_inputs.input_locations
        select
            '{{ input.name }}', {{ text_literal(file) }}, sum(num_rows),
            {{ list_ignored_columns(input, found, file) }}
        from parquet_file_metadata({{ file_literal(file) }});
    {% endcall %}
{% endmacro %}


{% macro load_table_input(input, relation) %}
    {% set found = run_query('describe select * from ' ~ relation).columns[0].values() | list %}
    {% call statement(auto_begin=false) %}
        create table raw_inputs.{{ input.name }} as
        select
            row_number() over () as row_number,
            {{ select_columns(input, found, found, relation) }}
        from {{ relation }};

        insert into raw_inputs.input_locations
        select
            '{{ input.name }}', {{ text_literal(relation) }}, count(*),
            {{ list_ignored_columns(input, found, relation) }}
        from {{ relation }};
    {% endcall %}
{% endmacro %}


{% macro text_literal(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}


{#- A path as DuckDB's readers take it, where [ * and ? are wildcards; `wildcard` is one. -#}
{% macro file_literal(path, wildcard='') -%}
    {{ text_literal(
        path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') ~ wildcard
    ) }}
{%- endmacro %}
