{#-
What scripts/publish.py goes by. The table last_build.relations is in the warehouse only while
everything in it comes from one `dbt build` of all models and tests that passed; it lists what
that run built. Any later run that could change something, even one that is killed, drops it first.
-#}
{% macro forget_last_build() %}
    {% if execute and flags.WHICH in ['build', 'run', 'seed'] %}
        {% call statement(auto_begin=false) %}
            drop schema if exists last_build cascade;
        {% endcall %}
    {% endif %}
{% endmacro %}


{% macro record_build(results) %}
    {% if execute and flags.WHICH == 'build' %}
        {% set passed, failed, built, dossier = [], [], [], [] %}
        {% for result in results if result.node.package_name == 'benefit_segments' %}
            {#- Exposures and saved queries are listed too, with nothing to do. -#}
            {% set is_good = result.status in ['success', 'pass', 'warn', 'no-op'] %}
            {% do (passed if is_good else failed).append(result.node.unique_id) %}
            {% if result.node.resource_type == 'model' %}
                {% do built.append(result.node) %}
                {% do dossier.append(result.node) if 'dossier' in result.node.tags %}
            {% endif %}
        {% endfor %}
        {#- The dossier may be left out, but not a part of it. -#}
        {% set missing = [] %}
        {% for node in graph.nodes.values()
            if node.package_name == 'benefit_segments'
            and node.resource_type in ['model', 'seed', 'test']
            and (dossier or 'dossier' not in node.tags) and node.unique_id not in passed %}
            {% do missing.append(node.unique_id) %}
        {% endfor %}
        {% if not missing and not failed %}
            {% call statement(auto_begin=false) %}
                create schema last_build;
                create table last_build.relations as
                select
                    '{{ invocation_id }}' as run_id,
                    built.schema_name,
                    built.relation_name
                from (
                    values
                    {%- for node in built %}
                    ({{ text_literal(node.schema) }}, {{ text_literal(node.alias) }})
                    {{- ',' if not loop.last }}
                    {%- endfor %}
                ) as built (schema_name, relation_name);
            {% endcall %}
        {% endif %}
    {% endif %}
{% endmacro %}
