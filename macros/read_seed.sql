{#-
The rows of a seed of this project as a list of mappings, read from its file, so that they are
known before the seed is a table. Empty while dbt parses.
-#}
{% macro read_seed(name) %}
    {% set rows = [] %}
    {% if execute %}
        {% set seed = graph.nodes['seed.benefit_segments.' ~ name] %}
        {% set file = file_literal(seed.root_path ~ '/' ~ seed.original_file_path) %}
        {% for row in run_query('from read_csv(' ~ file ~ ', header = true)') %}
            {% do rows.append(row.dict()) %}
        {% endfor %}
    {% endif %}
    {% do return(rows) %}
{% endmacro %}
