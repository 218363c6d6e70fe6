{#-
The feature catalogue as a list of {name, benefit, label, unit, transform, null_policy,
role, measure}, in the order of _customer_features.yml; `role` narrows it. Empty while dbt
still parses.
-#}
{% macro list_features(role=none) %}
    {% set features = [] %}
    {% if execute %}
        {% set allowed = {
            'transform': ['identity', 'log1p'],
            'null_policy': ['zero', 'median'],
            'role': ['clustering', 'profiling'],
        } %}
        {% set columns = graph.nodes['model.' ~ project_name ~ '.customer_features'].columns %}
        {% for column in columns.values() if column.name != 'customer_id' %}
            {% set feature = dict(column.config.meta, name=column.name) %}
            {% for key, values in allowed.items() if feature.get(key) not in values %}
                {% do exceptions.raise_compiler_error(
                    '_customer_features.yml: the feature ' ~ column.name ~ ' has ' ~ key ~ ' "'
                    ~ feature.get(key, '') ~ '"; it must be one of ' ~ values | join(', ') ~ '.'
                ) %}
            {% endfor %}
            {% for key in ['benefit', 'label', 'unit'] if not feature.get(key) %}
                {% do exceptions.raise_compiler_error(
                    '_customer_features.yml: the feature ' ~ column.name ~ ' has no ' ~ key ~ '.'
                ) %}
            {% endfor %}
            {% if role in [none, feature.role] %}{% do features.append(feature) %}{% endif %}
        {% endfor %}
    {% endif %}
    {% do return(features) %}
{% endmacro %}
