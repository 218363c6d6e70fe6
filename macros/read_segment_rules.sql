{#-
The rules as [{id, predicate}], for SQL that is unrolled over them. Before the first fit it
is a single rule about everybody, so that dbt compile works on an empty warehouse.
-#}
{% macro read_segment_rules(rules) %}
    {% if not execute or load_relation(rules) is none %}
        {% do return([{'id': 1, 'predicate': 'true'}]) %}
    {% endif %}
    {% set read = [] %}
    {% for row in run_query('select rule_id, predicate from ' ~ rules ~ ' order by rule_id') %}
        {% do read.append({'id': row[0], 'predicate': row[1]}) %}
    {% endfor %}
    {% do return(read) %}
{% endmacro %}
