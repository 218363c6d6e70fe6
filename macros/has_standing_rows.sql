{#- The table of an earlier version of the project may not have the column. -#}
{% macro has_standing_rows(relation, column) %}
    {% set standing = load_relation(relation) if execute else none %}
    {% set columns = adapter.get_columns_in_relation(standing) if standing else [] %}
    {% do return(column in columns | map(attribute='name')) %}
{% endmacro %}
