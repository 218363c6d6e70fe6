{#-
The variants of the pipeline as text, for SQL that is unrolled over them: {features: [{name,
fill_value, lower_bound, upper_bound}], variants: [{variant, transform, clusters: [{cluster,
segment_id, joined_segment_id, intercept, coefficients}]}]}. Both lists are empty before the
first fit and where there are no variants. Bounds are null where nothing is winsorised.
-#}
{% macro read_pipeline_variants(variants, scalers) %}
    {% set read = {'features': [], 'variants': []} %}
    {% if not execute or load_relation(variants) is none %}{% do return(read) %}{% endif %}
    {% for row in run_query(
        'select variants.feature, cast(any_value(scalers.fill_value) as varchar),'
        ~ " coalesce(cast(max(variants.lower_bound) as varchar), 'null'),"
        ~ " coalesce(cast(min(variants.upper_bound) as varchar), 'null')"
        ~ ' from ' ~ variants ~ ' as variants'
        ~ ' inner join ' ~ scalers ~ ' as scalers on variants.feature = scalers.feature'
        ~ ' group by variants.feature order by variants.feature'
    ) %}
        {% do read.features.append({
            'name': row[0], 'fill_value': row[1], 'lower_bound': row[2], 'upper_bound': row[3],
        }) %}
    {% endfor %}
    {% set rows = run_query(
        'select variant, transform, cluster, cast(segment_id as integer),'
        ~ ' cast(joined_segment_id as integer), cast(intercept as varchar),'
        ~ " string_agg(cast(coefficient as varchar), ', ' order by feature)"
        ~ ' from ' ~ variants ~ ' group by all order by variant, cluster'
    ) %}
    {% for variant, clusters in rows | list | groupby(0) %}
        {% set found = {'variant': variant, 'transform': clusters[0][1], 'clusters': []} %}
        {% for row in clusters %}
            {% do found.clusters.append({
                'cluster': row[2], 'segment_id': row[3], 'joined_segment_id': row[4],
                'intercept': row[5], 'coefficients': row[6],
            }) %}
        {% endfor %}
        {% do read.variants.append(found) %}
    {% endfor %}
    {% do return(read) %}
{% endmacro %}
