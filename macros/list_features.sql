{#-
The feature catalogue as a list of {name, benefit, label, unit, transform, null_policy,
role, measure}, in the order of _customer_features.yml; `role` narrows it. Empty while dbt
still parses. Those with the unit category are text, all others are doubles.
-#}
{% macro list_features(role=none) %}
    {% set features = [] %}
    {% if execute %}
        {% set units = read_seed('units') %}
        {% set measures = [none, 'holdings', 'balance'] %}
        {#- By role, what an entry may say. The model reads clustering features only, so nothing
            else is filled, transformed or has to be a number. -#}
        {% set allowed = {
            'clustering': {
                'unit': units | selectattr('is_number') | map(attribute='unit') | list,
                'transform': ['identity', 'log1p'],
                'null_policy': ['zero', 'median'],
                'measure': measures,
            },
            'profiling': {
                'unit': units | map(attribute='unit') | list,
                'transform': [none],
                'null_policy': [none],
                'measure': measures,
            },
        } %}
        {% set columns = graph.nodes['model.benefit_segments.customer_features'].columns %}
        {% for column in columns.values() if column.name != 'customer_id' %}
            {% set feature = dict(column.config.meta, name=column.name) %}
            {#- The parameter of the functions for one customer. -#}
            {% if column.name == 'customer' %}
                {% do exceptions.raise_compiler_error(
                    '_customer_features.yml: a feature must not have the name customer.'
                ) %}
            {% endif %}
            {% if feature.role not in allowed %}
                {% do exceptions.raise_compiler_error(
                    '_customer_features.yml: the feature ' ~ column.name ~ ' has role "'
                    ~ feature.role ~ '"; it must be one of ' ~ allowed | join(', ') ~ '.'
                ) %}
            {% endif %}
            {% for key, values in allowed[feature.role].items() if feature.get(key) not in values %}
                {% set known = values | select | join(', ') %}
                {% do exceptions.raise_compiler_error(
                    '_customer_features.yml: the feature ' ~ column.name ~ ' has ' ~ key ~ ' "'
                    ~ feature.get(key, '') ~ '"; a ' ~ feature.role ~ ' feature '
                    ~ ('has one of ' ~ known if known else 'has none') ~ '.'
                ) %}
            {% endfor %}
            {% if feature.unit == 'category' and feature.measure %}
                {% do exceptions.raise_compiler_error(
                    '_customer_features.yml: the feature ' ~ column.name ~ ' has measure "'
                    ~ feature.measure ~ '"; a category has none.'
                ) %}
            {% endif %}
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
