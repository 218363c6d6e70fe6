-- A name that was published and is no longer true must not vanish unnoticed. Names that were
-- never true in this warehouse are about other data and do not matter.
with

claims as (

    select * from {{ ref('int_playbook_claims') }}

),

segment_profiles as (

    select * from {{ ref('segment_profiles') }}

),

broken as (

    select
        claims.segment_id,
        'segment ' || claims.segment_id || ' "' || claims.segment_name || '": '
        || concat_ws(
            ' ',
            claims.feature,
            claims.statistic,
            'had to be',
            replace(claims.comparison, '_', ' '),
            claims.threshold,
            'and is',
            coalesce(cast(claims.value as varchar), 'unknown')
        ) as claim

    from claims

    -- Of a segment that is gone nothing is said.
    inner join segment_profiles
        on claims.segment_id = segment_profiles.segment_id

    where
        claims.was_published
        and not claims.is_true

)

select count(*) as broken_claims

from broken

having
    case
        when count(*) > 0
            then error(
                'Claims of the playbook in seeds/playbook that were true no longer hold: '
                || string_agg(claim, '; ' order by claim)
                || '. These segments have a suggested name now. Look at them, then correct the'
                || ' claim or take the entry out; for other data, build another warehouse'
                || ' (WAREHOUSE_PATH).'
            ) is not null
    end
