{#-
The fitted parameters as text with all their digits, for SQL that is unrolled over them:
{features: [{name, transform, fill_value, mean, standard_deviation, weight}],
components: [[weight per feature]], segments: [{id, coordinates}]}. Before the first fit
it is a single segment, so that dbt compile works on an empty warehouse.
-#}
{% macro read_fitted_model(scalers, components, centroids) %}
    {% set fitted = {'features': [], 'components': [], 'segments': []} %}
    {% if not execute or load_relation(centroids) is none %}
        {% do return({'features': [], 'components': [[]], 'segments': [{'id': 1, 'coordinates': ['0']}]}) %}
    {% endif %}
    {% for row in run_query(
        'select feature, transform, cast(fill_value as varchar), cast(mean as varchar),'
        ~ ' cast(standard_deviation as varchar), cast(weight as varchar)'
        ~ ' from ' ~ scalers ~ ' where is_used order by feature'
    ) %}
        {% do fitted.features.append({
            'name': row[0], 'transform': row[1], 'fill_value': row[2], 'mean': row[3],
            'standard_deviation': row[4], 'weight': row[5],
        }) %}
    {% endfor %}
    {% for row in run_query(
        "select component, string_agg(cast(weight as varchar), ' ' order by feature)"
        ~ ' from ' ~ components ~ ' group by component order by component'
    ) %}
        {% do fitted.components.append(row[1].split(' ')) %}
    {% endfor %}
    {% for row in run_query(
        "select segment_id, string_agg(cast(coordinate as varchar), ' ' order by component)"
        ~ ' from ' ~ centroids ~ ' group by segment_id order by segment_id'
    ) %}
        {% do fitted.segments.append({'id': row[0], 'coordinates': row[1].split(' ')}) %}
    {% endfor %}
    {% do return(fitted) %}
{% endmacro %}
