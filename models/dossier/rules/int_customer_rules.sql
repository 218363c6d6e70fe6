with

customer_features as (

    select * from {{ ref('customer_features') }}

),

assignments as (

    select * from {{ ref('int_customer_assignments') }}

),

segment_rules as (

    select * from {{ ref('int_segment_rules') }}

),

ruled as (

    select
        customer_id,
        case
            {%- for rule in read_segment_rules(ref('int_segment_rules')) %}
            when
                {{ rule.filled_predicate }}
                then {{ rule.rule_id }}
            {%- endfor %}
        end as rule_id

    from customer_features

)

select
    assignments.customer_id,
    assignments.segment_id,
    ruled.rule_id,
    segment_rules.segment_id as rule_segment_id

from assignments

left join ruled
    on assignments.customer_id = ruled.customer_id

left join segment_rules
    on ruled.rule_id = segment_rules.rule_id
