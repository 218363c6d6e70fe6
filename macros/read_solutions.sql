{#-
One list of {segment_count, cluster, coordinates} per number of segments. One segment at 0 before the
first fit lets dbt compile on an empty warehouse.
-#}
{% macro read_solutions(candidates) %}
    {% if not execute or load_relation(candidates) is none %}
        {% do return([[{'segment_count': 1, 'cluster': 1, 'coordinates': "cast('0' as double)"}]]) %}
    {% endif %}
    {% do return(fetch_rows(
        'select segment_count, cluster,'
        ~ ' string_agg(' ~ double_literal('coordinate') ~ ", ', ' order by component) as coordinates"
        ~ ' from ' ~ candidates ~ ' group by segment_count, cluster order by 1, 2'
    ) | groupby('segment_count') | map(attribute='list') | list) %}
{% endmacro %}
