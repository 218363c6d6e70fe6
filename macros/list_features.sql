{#-
The feature catalogue as a list of {name, benefit, label, unit, transform, null_policy, role,
weight, measure}, in the order of customer_features.yml; `roles` narrows it. Empty while dbt parses.
Features with the unit category are text, all others are doubles.
-#}
{% macro list_features(roles=['clustering', 'profiling', 'ignored']) %}
    {% set features = [] %}
    {% if execute %}
        {% set units = read_seed('units') %}
        {% set measures = [none, 'holdings', 'balance'] %}
        {#- By role, the keys of an entry. The model reads only clustering features, so only these
            are filled, transformed and weighed. -#}
        {% set described = {'unit': units | map(attribute='unit') | list, 'measure': measures} %}
        {% set unread = dict(described, transform=[none], null_policy=[none], weight=[none]) %}
        {% set allowed = {
            'clustering': dict(
                described, transform=['identity', 'log1p', 'clipped', 'clipped_log1p'],
                null_policy=['zero', 'median']
            ),
            'profiling': unread, 'ignored': unread,
        } %}
        {% set columns = graph.nodes['model.benefit_segments.customer_features'].columns %}
        {% for column in columns.values() if column.name != 'customer_id' %}
            {% set feature = dict(column.config.meta, name=column.name) %}
            {% set it = 'the feature ' ~ column.name ~ ' has ' %}
            {% set problems = [] %}
            {#- The parameter of the functions for one customer. -#}
            {% do problems.append('a feature must not have the name customer') if column.name == 'customer' %}
            {% do problems.append(it ~ 'role "' ~ feature.role ~ '"; it must be one of '
                ~ allowed | join(', ')) if feature.role not in allowed %}
            {% for key, values in allowed.get(feature.role, {}).items()
                if feature.get(key) not in values %}
                {% set known = values | select | join(', ') %}
                {% do problems.append(it ~ key ~ ' "' ~ feature.get(key, '') ~ '"; a '
                    ~ feature.role ~ ' feature has ' ~ ('one of ' ~ known if known else 'none')) %}
            {% endfor %}
            {% do problems.append(it ~ 'the benefit "' ~ feature.benefit ~ '"; names of features'
                ~ ' and benefits are lower case letters, digits and underscores')
                if not modules.re.fullmatch('([a-z_][a-z0-9_]* ?){2}', column.name ~ ' ' ~ feature.benefit) %}
            {% do exceptions.raise_compiler_error('customer_features.yml: ' ~ problems[0] ~ '.') if problems %}
            {% do features.append(feature) if feature.role in roles %}
        {% endfor %}
    {% endif %}
    {% do return(features) %}
{% endmacro %}
