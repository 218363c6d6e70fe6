{#-
How models become tables and views, in place of dbt-duckdb's own ways. Those rename twice,
ask for the columns twice and write the comments apart, which takes more time than a small
model itself. Here the new table takes the place of the old one and gets its comments in one
statement; all of it happens or nothing. DuckDB has no grants, and no model an index.
Inside another project dbt keeps to dbt-duckdb's own ways; +persist_docs makes the same comments.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set new_relation = make_intermediate_relation(target_relation) -%}
    {#- A Python model that was interrupted leaves it behind. -#}
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


{#- A view in the place of a table to come, or the other way round. -#}
{% macro drop_relation_unless(target_relation) %}
    {% set existing_relation = load_cached_relation(target_relation) %}
    {% if existing_relation and existing_relation.type != target_relation.type %}
        {{ adapter.drop_relation(existing_relation) }}
    {% endif %}
{% endmacro %}


{#- The descriptions of a relation and its columns as SQL. A column that is not there is an error. -#}
{% macro comments(relation, model) %}
    comment on {{ relation.type }} {{ relation }} is {{ text_literal(model.description) }};
    {%- for column in model.columns.values() %}
    comment on column {{ relation }}.{{ adapter.quote(column.name) }} is {{ text_literal(column.description) }};
    {%- endfor %}
{% endmacro %}
