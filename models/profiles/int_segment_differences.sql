with

statistics as (

    select * from {{ ref('int_segment_feature_statistics') }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

),

feature_scalers as (

    select * from {{ ref('feature_scalers') }}

),

extremes as (

    select * from {{ ref('int_segment_extremes') }}

),

averages as (

    select
        feature,
        sum(known_customers * mean) / nullif(sum(known_customers), 0) as average,
        sum(model_customers * model_mean) / nullif(sum(model_customers), 0) as model_average

    from statistics

    group by feature

),

-- All other segments of the same feature as one group.
rest_means as (

    select
        own.segment_id,
        own.feature,
        sum(other.model_customers) as model_customers,
        sum(other.model_customers * other.model_mean)
        / nullif(sum(other.model_customers), 0) as model_mean

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
            other.model_customers
            * (other.model_variance + pow(other.model_mean - rest_means.model_mean, 2))
        ) / rest_means.model_customers as model_variance

    from rest_means

    inner join statistics as other
        on
            rest_means.feature = other.feature
            and rest_means.segment_id != other.segment_id

    group by
        rest_means.segment_id,
        rest_means.feature,
        rest_means.model_mean,
        rest_means.model_customers

),

joined as (

    select
        statistics.*,
        feature_catalog.benefit,
        coalesce(feature_scalers.label, feature_catalog.label) as label, -- noqa: RF04
        coalesce(feature_scalers.unit, feature_catalog.unit) as unit,
        feature_catalog.role,
        coalesce(feature_scalers.is_used, false) as is_used,
        coalesce(feature_scalers.transform like 'clipped%', false) as is_clipped,
        coalesce(extremes.extreme_customers, 0) as extreme_customers,
        averages.average,
        case when averages.average > 0 then 100 * statistics.mean / averages.average end
            as index_vs_average,
        statistics.model_mean - rest_variances.model_mean as mean_difference,
        sqrt((statistics.model_variance + rest_variances.model_variance) / 2)
            as standard_deviation,
        greatest(abs(statistics.model_mean), abs(rest_variances.model_mean)) as magnitude,
        averages.model_average,
        case
            when feature_scalers.is_used
                then pow(feature_scalers.weight / feature_scalers.standard_deviation, 2)
        end as scale

    from statistics

    left join feature_scalers
        on statistics.feature = feature_scalers.feature

    -- An indicator has its column of customer_features in the catalogue.
    inner join feature_catalog
        on coalesce(feature_scalers.column_name, statistics.feature) = feature_catalog.feature

    inner join averages
        on statistics.feature = averages.feature

    left join extremes
        on
            statistics.segment_id = extremes.segment_id
            and statistics.feature = extremes.feature

    left join rest_variances
        on
            statistics.segment_id = rest_variances.segment_id
            and statistics.feature = rest_variances.feature

),

-- A deviation of 1e-9 of the size of the values is rounding of their sums: nothing varies.
compared as (

    select
        * exclude (standard_deviation, magnitude, model_average),
        {{ standardized_difference('mean_difference', 'standard_deviation', 'magnitude') }}
            as smd_vs_rest,
        {{ is_beyond_measure('mean_difference', 'standard_deviation', 'magnitude') }}
            as is_beyond_measure,
        -- When nothing varies within the segment and the other customers, the means tell.
        sign(coalesce(smd_vs_rest, mean_difference)) as direction,
        coalesce(sign(mean - average) = direction, false) as shows_means,
        case
            when abs(model_mean - model_average) > 1e-9 * abs(model_average)
                then model_customers * pow(model_mean - model_average, 2)
            else 0
        end as between_ss,
        case
            when sqrt(model_variance) > 1e-9 * abs(model_mean)
                then model_customers * model_variance
            else 0
        end as within_ss

    from joined

)

select
    * exclude (within_ss, scale),
    between_ss * scale as scaled_between_ss,
    sum(between_ss * scale) over (partition by feature) as feature_between_ss,
    sum(between_ss) over (partition by feature)
    / nullif(sum(between_ss + within_ss) over (partition by feature), 0) as eta_squared,
    row_number() over (
        partition by segment_id
        order by is_beyond_measure desc, abs(smd_vs_rest) desc nulls last, feature
    ) as rank_in_segment

from compared
