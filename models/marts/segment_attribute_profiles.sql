{%- set described = list_features(['clustering', 'profiling']) -%}
{%- set attributes = described | selectattr('unit', 'equalto', 'category') | list -%}
with

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

segmented_customers as (

    select * from {{ ref('int_segmented_customers') }}

),

counted as (

    {% for attribute in attributes -%}
    select
        segment_id,
        '{{ attribute.name }}' as attribute,
        '{{ attribute.label | replace("'", "''") }}' as label,
        coalesce({{ attribute.name }}, 'unknown') as category,
        {{ attribute.name }} is not null as is_known,
        count(*) as customers

    from segmented_customers

    group by
        segment_id,
        {{ attribute.name }}
    {{ 'union all' if not loop.last }}

    {% else %}
    select
        cast(null as integer) as segment_id,
        cast(null as varchar) as attribute,
        cast(null as varchar) as label,
        cast(null as varchar) as category,
        cast(null as boolean) as is_known,
        cast(null as bigint) as customers

    where false
    {% endfor %}
),

categories as (

    select distinct
        attribute,
        label,
        category,
        is_known

    from counted

),

-- A category that is absent from a segment is a finding too, so every segment lists them all.
crossed as (

    select
        segment_names.segment_id,
        segment_names.segment_name,
        segment_names.is_small_segment,
        categories.attribute,
        categories.label,
        categories.category,
        categories.is_known,
        coalesce(counted.customers, 0) as customers

    from segment_names

    cross join categories

    left join counted
        on
            segment_names.segment_id = counted.segment_id
            and categories.attribute = counted.attribute
            and categories.category = counted.category
            and categories.is_known = counted.is_known

),

totalled as (

    select
        *,
        cast(sum(customers) over (partition by segment_id, attribute) as double)
            as segment_customers,
        cast(sum(customers) over (partition by attribute, category, is_known) as double)
            as category_customers,
        cast(sum(customers) over (partition by attribute) as double) as all_customers

    from crossed

),

-- Expected if the segments did not differ in the attribute.
expected as (

    select
        *,
        segment_customers * category_customers / all_customers as expected_customers

    from totalled

),

compared as (

    select
        *,
        (customers - expected_customers) / sqrt(nullif(expected_customers, 0)) as pearson_residual

    from expected

),

-- Corrected for bias (Bergsma 2013): when segment and attribute are independent, chance alone makes
-- the uncorrected value larger than 0.
tables as (

    select
        attribute,
        sum(pow(customers - expected_customers, 2) / nullif(expected_customers, 0))
        / max(all_customers) as phi_squared,
        count(distinct segment_id) filter (where segment_customers > 0) - 1 as further_segments,
        count(distinct (category, is_known)) - 1 as further_categories,
        max(all_customers) - 1 as further_customers

    from compared

    group by attribute

),

associations as (

    select
        attribute,
        sqrt(
            greatest(phi_squared - further_segments * further_categories / further_customers, 0)
            / least(
                further_segments - pow(further_segments, 2) / further_customers,
                further_categories - pow(further_categories, 2) / further_customers
            )
        ) as cramers_v

    from tables

    where
        further_segments > 0
        and further_categories > 0
        -- With one segment or one category per customer, there is nothing to compare.
        and greatest(further_segments, further_categories) < further_customers

)

select
    compared.segment_id,
    compared.segment_name,
    compared.is_small_segment,
    compared.attribute,
    compared.label,
    compared.category,
    compared.is_known,
    compared.customers,
    compared.customers / nullif(compared.segment_customers, 0) as segment_share,
    compared.category_customers / compared.all_customers as average_share,
    100 * compared.customers * compared.all_customers
    / nullif(compared.segment_customers * compared.category_customers, 0) as index_vs_average,
    compared.pearson_residual,
    associations.cramers_v

from compared

left join associations
    on compared.attribute = associations.attribute
