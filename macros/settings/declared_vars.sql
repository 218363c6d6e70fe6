{#- The list of vars in models/marts/_build_info.yml, by name; empty while dbt parses. -#}
{% macro declared_vars() %}
    {% do return(
        graph.nodes['model.benefit_segments.build_info'].columns.vars.config.meta if execute else {}
    ) %}
{% endmacro %}
