-- Every mart counts the same customers.
with

counted as (

    select
        segment_id,
        count(*) as customers,
        count(*) filter (where is_outlier) as outliers

    from {{ ref('customer_segments') }}

    group by segment_id

),

segment_profiles as (

    select * from {{ ref('segment_profiles') }}

),

segment_benefit_profiles as (

    select * from {{ ref('segment_benefit_profiles') }}

)

select
    segment_profiles.segment_id,
    segment_profiles.customers

from segment_profiles

left join counted
    on segment_profiles.segment_id = counted.segment_id

left join segment_benefit_profiles
    on segment_profiles.segment_id = segment_benefit_profiles.segment_id

where
    segment_profiles.customers != coalesce(counted.customers, 0)
    or segment_profiles.outlier_customers != coalesce(counted.outliers, 0)
    or segment_benefit_profiles.customers != segment_profiles.customers
    or segment_benefit_profiles.holders + segment_benefit_profiles.white_space
    != segment_benefit_profiles.customers
    or (segment_benefit_profiles.white_space is null)
    != (segment_benefit_profiles.penetration_index is null)
