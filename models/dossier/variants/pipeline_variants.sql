with

variants as (

    select distinct
        variant,
        transform,
        has_components,
        segment_count,
        random_seed,
        cluster,
        segment_id,
        joined_segment_id

    from {{ ref('fit_pipeline_variants') }}

),

variant_assignments as (

    select
        segment_id,
        unnest(clusters) as cluster,
        generate_subscripts(clusters, 1) as variant

    from {{ ref('int_variant_assignments') }}

),

agreements as (

    select
        variant,
        segment_id,
        cluster,
        count(*) as customers

    from variant_assignments

    group by
        variant,
        segment_id,
        cluster

),

-- Pairs of customers: together in both, in the segments, in the clusters.
pairs_in_both as (

    select
        variant,
        sum(customers * (customers - 1.0) / 2) as pairs,
        sum(customers) as customers

    from agreements

    group by variant

),

segment_sizes as (

    select
        variant,
        segment_id,
        sum(customers) as customers

    from agreements

    group by
        variant,
        segment_id

),

pairs_in_segments as (

    select
        variant,
        sum(customers * (customers - 1.0) / 2) as pairs

    from segment_sizes

    group by variant

),

cluster_sizes as (

    select
        variant,
        cluster,
        sum(customers) as customers

    from agreements

    group by
        variant,
        cluster

),

pairs_in_clusters as (

    select
        variant,
        sum(customers * (customers - 1.0) / 2) as pairs

    from cluster_sizes

    group by variant

),

expected as (

    select
        pairs_in_both.variant,
        pairs_in_both.pairs,
        pairs_in_both.customers,
        (pairs_in_segments.pairs + pairs_in_clusters.pairs) / 2 as most_pairs,
        pairs_in_segments.pairs * pairs_in_clusters.pairs
        / nullif(pairs_in_both.customers * (pairs_in_both.customers - 1.0) / 2, 0)
            as expected_pairs

    from pairs_in_both

    inner join pairs_in_segments
        on pairs_in_both.variant = pairs_in_segments.variant

    inner join pairs_in_clusters
        on pairs_in_both.variant = pairs_in_clusters.variant

),

stayed as (

    select
        agreements.variant,
        sum(agreements.customers) as customers

    from agreements

    inner join variants
        on
            agreements.variant = variants.variant
            and agreements.cluster = variants.cluster
            and agreements.segment_id in (variants.segment_id, variants.joined_segment_id)

    group by agreements.variant

),

settings as (

    select distinct
        variant,
        transform,
        has_components,
        segment_count,
        random_seed

    from variants

)

select
    cast(settings.variant as integer) as variant,
    settings.transform,
    settings.has_components,
    cast(settings.segment_count as integer) as segment_count,
    cast(settings.random_seed as bigint) as random_seed,
    coalesce(
        (expected.pairs - expected.expected_pairs)
        / nullif(expected.most_pairs - expected.expected_pairs, 0),
        1
    ) as adjusted_rand_index,
    coalesce(stayed.customers, 0) / cast(expected.customers as double)
        as share_of_customers_who_stay

from settings

inner join expected
    on settings.variant = expected.variant

left join stayed
    on settings.variant = stayed.variant
