with

variant_assignments as (

    select * from {{ ref('int_variant_assignments') }}

),

clusters as (

    select distinct
        variant,
        cluster,
        segment_id,
        joined_segment_id

    from {{ ref('fit_pipeline_variants') }}

),

-- In each variant, a segment continues in one cluster or in none.
continued as (

    select
        cast(variant as bigint) as variant,
        cast(cluster as integer) as cluster,
        cast(unnest([segment_id, joined_segment_id]) as integer) as segment_id

    from clusters

),

staying as (

    select
        segment_id,
        list(row(cluster, variant)) as clusters

    from continued

    where segment_id is not null

    group by segment_id

)

select
    variant_assignments.customer_id,
    variant_assignments.segment_id,
    len(
        list_intersect(
            list_zip(
                variant_assignments.clusters, range(1, len(variant_assignments.clusters) + 1)
            ),
            staying.clusters
        )
    ) / cast(nullif(len(variant_assignments.clusters), 0) as double) as assignment_robustness

from variant_assignments

left join staying
    on variant_assignments.segment_id = staying.segment_id
