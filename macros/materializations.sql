{#-
How models become tables and views, instead of dbt-duckdb's materializations. Those rename twice,
query the columns twice and write the comments separately, which takes longer than a small model
itself. Here the new table replaces the old one and gets its comments in one transaction. DuckDB has
no grants, and no model has an index. Inside another project, dbt uses the materializations of
dbt-duckdb; +persist_docs writes the same comments.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set new_relation = make_intermediate_relation(target_relation) -%}
    {#- An interrupted Python model leaves this table behind. -#}
    {{ drop_relation_if_exists(load_cached_relation(new_relation)) }}
    {{ drop_relation_unless(target_relation) }}

    {{ run_hooks(pre_hooks) }}
    {% call statement('main', language=model.language) %}
        {{- create_table_as(false, new_relation, compiled_code, model.language) }}
    {%- endcall %}
    {% call statement('replace') %}
        drop table if exists {{ target_relation }};
        alter table {{ new_relation }} rename to {{ target_relation.identifier }};
        {{ comments(target_relation, model) }}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ drop_relation_unless(target_relation) }}

    {{ run_hooks(pre_hooks) }}
    {% call statement('main') %}
        drop view if exists {{ target_relation }};
        {{ create_view_as(target_relation, compiled_code) }}
        {{ comments(target_relation, model) }}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- A view with the name of a new table, or the other way round. -#}
{% macro drop_relation_unless(target_relation) %}
    {% set existing_relation = load_cached_relation(target_relation) %}
    {% if existing_relation and existing_relation.type != target_relation.type %}
        {{ adapter.drop_relation(existing_relation) }}
    {% endif %}
{% endmacro %}


{#- The descriptions of a relation and its columns as SQL. A missing column is an error. -#}
{% macro comments(relation, model) %}
    comment on {{ relation.type }} {{ relation }} is {{ text_literal(model.description) }};
    {%- for column in model.columns.values() %}
    comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ text_literal(column.description) }};
    {%- endfor %}
{% endmacro %}
