with

noteworthy as (

    select * from {{ ref('int_noteworthy_differences') }}

),

playbook_claims as (

    select * from {{ ref('int_playbook_claims') }}

),

segments as (

    select
        segment_id,
        is_small_segment,
        count(*) over () as segment_count

    from {{ ref('int_segment_statistics') }}

),

confirmed as (

    select distinct
        segment_id,
        segment_name,
        description,
        message

    from playbook_claims

    where is_confirmed

),

-- A difference that the plain means contradict gets into a name only when there is no other.
told as (

    select
        segment_id,
        words,
        row_number() over (
            partition by segment_id
            order by shows_means desc, telling_rank asc
        ) as name_rank

    from noteworthy

    qualify shows_means or not bool_or(shows_means) over (partition by segment_id)

),

suggested as (

    select
        segment_id,
        string_agg(words, ', ' order by name_rank) as words

    from told

    where name_rank <= 2

    group by segment_id

),

named as (

    select
        segments.segment_id,
        coalesce(
            confirmed.segment_name,
            case when segments.is_small_segment then 'Small segment ' || segments.segment_id end,
            wording.begin_sentence(suggested.words),
            case
                when segments.segment_count = 1 then 'All customers'
                else 'Close to the average'
            end
        ) as segment_name,
        confirmed.segment_id is null as is_suggested_name,
        segments.is_small_segment,
        confirmed.description,
        confirmed.message

    from segments

    left join confirmed
        on segments.segment_id = confirmed.segment_id

    left join suggested
        on segments.segment_id = suggested.segment_id

)

select
    segment_id,
    case
        when count(*) over (partition by segment_name) > 1
            then segment_name || ' (segment ' || segment_id || ')'
        else segment_name
    end as segment_name,
    is_suggested_name,
    is_small_segment,
    description,
    message

from named
