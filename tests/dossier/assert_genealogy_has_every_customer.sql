-- No customer is lost from one solution to the next, and the chosen solution is the model.
with

candidates as (

    select distinct segment_count from {{ ref('fit_candidate_centroids') }}

),

customer_features as (

    select count(*) as customers from {{ ref('customer_features') }}

),

genealogy as (

    select * from {{ ref('segment_genealogy') }}

),

segment_profiles as (

    select * from {{ ref('segment_profiles') }}

),

problems as (

    select
        'customers who go on to ' || candidates.segment_count || ' segments' as problem,
        coalesce(sum(genealogy.customers), 0) as customers,
        max(customer_features.customers) as expected_customers

    from candidates

    cross join customer_features

    left join genealogy
        on candidates.segment_count = genealogy.next_segment_count

    where candidates.segment_count > 1

    group by candidates.segment_count

    union all

    select
        'customers who leave segment ' || genealogy.segment_id as problem,
        sum(genealogy.customers) as customers,
        max(segment_profiles.customers) as expected_customers

    from genealogy

    inner join segment_profiles
        on genealogy.segment_id = segment_profiles.segment_id

    group by genealogy.segment_id

)

select *

from problems

where customers != expected_customers
