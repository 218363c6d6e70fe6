-- No customer is lost between the solutions, and the chosen one is the model.
with

clusters as (

    select * from {{ ref('int_solution_clusters') }}

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
        'customers of ' || clusters.space || ', ' || clusters.segment_count || ' segments'
            as problem,
        sum(clusters.customers) as customers,
        max(customer_features.customers) as expected_customers

    from clusters

    cross join customer_features

    group by
        clusters.space,
        clusters.segment_count

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
