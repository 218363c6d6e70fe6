with

statistics as (

    select * from {{ ref('int_segment_feature_statistics') }}

),

feature_scalers as (

    select * from {{ ref('feature_scalers') }}

),

grand_means as (

    select
        feature,
        sum(customers * model_mean) / sum(customers) as model_mean

    from statistics

    group by feature

),

sums_of_squares as (

    select
        statistics.feature,
        sum(
            statistics.customers * pow(statistics.model_mean - grand_means.model_mean, 2)
        ) as between_ss,
        sum(statistics.customers * statistics.model_variance) as within_ss

    from statistics

    inner join grand_means
        on statistics.feature = grand_means.feature

    group by statistics.feature

),

-- In scaled space, as the model weighs the features against each other.
scaled as (

    select
        feature_scalers.feature,
        feature_scalers.benefit,
        feature_scalers.label,
        sums_of_squares.between_ss
        / nullif(sums_of_squares.between_ss + sums_of_squares.within_ss, 0) as eta_squared,
        sums_of_squares.between_ss
        * pow(feature_scalers.weight / feature_scalers.standard_deviation, 2) as scaled_between_ss

    from feature_scalers

    inner join sums_of_squares
        on feature_scalers.feature = sums_of_squares.feature

    where feature_scalers.is_used

)

select
    feature,
    benefit,
    label,
    eta_squared,
    scaled_between_ss / nullif(sum(scaled_between_ss) over (), 0) as bcss_share,
    row_number() over (order by scaled_between_ss desc, feature asc) as importance_rank

from scaled
