{#-
The variants of the pipeline as text, for SQL that is unrolled over them: {features: [{name,
fill_value, lower_bound, upper_bound}], variants: [{transform, clusters: [{cluster, intercept,
coefficients}]}]}, in the order of their numbers. Both lists are empty before the first fit and
where there are no variants. Bounds are null where nothing is winsorised.
-#}
{% macro read_pipeline_variants(variants) %}
    {% set read = {'features': [], 'variants': []} %}
    {% if not execute or load_relation(variants) is none %}{% do return(read) %}{% endif %}
    {% for row in run_query(
        'select feature as name, cast(any_value(fill_value) as varchar) as fill_value,'
        ~ " coalesce(cast(max(lower_bound) as varchar), 'null') as lower_bound,"
        ~ " coalesce(cast(min(upper_bound) as varchar), 'null') as upper_bound"
        ~ ' from ' ~ variants ~ ' group by feature order by feature'
    ) %}
        {% do read.features.append(row.dict()) %}
    {% endfor %}
    {% set clusters = run_query(
        'select variant, transform, cluster, cast(intercept as varchar) as intercept,'
        ~ " string_agg(cast(coefficient as varchar), ', ' order by feature) as coefficients"
        ~ ' from ' ~ variants ~ ' group by all order by variant, cluster'
    ) %}
    {% for variant, rows in clusters | list | groupby(0) %}
        {% do read.variants.append({'transform': rows[0][1], 'clusters': rows}) %}
    {% endfor %}
    {% do return(read) %}
{% endmacro %}
