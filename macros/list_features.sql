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
            'unit': ['amount', 'count', 'share', 'months', 'days'],
            'measure': [none, 'holdings', 'balance'],
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
            {% if not feature.label %}
                {% do exceptions.raise_compiler_error(
                    '_customer_features.yml: the feature ' ~ column.name ~ ' has no label.'
                ) %}
            {% endif %}
            {% for word in [column.name, feature.benefit]
                if not modules.re.fullmatch('[a-z_][a-z0-9_]*', word | string) %}
                {% do exceptions.raise_compiler_error(
                    '_customer_features.yml: the feature ' ~ column.name ~ ' has the benefit "'
                    ~ feature.benefit ~ '"; names of features and benefits are lower case'
                    ~ ' letters, digits and underscores.'
                ) %}
            {% endfor %}
            {% if role in [none, feature.role] %}{% do features.append(feature) %}{% endif %}
        {% endfor %}
    {% endif %}
    {% do return(features) %}
{% endmacro %}
