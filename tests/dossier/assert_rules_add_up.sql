-- The rules cover every customer once, and their sums per segment equal segment_reliability.
with

segment_rules as (

    select * from {{ ref('segment_rules') }}

),

reliability as (

    select * from {{ ref('segment_reliability') }}

),

rules as (

    select
        segment_id,
        sum(customers) as customers,
        sum(rule_precision * customers) as agreeing_customers,
        sum(rule_recall) as rule_recall

    from segment_rules

    group by segment_id

),

coverage as (

    select sum(rule_coverage) as rule_coverage

    from segment_rules

)

select
    reliability.segment_id,
    reliability.predicted_customers,
    reliability.agreeing_customers,
    reliability.rule_recall,
    coverage.rule_coverage

from reliability

cross join coverage

left join rules
    on reliability.segment_id = rules.segment_id

where
    not abs(coverage.rule_coverage - 1) <= 1e-9
    or coalesce(rules.customers, 0) != reliability.predicted_customers
    or not abs(coalesce(rules.agreeing_customers, 0) - reliability.agreeing_customers) <= 1e-6
    or not abs(coalesce(rules.rule_recall, 0) - reliability.rule_recall) <= 1e-9
