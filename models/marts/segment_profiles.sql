with

customer_segments as (

    select * from {{ ref('customer_segments') }}

),

segment_radii as (

    select * from {{ ref('int_segment_radii') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

benefit_profiles as (

    select * from {{ ref('segment_benefit_profiles') }}

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
        avg(assignment_confidence) as mean_assignment_confidence,
        count(*) filter (where is_borderline) as borderline_customers,
        count(*) filter (where is_outlier) as outlier_customers

    from customer_segments

    group by segment_id

),

balances as (

    select
        segment_id,
        sum(total_balance) as total_balance

    from benefit_profiles

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

select
    segment_names.segment_id,
    segment_names.segment_name,
    segment_names.is_suggested_name,
    segment_names.description,
    segment_names.message,
    coalesce(sizes.customers, 0) as customers,
    coalesce(sizes.customers, 0) / cast(sum(sizes.customers) over () as double) as customer_share,
    balances.total_balance,
    balances.total_balance / sizes.customers as mean_balance,
    segment_radii.within_ss,
    segment_radii.cluster_radius,
    separations.separation,
    stability.jaccard_stability,
    stability.dissolved_share,
    sizes.mean_assignment_confidence,
    coalesce(sizes.borderline_customers, 0) as borderline_customers,
    coalesce(sizes.outlier_customers, 0) as outlier_customers

from segment_names

left join sizes
    on segment_names.segment_id = sizes.segment_id

left join segment_radii
    on segment_names.segment_id = segment_radii.segment_id

left join balances
    on segment_names.segment_id = balances.segment_id

left join separations
    on segment_names.segment_id = separations.segment_id

left join stability
    on segment_names.segment_id = stability.segment_id
