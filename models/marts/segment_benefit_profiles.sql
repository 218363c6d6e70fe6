with

segment_benefits as (

    select * from {{ ref('int_segment_benefits') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

)

select
    segment_benefits.segment_id,
    segment_names.segment_name,
    segment_names.is_small_segment,
    segment_benefits.benefit,
    segment_benefits.customers,
    segment_benefits.holders,
    segment_benefits.penetration,
    segment_benefits.penetration_index,
    segment_benefits.total_balance,
    segment_benefits.mean_balance_per_holder,
    segment_benefits.white_space,
    segment_benefits.bcss_share,
    segment_benefits.segment_bcss_share

from segment_benefits

inner join segment_names
    on segment_benefits.segment_id = segment_names.segment_id
