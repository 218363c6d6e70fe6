{#-
The variants of the pipeline as text, for SQL that is unrolled over them: {features: [{name,
column_name, category, fill_value, lower_bound, upper_bound}], variants: [[{transform, cluster,
intercept, coefficients}]]}, in order. Both lists are empty before the first fit and when there are
no variants. Bounds are null when nothing is winsorised.
-#}
{% macro read_pipeline_variants(variants) %}
    {% if not execute or load_relation(variants) is none %}
        {% do return({'features': [], 'variants': []}) %}
    {% endif %}
    {% set features = fetch_rows(
        'select feature as name, any_value(column_name) as column_name,'
        ~ ' any_value(category) as category, cast(any_value(fill_value) as varchar) as fill_value,'
        ~ " coalesce(cast(max(lower_bound) as varchar), 'null') as lower_bound,"
        ~ " coalesce(cast(min(upper_bound) as varchar), 'null') as upper_bound"
        ~ ' from ' ~ variants ~ ' group by feature order by feature'
    ) %}
    {% set clusters = fetch_rows(
        'select variant, transform, cluster, cast(intercept as varchar) as intercept,'
        ~ " string_agg(cast(coefficient as varchar), ', ' order by feature) as coefficients"
        ~ ' from ' ~ variants ~ ' group by all order by variant, cluster'
    ) %}
    {% do return({
        'features': features,
        'variants': clusters | groupby('variant') | map(attribute='list') | list,
    }) %}
{% endmacro %}
