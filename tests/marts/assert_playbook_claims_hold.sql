-- A published name that is no longer true must not disappear silently. Names that were never true
-- in this warehouse belong to other data and are ignored.
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

    -- Segments that no longer exist are ignored.
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
                'Claims of the playbook in COMPANY_DIR that were true no longer hold: '
                || string_agg(claim, '; ' order by claim)
                || '. These segments have a suggested name now. Look at them, then correct the'
                || ' claim or remove the entry; for other data, build another warehouse'
                || ' (WAREHOUSE_PATH).'
            ) is not null
    end
