with

segment_rules as (

    select * from {{ ref('int_segment_rules') }}

),

customer_rules as (

    select * from {{ ref('int_customer_rules') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

counted as (

    select
        rule_id,
        count(*) as customers,
        count(*) filter (where segment_id = rule_segment_id) as agreeing_customers

    from customer_rules

    group by rule_id

),

sizes as (

    select
        segment_id,
        count(*) as customers,
        sum(count(*)) over () as all_customers

    from customer_rules

    group by segment_id

)

select
    segment_rules.rule_id,
    segment_rules.segment_id,
    segment_names.segment_name,
    segment_names.is_small_segment,
    segment_rules.predicate,
    coalesce('Of the customers with ' || segment_rules.words, 'Of all customers') || ', '
    || cast(floor(100 * counted.agreeing_customers / counted.customers) as integer)
    || '% are in the segment "' || segment_names.segment_name || '".' as sentence,
    counted.customers,
    counted.agreeing_customers / cast(counted.customers as double) as rule_precision,
    counted.agreeing_customers / cast(sizes.customers as double) as rule_recall,
    counted.customers / cast(sizes.all_customers as double) as rule_coverage

from segment_rules

inner join counted
    on segment_rules.rule_id = counted.rule_id

inner join sizes
    on segment_rules.segment_id = sizes.segment_id

inner join segment_names
    on segment_rules.segment_id = segment_names.segment_id
