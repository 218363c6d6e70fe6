{#-
From model_parameters: {features: [{name, column_name, category, transform, lower_limit,
upper_limit, fill_value, mean, standard_deviation, weight}], components: [[weight per feature]],
segments: [{id, coordinates}]}. The segment before the first fit lets dbt compile on an empty
warehouse. A plain number would be a decimal, which DuckDB 1 does not always convert to the nearest
double.
-#}
{% macro read_fitted_model(parameters) %}
    {% if not execute or load_relation(parameters) is none %}
        {% do return({'features': [], 'components': [[]], 'segments': [{'id': 1, 'coordinates': ['0']}]}) %}
    {% endif %}
    {% set columns, literal = [], double_literal('value') %}
    {% for text in ['column_name', 'category', 'transform'] %}
        {% do columns.append("max(text_value) filter (where parameter = '" ~ text ~ "') as " ~ text) %}
    {% endfor %}
    {% for number in ['lower_limit', 'upper_limit', 'fill_value', 'mean', 'standard_deviation', 'weight'] %}
        {% do columns.append('max(' ~ literal ~ ") filter (where parameter = '" ~ number ~ "') as " ~ number) %}
    {% endfor %}
    {% set features = fetch_rows('select feature as name, ' ~ columns | join(', ') ~ ' from ' ~ parameters
        ~ ' where feature is not null and component is null group by feature order by feature') %}
    {% set fitted = {'features': features, 'components': [], 'segments': []} %}
    {% for row in run_query('select component, string_agg(' ~ literal ~ ", ';' order by feature) from " ~ parameters
        ~ " where parameter = 'component_weight' group by component order by component") %}
        {% do fitted.components.append(row[1].split(';')) %}
    {% endfor %}
    {% for row in run_query('select segment_id, string_agg(' ~ literal ~ ", ';' order by component) from " ~ parameters
        ~ " where parameter = 'coordinate' group by segment_id order by segment_id") %}
        {% do fitted.segments.append({'id': row[0], 'coordinates': row[1].split(';')}) %}
    {% endfor %}
    {% do return(fitted) %}
{% endmacro %}


{#- SQL that writes SQL for the double in a column. -#}
{% macro double_literal(column) -%}
    'cast(''' || {{ column }} || ''' as double)'
{%- endmacro %}
