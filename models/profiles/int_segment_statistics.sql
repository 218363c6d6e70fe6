with

assignments as (

    select * from {{ ref('int_customer_assignments') }}

),

centroids as (

    select * from {{ ref('segment_centroids') }}

),

stability as (

    select * from {{ ref('fit_segment_stability') }}

),

sizes as (

    select
        segment_id,
        count(*) as customers,
        sum(pow(distance_to_centroid, 2)) as within_ss,
        sqrt(avg(pow(distance_to_centroid, 2))) as cluster_radius,
        avg(assignment_confidence) as mean_assignment_confidence,
        count(*) filter (where is_borderline) as borderline_customers,
        count(*) filter (where is_outlier) as outlier_customers

    from assignments

    group by segment_id

),

distances as (

    select
        own.segment_id,
        other.segment_id as other_segment_id,
        sqrt(sum(pow(own.coordinate - other.coordinate, 2))) as distance

    from centroids as own

    inner join centroids as other
        on
            own.component = other.component
            and own.segment_id != other.segment_id

    group by
        own.segment_id,
        other.segment_id

),

separations as (

    select
        segment_id,
        min(distance) as separation

    from distances

    group by segment_id

)

-- A segment of the model stays in the table when no customer is nearest to it.
select
    cast(stability.segment_id as integer) as segment_id,
    coalesce(sizes.customers, 0) as customers,
    coalesce(sizes.customers, 0) / cast(sum(sizes.customers) over () as double) as customer_share,
    coalesce(customer_share < {{ var('smallest_segment_share') }}, false) as is_small_segment,
    sizes.within_ss,
    sizes.cluster_radius,
    separations.separation,
    stability.jaccard_stability,
    stability.dissolved_share,
    sizes.mean_assignment_confidence,
    coalesce(sizes.borderline_customers, 0) as borderline_customers,
    coalesce(sizes.outlier_customers, 0) as outlier_customers

from stability

left join sizes
    on stability.segment_id = sizes.segment_id

left join separations
    on stability.segment_id = separations.segment_id
