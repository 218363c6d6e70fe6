{%- set read = read_pipeline_variants(ref('fit_pipeline_variants'), ref('feature_scalers')) -%}
with

variant_assignments as (

    select * from {{ ref('int_variant_assignments') }}

),

assignments as (

    select * from {{ ref('int_customer_assignments') }}

),

assigned as (

    select
        variant_assignments.*,
        assignments.segment_id

    from variant_assignments

    inner join assignments
        on variant_assignments.customer_id = assignments.customer_id

)

{% for variant in read.variants -%}
select
    {{ variant.variant }} as variant,
    segment_id,
    variant_{{ variant.variant }} as cluster,
    count(*) as customers

from assigned

group by
    segment_id,
    variant_{{ variant.variant }}
{{ 'union all' if not loop.last }}

{% else -%}
select
    cast(null as integer) as variant,
    segment_id,
    cast(null as integer) as cluster,
    cast(null as bigint) as customers

from assigned

where false
{% endfor %}
