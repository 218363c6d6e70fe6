{%- set features = list_features() | rejectattr('unit', 'equalto', 'category')
    | map(attribute='name') | list -%}
with

segmented_customers as (

    select * from {{ ref('int_segmented_customers') }}

),

extreme_limits as (

    select * from {{ ref('int_extreme_limits') }}

),

-- One row, so that all customers are compared in one pass. Without a limit nothing is beyond it.
limits as (

    select
        {%- for feature in features %}
        coalesce(max(lower_limit) filter (where feature = '{{ feature }}'), '-infinity')
            as {{ feature }}_from,
        coalesce(max(upper_limit) filter (where feature = '{{ feature }}'), 'infinity')
            as {{ feature }}_to,
        {%- endfor %}
        count(*) as features

    from extreme_limits

),

-- A feature is null here unless the value of the customer is extreme; zeros never are.
beyond as (

    select
        segmented_customers.customer_id,
        segmented_customers.segment_id,
        [
            {%- for feature in features %}
            case
                when segmented_customers.{{ feature }} = 0 then null
                when
                    segmented_customers.{{ feature }} < limits.{{ feature }}_from
                    or segmented_customers.{{ feature }} > limits.{{ feature }}_to
                    then '{{ feature }}'
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ] as extremes

    from segmented_customers

    cross join limits

    where
        false
        {%- for feature in features %}
        or segmented_customers.{{ feature }} < limits.{{ feature }}_from
        or segmented_customers.{{ feature }} > limits.{{ feature }}_to
        {%- endfor %}

),

listed as (

    select
        customer_id,
        segment_id,
        unnest(cast(extremes as varchar[])) as feature

    from beyond

)

select
    segment_id,
    feature,
    count(*) as extreme_customers,
    min(customer_id) as example_customer_id

from listed

where feature is not null

group by
    segment_id,
    feature
