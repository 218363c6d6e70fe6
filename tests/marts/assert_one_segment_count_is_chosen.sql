-- One number is chosen, with a reason, and the marts have that many segments.
with

chosen as (

    select
        count(*) as chosen_counts,
        max(segment_count) as segment_count

    from {{ ref('wcss_curve') }}

    where
        is_chosen
        and reason is not null

),

segments as (

    select count(*) as segment_count

    from {{ ref('segment_profiles') }}

)

select
    chosen.chosen_counts,
    chosen.segment_count,
    segments.segment_count as profiled_segments

from chosen

cross join segments

where
    chosen.chosen_counts != 1
    or chosen.segment_count != segments.segment_count
