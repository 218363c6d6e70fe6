{#-
Drops the tables of the dossier when they are about another model than the segments: after a
build that fitted another one and left the dossier out. Nobody should read them as today's.
-#}
{% macro drop_stale_dossier(robustness, fingerprint) %}
{% if execute %}
    {% if load_relation(robustness) and load_relation(fingerprint) %}
        {% set differing = run_query(
            'select 1 from ' ~ robustness ~ ' as robustness inner join ' ~ fingerprint
            ~ ' as model on robustness.fingerprint != model.fingerprint limit 1'
        ) %}
        {% if differing | length > 0 %}
            {% do log(
                'The dossier was about another model and is dropped; build it with: '
                ~ 'dbt build --select tag:dossier', info=true
            ) %}
            {% for node in graph.nodes.values()
                if node.package_name == 'benefit_segments'
                and node.resource_type == 'model' and 'dossier' in node.tags %}
                {% do drop_relation_if_exists(
                    load_relation(api.Relation.create(node.database, node.schema, node.alias))
                ) %}
            {% endfor %}
        {% endif %}
    {% endif %}
{% endif %}
{% endmacro %}
