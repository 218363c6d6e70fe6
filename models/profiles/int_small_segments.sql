with

segments as (

    select * from {{ ref('int_segment_statistics') }}

),

differences as (

    select * from {{ ref('int_segment_differences') }}

),

-- A value that the model does not see, or sees clipped, is no cause.
causes as (

    select
        differences.segment_id,
        differences.feature,
        differences.label,
        differences.extreme_customers

    from differences

    inner join segments
        on differences.segment_id = segments.segment_id

    where
        differences.is_used
        and not differences.is_clipped
        and differences.extreme_customers > 0
        and 2 * differences.extreme_customers >= segments.customers

    qualify
        row_number() over (
            partition by differences.segment_id
            order by differences.extreme_customers desc, differences.feature asc
        ) = 1

)

select
    segments.segment_id,
    -- Its place on the card.
    1 as topic_number,
    'small' as topic,
    2 as sentence_number,
    segments.customer_share,
    -- What proves the statement: the cause, or else the share.
    case when causes.feature is null then {{ var('smallest_segment_share') }} end as bound,
    causes.feature,
    causes.extreme_customers,
    'This is a small segment, below ' || wording.share_in_words({{ var('smallest_segment_share') }})
    || ' of all customers. '
    || case
        when causes.feature is null
            then
                'No extreme values of a feature explain it. For fewer segments, set the var'
                || ' segment_count.'
        else
            'Likely cause: extreme values of ' || causes.label || ', which '
            || wording.count_in_words(causes.extreme_customers, 'customer') || ' of it '
            || if(causes.extreme_customers = 1, 'has', 'have')
            || '. If they are mistakes, correct them. If not, set transform: clipped for the'
            || ' feature ' || causes.feature || ' in customer_features.yml, or set the var'
            || ' segment_count.'
    end as words

from segments

left join causes
    on segments.segment_id = causes.segment_id

where segments.is_small_segment
