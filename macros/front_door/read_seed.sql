{#-
The rows of a seed of this project as a list of mappings, read from its file, so that they are
known before the seed is a table. Empty while dbt parses.
-#}
{% macro read_seed(name) %}
    {% if not execute %}{% do return([]) %}{% endif %}
    {% set seed = graph.nodes['seed.benefit_segments.' ~ name] %}
    {% set file = file_literal(seed.root_path ~ '/' ~ seed.original_file_path) %}
    {% do return(fetch_rows('from read_csv(' ~ file ~ ', header = true)')) %}
{% endmacro %}


{#- What a query returns, as a list of mappings. -#}
{% macro fetch_rows(query) %}
    {% set rows = [] %}
    {% for row in run_query(query) %}{% do rows.append(row.dict()) %}{% endfor %}
    {% do return(rows) %}
{% endmacro %}
