{#-
The candidate solutions with all their digits, for SQL that is unrolled over them:
[{count, centroids: [{cluster, coordinates}]}]. Before the first fit it is one segment at 0,
so that dbt compile works on an empty warehouse.
-#}
{% macro read_solutions(candidates) %}
    {% if not execute or load_relation(candidates) is none %}
        {% set origin = {'cluster': 1, 'coordinates': "cast('0' as double)"} %}
        {% do return([{'count': 1, 'centroids': [origin]}]) %}
    {% endif %}
    {% set rows = run_query(
        'select segment_count, cluster, string_agg(' ~ double_literal('coordinate')
        ~ ", ', ' order by component)"
        ~ ' from ' ~ candidates ~ ' group by segment_count, cluster order by 1, 2'
    ) %}
    {% set solutions = [] %}
    {% for count, centroids in rows | list | groupby(0) %}
        {% set solution = {'count': count, 'centroids': []} %}
        {% for row in centroids %}
            {% do solution.centroids.append({'cluster': row[1], 'coordinates': row[2]}) %}
        {% endfor %}
        {% do solutions.append(solution) %}
    {% endfor %}
    {% do return(solutions) %}
{% endmacro %}
