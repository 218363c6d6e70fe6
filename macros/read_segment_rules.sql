{#- [{rule_id, filled_predicate}]; a rule of its own lets dbt compile on an empty warehouse. -#}
{% macro read_segment_rules(rules) %}
    {% if not execute or load_relation(rules) is none %}
        {% do return([{'rule_id': 1, 'filled_predicate': 'true'}]) %}
    {% endif %}
    {% do return(fetch_rows('select rule_id, filled_predicate from ' ~ rules ~ ' order by rule_id')) %}
{% endmacro %}
