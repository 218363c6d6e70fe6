{#- What a company may declare: by file of COMPANY_DIR, the columns of its header line. -#}
{% macro declared_columns() %}
    {% do return({
        'benefits': ['benefit', 'label', 'singular', 'plural', 'is_owed', 'weight'],
        'transaction_types': ['benefit', 'transaction_type', 'counts_as'],
        'input_formats': ['input', 'date_format', 'decimal_sign'],
        'input_checks': ['input', 'rule', 'description', 'condition'],
        'segment_playbook': ['segment_id', 'segment_name', 'description', 'message'],
        'segment_playbook_claims': ['segment_id', 'feature', 'statistic', 'comparison', 'threshold'],
    }) %}
{% endmacro %}


{#- A file of COMPANY_DIR as a relation, every column as text; without the file, nothing. -#}
{% macro declared(name) -%}
    {%- set folder = env_var('COMPANY_DIR', 'data/demo/company') -%}
    {%- set root = graph.nodes['seed.benefit_segments.units'].root_path if execute else '' -%}
    {%- set file = (folder if folder.startswith('/') else root ~ '/' ~ folder) ~ '/' ~ name ~ '.csv' -%}
    {%- if execute and run_query('from glob(' ~ file_literal(file) ~ ')') | length -%}
    read_csv(
        {{ file_literal(file) }}, header = true, all_varchar = true, delim = ',', quote = '"',
        escape = '"'
    )
    {%- else -%}
    (
        select
            {%- for column in declared_columns()[name] %}
            cast(null as varchar) as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        where false
    )
    {%- endif -%}
{%- endmacro %}


{#- The rows of a file of COMPANY_DIR as a list of mappings; empty while dbt parses. -#}
{% macro read_declared(name) %}
    {% do return(fetch_rows('select * from ' ~ declared(name)) if execute else []) %}
{% endmacro %}
