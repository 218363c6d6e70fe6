with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

paired as (

    select
        own.segment_id,
        other.segment_id as other_segment_id,
        own.feature,
        own.benefit,
        own.label,
        own.unit,
        own.role,
        own.mean,
        other.mean as other_mean,
        own.median,
        other.median as other_median,
        own.share_non_zero,
        other.share_non_zero as other_share_non_zero,
        own.model_mean - other.model_mean as mean_difference,
        sqrt((own.model_variance + other.model_variance) / 2) as standard_deviation,
        greatest(abs(own.model_mean), abs(other.model_mean)) as magnitude

    from differences as own

    inner join differences as other
        on
            own.feature = other.feature
            and own.segment_id != other.segment_id

),

compared as (

    select
        *,
        {{ standardized_difference('mean_difference', 'standard_deviation', 'magnitude') }}
            as smd_vs_other,
        {{ is_beyond_measure('mean_difference', 'standard_deviation', 'magnitude') }}
            as is_beyond_measure,
        sign(coalesce(smd_vs_other, mean_difference)) as direction,
        case when direction != 0 then coalesce(sign(mean - other_mean) = direction, false) end
            as shows_means

    from paired

)

select
    compared.segment_id,
    segment_names.segment_name,
    segment_names.is_small_segment,
    compared.other_segment_id,
    other_names.segment_name as other_segment_name,
    compared.feature,
    compared.benefit,
    compared.label,
    compared.unit,
    compared.role,
    compared.mean,
    compared.other_mean,
    compared.median,
    compared.other_median,
    compared.share_non_zero,
    compared.other_share_non_zero,
    compared.smd_vs_other,
    compared.is_beyond_measure,
    compared.shows_means,
    row_number() over (
        partition by
            compared.segment_id,
            compared.other_segment_id
        order by
            compared.is_beyond_measure desc,
            abs(compared.smd_vs_other) desc nulls last,
            compared.feature asc
    ) as comparison_rank

from compared

inner join segment_names
    on compared.segment_id = segment_names.segment_id

inner join segment_names as other_names
    on compared.other_segment_id = other_names.segment_id
