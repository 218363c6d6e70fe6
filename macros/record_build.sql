{#-
The record that scripts/publish.py reads. The table last_build.relations exists only while
everything in the warehouse comes from one `dbt build` in which all models and tests passed; it
lists what that run built. Any later run that could change something drops it first, even if that
run is then killed.
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
        {% set passed, failed, built = [], [], [] %}
        {% for result in results if result.node.package_name == 'benefit_segments' %}
            {#- Exposures and saved queries are also listed, with the status no-op. -#}
            {% set is_good = result.status in ['success', 'pass', 'warn', 'no-op'] %}
            {% do (passed if is_good else failed).append(result.node.unique_id) %}
            {% do built.append(result.node) if result.node.resource_type == 'model' %}
        {% endfor %}
        {#- A build may leave out the dossier, but only as a whole. -#}
        {% set has_dossier = 'dossier' in built | map(attribute='tags') | sum(start=[]) %}
        {% for node in graph.nodes.values()
            if node.package_name == 'benefit_segments'
            and node.resource_type in ['model', 'seed', 'test']
            and (has_dossier or 'dossier' not in node.tags) and node.unique_id not in passed %}
            {% do failed.append(node.unique_id) %}
        {% endfor %}
        {% if not failed %}
            {% call statement(auto_begin=false) %}
                create schema last_build;
                create table last_build.relations (
                    run_id varchar, schema_name varchar, relation_name varchar
                );
                {%- for node in built %}
                insert into last_build.relations values (
                    '{{ invocation_id }}', {{ text_literal(node.schema) }}, {{ text_literal(node.alias) }}
                );
                {%- endfor %}
            {% endcall %}
        {% endif %}
    {% endif %}
{% endmacro %}
