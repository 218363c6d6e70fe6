-- The average is the mean of the segment means, the index follows from both, and quantiles
-- are in order. A value that is not a number fails every check.
with

segment_feature_profiles as (

    select * from {{ ref('segment_feature_profiles') }}

),

averages as (

    select
        feature,
        sum(mean * known_customers) / nullif(sum(known_customers), 0) as average

    from segment_feature_profiles

    group by feature

)

select segment_feature_profiles.*

from segment_feature_profiles

inner join averages
    on segment_feature_profiles.feature = averages.feature

where
    abs(segment_feature_profiles.average - averages.average)
    > 1e-9 * greatest(abs(averages.average), 1)
    or abs(
        segment_feature_profiles.index_vs_average / 100 * segment_feature_profiles.average
        - segment_feature_profiles.mean
    ) > 1e-9 * greatest(abs(segment_feature_profiles.mean), 1)
    or segment_feature_profiles.p10 > segment_feature_profiles.median
    or segment_feature_profiles.median > segment_feature_profiles.p90
