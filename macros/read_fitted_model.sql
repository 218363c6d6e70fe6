{#-
{features: [{name, column_name, category, transform, lower_limit, upper_limit, fill_value, mean,
standard_deviation, weight}], components: [[weight per feature]], segments: [{id, coordinates}]}.
The segment before the first fit lets dbt compile on an empty warehouse. A plain number would be a
decimal, which DuckDB 1 does not always convert to the nearest double.
-#}
{% macro read_fitted_model(projection, centroids) %}
    {% if not execute or load_relation(centroids) is none %}
        {% do return({'features': [], 'components': [[]], 'segments': [{'id': 1, 'coordinates': ['0']}]}) %}
    {% endif %}
    {% set numbers = [] %}
    {% for number in ['lower_limit', 'upper_limit', 'fill_value', 'mean', 'standard_deviation', 'weight'] %}
        {% do numbers.append(double_literal(number) ~ ' as ' ~ number) %}
    {% endfor %}
    {% set features = fetch_rows('select distinct feature as name, column_name, category, transform, '
        ~ numbers | join(', ') ~ ' from ' ~ projection ~ ' where is_used order by feature') %}
    {% set fitted = {'features': features, 'components': [], 'segments': []} %}
    {% for row in run_query(
        'select component, string_agg(' ~ double_literal('component_weight') ~ ", ';' order by feature)"
        ~ ' from ' ~ projection ~ ' where component is not null group by component order by component'
    ) %}
        {% do fitted.components.append(row[1].split(';')) %}
    {% endfor %}
    {% for row in run_query(
        'select segment_id, string_agg(' ~ double_literal('coordinate') ~ ", ';' order by cast(axis as integer))"
        ~ ' from ' ~ centroids ~ " where space = 'component' group by segment_id order by segment_id"
    ) %}
        {% do fitted.segments.append({'id': row[0], 'coordinates': row[1].split(';')}) %}
    {% endfor %}
    {% do return(fitted) %}
{% endmacro %}


{#- SQL that writes SQL for the double in a column. -#}
{% macro double_literal(column) -%}
    'cast(''' || {{ column }} || ''' as double)'
{%- endmacro %}
