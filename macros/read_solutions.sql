{#-
The candidate solutions as text, for SQL that is unrolled over them: [{name, space, count,
centroids: [{cluster, coordinates, width}]}]. `relations` gives, by space, the table of the
centroids and its column for the axis. Before the first fit it is one segment at 0.
-#}
{% macro read_solutions(relations) %}
    {% set solutions = [] %}
    {% for space, (relation, axis) in relations.items() %}
        {% if not execute or load_relation(relation) is none %}
            {% do solutions.append({
                'name': space ~ '_1', 'space': space, 'count': 1,
                'centroids': [{'cluster': 1, 'coordinates': '0', 'width': 1}],
            }) %}
        {% else %}
            {% set rows = run_query(
                'select segment_count, cluster, count(*),'
                ~ " string_agg(cast(coordinate as varchar), ', ' order by " ~ axis ~ ')'
                ~ ' from ' ~ relation ~ ' group by all order by 1, 2'
            ) %}
            {% for count, centroids in rows | list | groupby(0) %}
                {% set solution = {
                    'name': space ~ '_' ~ count, 'space': space, 'count': count, 'centroids': [],
                } %}
                {% for row in centroids %}
                    {% do solution.centroids.append(
                        {'cluster': row[1], 'width': row[2], 'coordinates': row[3]}
                    ) %}
                {% endfor %}
                {% do solutions.append(solution) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {% do return(solutions) %}
{% endmacro %}
