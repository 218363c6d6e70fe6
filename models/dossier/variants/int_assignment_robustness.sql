{%- set read = read_pipeline_variants(ref('fit_pipeline_variants'), ref('feature_scalers')) -%}
with

variant_assignments as (

    select * from {{ ref('int_variant_assignments') }}

),

assignments as (

    select * from {{ ref('int_customer_assignments') }}

),

model as (

    select * from {{ ref('int_model_fingerprint') }}

)

select
    assignments.customer_id,
    assignments.segment_id,
    assignments.distance_to_centroid,
    model.fingerprint,
    (
        0.0
        {%- for variant in read.variants %}
        + case assignments.segment_id
            {%- for cluster in variant.clusters %}
            {%- for segment_id in [cluster.segment_id, cluster.joined_segment_id]
                if segment_id is not none %}
            when {{ segment_id }}
                then
                    cast(
                        variant_assignments.variant_{{ variant.variant }}
                        = {{ cluster.cluster }} as integer
                    )
            {%- endfor %}
            {%- endfor %}
            else 0
        end
        {%- endfor %}
    ) / nullif({{ read.variants | length }}, 0) as assignment_robustness

from assignments

inner join variant_assignments
    on assignments.customer_id = variant_assignments.customer_id

cross join model
