-- The rules share out all customers, and those of one segment amount to what
-- segment_rule_fidelity says of it.
with

segment_rules as (

    select * from {{ ref('segment_rules') }}

),

fidelity as (

    select * from {{ ref('segment_rule_fidelity') }}

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
    fidelity.segment_id,
    fidelity.ruled_customers,
    fidelity.agreeing_customers,
    fidelity.rule_recall,
    coverage.rule_coverage

from fidelity

cross join coverage

left join rules
    on fidelity.segment_id = rules.segment_id

where
    not abs(coverage.rule_coverage - 1) <= 1e-9
    or coalesce(rules.customers, 0) != fidelity.ruled_customers
    or not abs(coalesce(rules.agreeing_customers, 0) - fidelity.agreeing_customers) <= 1e-6
    or not abs(coalesce(rules.rule_recall, 0) - fidelity.rule_recall) <= 1e-9
