with

segment_statistics as (

    select * from {{ ref('int_segment_statistics') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

segment_benefits as (

    select * from {{ ref('int_segment_benefits') }}

),

balances as (

    select
        segment_id,
        sum(total_balance) as total_balance

    from segment_benefits

    group by segment_id

)

select
    segment_names.segment_id,
    segment_names.segment_name,
    segment_names.is_suggested_name,
    segment_names.is_small_segment,
    segment_names.description,
    segment_names.message,
    segment_statistics.customers,
    segment_statistics.customer_share,
    balances.total_balance,
    balances.total_balance / nullif(segment_statistics.customers, 0) as mean_balance,
    segment_statistics.within_ss,
    segment_statistics.cluster_radius,
    segment_statistics.separation,
    segment_statistics.jaccard_stability,
    segment_statistics.dissolved_share,
    segment_statistics.mean_assignment_confidence,
    segment_statistics.borderline_customers,
    segment_statistics.outlier_customers

from segment_names

inner join segment_statistics
    on segment_names.segment_id = segment_statistics.segment_id

left join balances
    on segment_names.segment_id = balances.segment_id
