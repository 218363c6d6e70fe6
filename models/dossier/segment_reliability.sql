with

customer_robustness as (

    select * from {{ ref('customer_robustness') }}

),

customer_rules as (

    select * from {{ ref('int_customer_rules') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

robustness as (

    select
        segment_id,
        count(*) as customers,
        avg(assignment_robustness) as mean_assignment_robustness,
        count(*) filter (where assignment_robustness >= 0.8) as robust_customers

    from customer_robustness

    group by segment_id

),

predicted as (

    select
        rule_segment_id as segment_id,
        count(*) as predicted_customers,
        count(*) filter (where segment_id = rule_segment_id) as agreeing_customers

    from customer_rules

    group by rule_segment_id

),

joined as (

    select
        segment_names.segment_id,
        segment_names.segment_name,
        segment_names.is_small_segment,
        coalesce(robustness.customers, 0) as customers,
        robustness.mean_assignment_robustness,
        coalesce(robustness.robust_customers, 0) as robust_customers,
        coalesce(predicted.predicted_customers, 0) as predicted_customers,
        coalesce(predicted.agreeing_customers, 0) as agreeing_customers

    from segment_names

    left join robustness
        on segment_names.segment_id = robustness.segment_id

    left join predicted
        on segment_names.segment_id = predicted.segment_id

)

select
    segment_id,
    segment_name,
    is_small_segment,
    customers,
    mean_assignment_robustness,
    robust_customers,
    predicted_customers,
    agreeing_customers,
    agreeing_customers / nullif(cast(predicted_customers as double), 0) as rule_precision,
    agreeing_customers / nullif(cast(customers as double), 0) as rule_recall,
    sum(agreeing_customers) over () / cast(sum(customers) over () as double) as rule_fidelity

from joined
