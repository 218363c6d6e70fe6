{#- What an earlier build found out is in the table that this model is about to replace. -#}
{%- set has_history = load_relation(this) is not none -%}
with

playbook as (

    select * from {{ ref('segment_playbook') }}

),

claims as (

    select * from {{ ref('int_playbook_claims') }}

),

segments as (

    select distinct segment_id

    from {{ ref('segment_centroids') }}

),

earlier as (

    {% if has_history -%}
    select
        segment_id,
        segment_name,
        bool_or(was_published) as was_published

    from {{ this }}

    group by
        segment_id,
        segment_name
    {%- else -%}
    select
        cast(null as integer) as segment_id,
        cast(null as varchar) as segment_name,
        false as was_published

    where false
    {%- endif %}

),

judged as (

    select
        segment_id,
        bool_and(is_true) as is_true

    from claims

    group by segment_id

),

confirmed as (

    select
        playbook.segment_id,
        playbook.segment_name,
        playbook.description,
        playbook.message,
        coalesce(judged.is_true and segments.segment_id is not null, false) as is_confirmed

    from playbook

    left join judged
        on playbook.segment_id = judged.segment_id

    left join segments
        on playbook.segment_id = segments.segment_id

)

select
    confirmed.segment_id,
    confirmed.segment_name,
    confirmed.description,
    confirmed.message,
    confirmed.is_confirmed,
    confirmed.is_confirmed or coalesce(earlier.was_published, false) as was_published

from confirmed

left join earlier
    on
        confirmed.segment_id = earlier.segment_id
        and confirmed.segment_name = earlier.segment_name
