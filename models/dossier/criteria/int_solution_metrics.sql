with

clusters as (

    select * from {{ ref('int_solution_clusters') }}

),

pca_centroids as (

    select * from {{ ref('fit_candidate_centroids') }}

),

scaled_centroids as (

    select * from {{ ref('fit_scaled_candidate_centroids') }}

),

centroids as (

    select
        'pca' as space,
        segment_count,
        cluster,
        component as axis,
        coordinate

    from pca_centroids

    union all

    select
        'scaled' as space,
        segment_count,
        cluster,
        axis,
        coordinate

    from scaled_centroids

),

separations as (

    select
        own.space,
        own.segment_count,
        own.cluster,
        other.cluster as other_cluster,
        sqrt(sum(pow(own.coordinate - other.coordinate, 2))) as separation

    from centroids as own

    inner join centroids as other
        on
            own.space = other.space
            and own.segment_count = other.segment_count
            and own.axis = other.axis
            and own.cluster != other.cluster

    group by
        own.space,
        own.segment_count,
        own.cluster,
        other.cluster

),

-- The most similar other cluster counts.
similarities as (

    select
        own.space,
        own.segment_count,
        own.cluster,
        max((own.mean_distance + other.mean_distance) / nullif(separations.separation, 0))
            as similarity

    from clusters as own

    inner join separations
        on
            own.space = separations.space
            and own.segment_count = separations.segment_count
            and own.cluster = separations.cluster

    inner join clusters as other
        on
            separations.space = other.space
            and separations.segment_count = other.segment_count
            and separations.other_cluster = other.cluster

    group by
        own.space,
        own.segment_count,
        own.cluster

),

davies_bouldin as (

    select
        space,
        segment_count,
        avg(similarity) as davies_bouldin

    from similarities

    group by
        space,
        segment_count

),

summed as (

    select
        space,
        segment_count,
        sum(customers) as customers,
        sum(within_ss) as within_ss,
        sum(sum_of_confidence) / sum(customers) as simplified_silhouette_avg,
        min(customers) / cast(sum(customers) as double) as min_segment_share

    from clusters

    group by
        space,
        segment_count

),

compared as (

    select
        *,
        first_value(within_ss) over (partition by space order by segment_count) as total_ss

    from summed

)

select
    compared.space,
    compared.segment_count,
    compared.customers,
    compared.simplified_silhouette_avg,
    compared.min_segment_share,
    davies_bouldin.davies_bouldin,
    (compared.total_ss - compared.within_ss) / nullif(compared.segment_count - 1, 0)
    / case
        -- With a centroid on every distinct customer only rounding is left.
        when compared.within_ss > 1e-12 * compared.total_ss
            then compared.within_ss / nullif(compared.customers - compared.segment_count, 0)
    end as calinski_harabasz

from compared

left join davies_bouldin
    on
        compared.space = davies_bouldin.space
        and compared.segment_count = davies_bouldin.segment_count
