with

statistics as (

    select * from {{ ref('int_segment_feature_statistics') }}

),

averages as (

    select
        feature,
        sum(known_customers * mean) / nullif(sum(known_customers), 0) as average

    from statistics

    group by feature

),

-- All other segments of the same feature as one group.
rest_means as (

    select
        own.segment_id,
        own.feature,
        sum(other.customers) as customers,
        sum(other.customers * other.model_mean) / sum(other.customers) as model_mean

    from statistics as own

    inner join statistics as other
        on
            own.feature = other.feature
            and own.segment_id != other.segment_id

    group by
        own.segment_id,
        own.feature

),

rest_variances as (

    select
        rest_means.segment_id,
        rest_means.feature,
        rest_means.model_mean,
        sum(
            other.customers
            * (other.model_variance + pow(other.model_mean - rest_means.model_mean, 2))
        ) / rest_means.customers as model_variance

    from rest_means

    inner join statistics as other
        on
            rest_means.feature = other.feature
            and rest_means.segment_id != other.segment_id

    group by
        rest_means.segment_id,
        rest_means.feature,
        rest_means.model_mean,
        rest_means.customers

),

compared as (

    select
        statistics.*,
        averages.average,
        case when averages.average > 0 then 100 * statistics.mean / averages.average end
        as index_vs_average,
        (statistics.model_mean - rest_variances.model_mean)
        / nullif(sqrt((statistics.model_variance + rest_variances.model_variance) / 2), 0)
        as smd_vs_rest

    from statistics

    inner join averages
        on statistics.feature = averages.feature

    left join rest_variances
        on
            statistics.segment_id = rest_variances.segment_id
            and statistics.feature = rest_variances.feature

)

select
    *,
    row_number() over (
        partition by segment_id
        order by abs(smd_vs_rest) desc nulls last, feature
    ) as rank_in_segment

from compared
