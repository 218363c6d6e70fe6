{#-
The rules as [{rule_id, filled_predicate}], for SQL that is unrolled over them. Before the first
fit it is a single rule about all customers, so that dbt compile works on an empty warehouse.
-#}
{% macro read_segment_rules(rules) %}
    {% if not execute or load_relation(rules) is none %}
        {% do return([{'rule_id': 1, 'filled_predicate': 'true'}]) %}
    {% endif %}
    {% do return(fetch_rows('select rule_id, filled_predicate from ' ~ rules ~ ' order by rule_id')) %}
{% endmacro %}
