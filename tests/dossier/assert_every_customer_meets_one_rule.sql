-- A case expression would hide rules that overlap, so each one is tried here.
with

customer_features as (

    select * from {{ ref('customer_features') }}

),

customer_rules as (

    select * from {{ ref('int_customer_rules') }}

),

tried as (

    select
        customer_id,
        0
        {%- for rule in read_segment_rules(ref('int_segment_rules')) %}
        + case
            when
                {{ rule.filled_predicate | replace(' and ', '\n                and ') }}
                then 1
            else 0
        end
        {%- endfor %} as met_rules

    from customer_features

)

select
    tried.customer_id,
    tried.met_rules,
    customer_rules.rule_segment_id

from tried

full outer join customer_rules
    on tried.customer_id = customer_rules.customer_id

where
    coalesce(tried.met_rules, 0) != 1
    or customer_rules.rule_segment_id is null
