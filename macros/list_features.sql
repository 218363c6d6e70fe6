{#-
The feature catalogue as a list: the keys of each entry of customer_features.yml and its name, in the
order of that file; `roles` narrows it. Empty while dbt parses. check_features() has checked it.
Features with the unit category are text, all others are doubles.
-#}
{% macro list_features(roles=['clustering', 'profiling', 'ignored']) %}
    {% set features = [] %}
    {% set columns = graph.nodes['model.benefit_segments.customer_features'].columns if execute else {} %}
    {% for column in columns.values() if column.name != 'customer_id' %}
        {% set feature = dict(column.config.meta, name=column.name) %}
        {% do features.append(feature) if feature.role in roles %}
    {% endfor %}
    {% do return(features) %}
{% endmacro %}
