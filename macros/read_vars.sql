{#-
Every var of dbt_project.yml with its value in this run; dbt does not list them itself. Days
that were written without quotation marks become text.
-#}
{% macro read_vars() %}
    {% set values = {} %}
    {% for name in [
        'input_relations', 'customer_features_relation', 'latest_plausible_date',
        'max_rejected_share', 'as_of_date', 'observation_months', 'training_sample_size',
        'benefit_weighting', 'pca_components', 'segment_count', 'segment_count_reason',
        'max_segments', 'kmeans_restarts', 'stability_refits', 'stability_sample_size',
        'criteria_sample_size', 'gap_references', 'prediction_strength_splits', 'random_seed',
        'max_rules', 'borderline_confidence', 'outlier_distance', 'noteworthy_smd',
    ] %}
        {% set value = var(name) %}
        {% do values.update(
            {name: value if value is number or value is mapping else value | string}
        ) %}
    {% endfor %}
    {% do return(values) %}
{% endmacro %}
