with

customer_rules as (

    select * from {{ ref('int_customer_rules') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

counted as (

    select
        segment_id,
        rule_segment_id,
        count(*) as customers

    from customer_rules

    group by
        segment_id,
        rule_segment_id

),

measured as (

    select
        segment_names.segment_id,
        segment_names.segment_name,
        coalesce(
            sum(counted.customers) filter (where counted.segment_id = segment_names.segment_id), 0
        ) as customers,
        coalesce(
            sum(counted.customers)
            filter (where counted.rule_segment_id = segment_names.segment_id),
            0
        ) as ruled_customers,
        coalesce(
            sum(counted.customers) filter (
                where
                counted.segment_id = segment_names.segment_id
                and counted.rule_segment_id = segment_names.segment_id
            ),
            0
        ) as agreeing_customers

    from segment_names

    -- One row per segment and segment that the rules say: few.
    cross join counted

    group by
        segment_names.segment_id,
        segment_names.segment_name

)

select
    segment_id,
    segment_name,
    cast(customers as bigint) as customers,
    cast(ruled_customers as bigint) as ruled_customers,
    cast(agreeing_customers as bigint) as agreeing_customers,
    agreeing_customers / nullif(cast(ruled_customers as double), 0) as rule_precision,
    agreeing_customers / nullif(cast(customers as double), 0) as rule_recall,
    sum(agreeing_customers) over () / cast(sum(customers) over () as double) as rule_fidelity

from measured
