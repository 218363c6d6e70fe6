{#- The tables of the dossier describe the previous model; the run builds or leaves them out. -#}
{% macro drop_dossier() %}
{% if execute and flags.WHICH in ['build', 'run']
    and 'model.benefit_segments.fit_segment_centroids' in selected_resources %}
    {% for node in graph.nodes.values()
        if node.package_name == 'benefit_segments'
        and node.resource_type == 'model' and 'dossier' in node.tags %}
        {% do drop_relation_if_exists(adapter.get_relation(node.database, node.schema, node.alias)) %}
    {% endfor %}
{% endif %}
{% endmacro %}
