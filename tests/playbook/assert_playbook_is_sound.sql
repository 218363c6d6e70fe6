-- People write the playbook, so the message lists every problem in words.
with

playbook as (

    select * from {{ ref('segment_playbook') }}

),

claims as (

    select * from {{ ref('segment_playbook_claims') }}

),

problems as (

    select 'an entry without segment_id or segment_name' as problem

    from playbook

    where
        segment_id is null
        or segment_name is null

    union all

    select 'more than one entry for segment ' || segment_id as problem

    from playbook

    group by segment_id

    having count(*) > 1

    union all

    select 'the name ' || segment_name || ' is given to more than one segment' as problem

    from playbook

    group by segment_name

    having count(*) > 1

    union all

    select 'no claim for segment ' || playbook.segment_id as problem

    from playbook

    anti join claims
        on playbook.segment_id = claims.segment_id

    union all

    select 'a claim without an entry for its segment ' || claims.segment_id as problem

    from claims

    anti join playbook
        on claims.segment_id = playbook.segment_id

    union all

    select 'a claim without segment_id, feature or threshold' as problem

    from claims

    where
        segment_id is null
        or feature is null
        or threshold is null

    union all

    select
        'a claim about ' || coalesce(statistic, 'nothing') || '; statistic must be one of mean,'
        || ' median, share_non_zero, index_vs_average, smd_vs_rest' as problem

    from claims

    where
        statistic is null
        or statistic not in ('mean', 'median', 'share_non_zero', 'index_vs_average', 'smd_vs_rest')

    union all

    select
        'a claim that compares by ' || coalesce(comparison, 'nothing')
        || '; comparison must be at_least or at_most' as problem

    from claims

    where
        comparison is null
        or comparison not in ('at_least', 'at_most')

)

select string_agg(problem, '; ' order by problem) as problems

from problems

having
    case
        when count(*) > 0
            then error(
                'The playbook in COMPANY_DIR is not sound: '
                || string_agg(problem, '; ' order by problem) || '.'
            ) is not null
    end
