{#- Cohen (1988) calls a difference of 0.2 standard deviations small. A benefit is held less, or
    more, often than average from an index of 80 or 120 on. -#}
{%- set negligible_smd, less_often, more_often = 0.2, 80, 120 -%}
with

segments as (

    select
        *,
        count(*) over () as segment_count

    from {{ ref('int_segment_statistics') }}

),

benefits as (

    select * from {{ ref('int_segment_benefits') }}

),

noteworthy as (

    select * from {{ ref('int_noteworthy_differences') }}

),

stability_bands as (

    select
        lowest as band_from,
        lead(lowest) over (order by lowest) as band_to,
        words

    from {{ ref('stability_bands') }}

),

-- Features in the order of their share in the differences between all segments.
ranked_differences as (

    select
        found.*,
        dense_rank() over (order by found.feature_between_ss desc, found.feature asc)
            as importance_rank,
        count(distinct found.feature) over () as feature_count,
        found.segment_id not in (select noteworthy.segment_id from noteworthy) as is_ordinary

    from {{ ref('int_segment_differences') }} as found

    where found.is_used

),

sizes as (

    select
        segment_id,
        1 as topic_number,
        'size' as topic,
        1 as sentence_number,
        customers,
        customer_share

    from segments

),

only_segments as (

    select
        segment_id,
        2 as topic_number,
        'stands_out' as topic,
        1 as sentence_number,
        customer_share

    from segments

    where segment_count = 1 and customer_share = 1

),

differences as (

    select
        noteworthy.segment_id,
        2 as topic_number,
        'stands_out' as topic,
        noteworthy.telling_rank as sentence_number,
        noteworthy.feature,
        noteworthy.words,
        ranked_differences.unit,
        ranked_differences.mean,
        ranked_differences.average,
        noteworthy.smd_vs_rest,
        noteworthy.is_beyond_measure,
        noteworthy.is_upward,
        if(noteworthy.is_upward, 'at_least', 'at_most') as comparison,
        if(noteworthy.is_upward, 1, -1) * {{ var('noteworthy_smd') }} as bound,
        noteworthy.shows_means

    from noteworthy

    inner join ranked_differences
        on
            noteworthy.segment_id = ranked_differences.segment_id
            and noteworthy.feature = ranked_differences.feature

    where noteworthy.telling_rank <= 3

),

-- The most average of the more important half; without noteworthy features, the strongest.
similarities as (

    select
        segment_id,
        3 as topic_number,
        'does_not_stand_out' as topic,
        1 as sentence_number,
        feature,
        label,
        unit,
        mean,
        average,
        smd_vs_rest,
        is_ordinary,
        not is_ordinary as shows_means,
        if(is_ordinary, {{ var('noteworthy_smd') }}, {{ negligible_smd }}) as bound

    from ranked_differences

    where
        smd_vs_rest is not null
        and (
            is_ordinary
            or (
                importance_rank <= (feature_count + 1) / 2
                and abs(smd_vs_rest) < {{ negligible_smd }}
                and mean is not null
            )
        )

    qualify
        row_number() over (
            partition by segment_id
            order by if(is_ordinary, -abs(smd_vs_rest), abs(smd_vs_rest)), importance_rank
        ) = 1

),

uncommon_benefits as (

    select
        segment_id,
        4 as topic_number,
        'benefits' as topic,
        row_number() over (
            partition by segment_id
            order by abs(penetration_index - 100) desc, benefit asc
        ) as sentence_number,
        benefit,
        customers,
        penetration,
        penetration_index,
        penetration_index >= {{ more_often }} as is_upward,
        if(is_upward, 'at_least', 'at_most') as comparison,
        if(is_upward, {{ more_often }}, {{ less_often }}) as bound

    from benefits

    where penetration_index >= {{ more_often }} or penetration_index <= {{ less_often }}

),

stabilities as (

    select
        segments.segment_id,
        5 as topic_number,
        'stability' as topic,
        1 as sentence_number,
        segments.jaccard_stability,
        stability_bands.band_from,
        stability_bands.band_to,
        stability_bands.words

    from segments

    inner join stability_bands
        on
            segments.jaccard_stability >= stability_bands.band_from
            and segments.jaccard_stability < coalesce(stability_bands.band_to, 'infinity')

    where segments.segment_count > 1

),

certainties as (

    select
        segment_id,
        6 as topic_number,
        'certainty' as topic,
        1 as sentence_number,
        customers,
        mean_assignment_confidence,
        borderline_customers

    from segments

    where mean_assignment_confidence is not null

)

select * from sizes -- noqa: AM07

union all by name

select * from {{ ref('int_small_segments') }}

union all by name

select * from only_segments

union all by name

select * from differences

union all by name

select * from similarities

union all by name

select * from uncommon_benefits

union all by name

select * from stabilities

union all by name

select * from certainties
