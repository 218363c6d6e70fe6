with

segmented_customers as (

    select * from {{ ref('int_segmented_customers') }}

),

segment_rules as (

    select * from {{ ref('int_segment_rules') }}

),

ruled as (

    select
        customer_id,
        segment_id,
        case
            {%- for rule in read_segment_rules(ref('int_segment_rules')) %}
            when
                {{ rule.filled_predicate }}
                then {{ rule.rule_id }}
            {%- endfor %}
        end as rule_id

    from segmented_customers

)

select
    ruled.customer_id,
    ruled.segment_id,
    ruled.rule_id,
    segment_rules.segment_id as rule_segment_id

from ruled

left join segment_rules
    on ruled.rule_id = segment_rules.rule_id
