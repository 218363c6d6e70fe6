with

segment_feature_profiles as (

    select
        * replace (
            if(benefit = 'all', benefit, wording.benefit_in_words(benefit)) as benefit
        )
    from marts.segment_feature_profiles

),

feature_scalers as (

    select * from marts.feature_scalers

),

features as (

    select distinct
        segment_feature_profiles.feature,
        segment_feature_profiles.benefit,
        segment_feature_profiles.role,
        coalesce(segment_feature_profiles.eta_squared, 0) as separation,
        -- A feature with the same value for all customers, or with no known value, shows nothing.
        coalesce(feature_scalers.is_used, segment_feature_profiles.average > 0, false)
            as is_telling

    from segment_feature_profiles

    left join feature_scalers
        on segment_feature_profiles.feature = feature_scalers.feature

),

ranked as (

    select
        feature,
        is_telling,
        row_number() over (
            partition by role, benefit
            order by is_telling desc, separation desc, feature asc
        ) as rank_in_benefit

    from features

)

select
    segment_feature_profiles.segment_id,
    segment_feature_profiles.segment_name,
    segment_feature_profiles.feature,
    segment_feature_profiles.benefit,
    segment_feature_profiles.role,
    segment_feature_profiles.label,
    segment_feature_profiles.mean,
    segment_feature_profiles.average,
    segment_feature_profiles.index_vs_average,
    coalesce(
        wording.number_in_words(segment_feature_profiles.mean, segment_feature_profiles.unit),
        'unknown'
    ) as mean_in_words,
    coalesce(
        wording.number_in_words(segment_feature_profiles.average, segment_feature_profiles.unit),
        'unknown'
    ) as average_in_words,
    coalesce(
        wording.decimal_in_words(segment_feature_profiles.index_vs_average, 'count', 0), '–'
    ) as index_in_words,
    segment_feature_profiles.smd_vs_rest,
    segment_feature_profiles.is_beyond_measure,
    segment_feature_profiles.shows_means,
    ranked.is_telling,
    ranked.rank_in_benefit

from segment_feature_profiles

inner join ranked
    on segment_feature_profiles.feature = ranked.feature

order by
    segment_feature_profiles.role,
    -- Features without a benefit come last.
    segment_feature_profiles.benefit = 'all',
    segment_feature_profiles.benefit,
    ranked.rank_in_benefit,
    segment_feature_profiles.segment_id
