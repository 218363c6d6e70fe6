with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

),

playbook as (

    select * from {{ ref('segment_playbook') }}

),

claims as (

    select * from {{ ref('int_playbook_claims') }}

),

segments as (

    select
        segment_id,
        count(*) over () as segment_count

    from {{ ref('segment_centroids') }}

    group by segment_id

),

-- An entry of the playbook counts only while every claim behind it is true.
confirmed as (

    select playbook.*

    from playbook

    inner join claims
        on playbook.segment_id = claims.segment_id

    group by all

    having bool_and(claims.is_true)

),

noteworthy as (

    select
        differences.segment_id,
        differences.smd_vs_rest,
        feature_catalog.benefit,
        feature_catalog.feature,
        case
            when feature_catalog.unit = 'count' and differences.smd_vs_rest > 0 then 'many'
            when feature_catalog.unit = 'count' then 'few'
            when feature_catalog.unit in ('days', 'months') and differences.smd_vs_rest > 0
                then 'long'
            when feature_catalog.unit in ('days', 'months') then 'short'
            when differences.smd_vs_rest > 0 then 'high'
            else 'low'
        end || ' ' || feature_catalog.label as words

    from differences

    inner join feature_catalog
        on differences.feature = feature_catalog.feature

    where
        feature_catalog.role = 'clustering'
        and abs(differences.smd_vs_rest) >= {{ var('noteworthy_smd') }}
        and differences.smd_vs_rest != 0

),

-- The strongest of each benefit first, so that a name tells more than one benefit's story.
ranked_in_benefit as (

    select
        *,
        row_number() over (
            partition by segment_id, benefit
            order by abs(smd_vs_rest) desc, feature
        ) as rank_in_benefit

    from noteworthy

),

ranked as (

    select
        *,
        row_number() over (
            partition by segment_id
            order by rank_in_benefit asc, abs(smd_vs_rest) desc, feature asc
        ) as rank_in_name

    from ranked_in_benefit

),

suggested as (

    select
        segment_id,
        string_agg(words, ', ' order by rank_in_name) as words

    from ranked

    where rank_in_name <= 2

    group by segment_id

),

named as (

    select
        segments.segment_id,
        coalesce(
            confirmed.segment_name,
            upper(substr(suggested.words, 1, 1)) || substr(suggested.words, 2),
            case
                when segments.segment_count = 1 then 'All customers'
                else 'Close to the average'
            end
        ) as segment_name,
        confirmed.segment_id is null as is_suggested_name,
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
    description,
    message

from named
