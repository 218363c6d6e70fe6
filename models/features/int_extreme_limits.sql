{#- Beyond a limit lie values that an honest heavy tail would show about once in a million. -#}
{%- set once = 0.000001 -%}
{%- set features = list_features() | rejectattr('unit', 'equalto', 'category')
    | map(attribute='name') | list -%}
with

customer_features as (

    select * from {{ ref('customer_features') }}

),

training_sample as (

    select * from {{ ref('training_sample') }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

),

-- Limits come from the sample, so time and memory do not grow with the customers.
sample_values as (

    select
        unnest(cast([{{ "'" ~ features | join("', '") ~ "'" }}] as varchar[])) as feature,
        unnest(cast([{{ features | join(', ') }}] as double[])) as value

    from customer_features

    semi join training_sample
        on customer_features.customer_id = training_sample.customer_id

),

-- Zeros say that there is nothing. Values below 0 are judged by themselves. A value counts with the
-- square root of its customers, between counting customers, of whom many may share one value, and
-- counting values, of which a few may be mistakes.
weighted as (

    select
        feature,
        value > 0 as is_positive,
        abs(value) as size,
        count(*) as customers,
        cast(ceil(sqrt(count(*))) as bigint) as weight

    from sample_values

    where value != 0

    group by all

),

-- The share of what is larger. The largest value has none, so it never sets a limit by itself.
tailed as (

    select
        *,
        (
            sum(weight) over (of_side order by size desc rows unbounded preceding) - weight
        ) / sum(weight) over (of_side) as tail

    from weighted

    window of_side as (partition by feature, is_positive)

),

sides as (

    select
        feature,
        is_positive,
        sum(customers) as customers,
        count(*) as distinct_sizes,
        coalesce(max(size) filter (where tail >= 0.75), min(size)) as lower_quartile,
        max(size) filter (where tail >= 0.25) as upper_quartile,
        upper_quartile - lower_quartile as spread,
        max(size) filter (where tail >= 0.05) as high_size,
        min(tail) filter (where tail >= 0.05) as high_tail

    from tailed

    group by feature, is_positive

),

anchored as (

    select
        sides.*,
        max(tailed.size) as low_size,
        min(tailed.tail) as low_tail

    from sides

    inner join tailed
        on
            sides.feature = tailed.feature
            and sides.is_positive = tailed.is_positive
            and sides.high_tail < tailed.tail
            and least(4 * sides.high_tail, 0.5) <= tailed.tail

    where
        sides.customers >= 20
        and sides.distinct_sizes >= 4

    group by all

),

-- A Pareto tail through the two anchors (Weissman 1978), and Tukey's outer fence: the farther of
-- both is the limit. A few sizes do not tell the kind of their tail, so it has a bound.
extrapolated as (

    select
        *,
        ln(high_size)
        + ln(high_size / low_size) * ln(high_tail / {{ once }}) / ln(low_tail / high_tail)
            as log_limit,
        ln(high_size * if(distinct_sizes < 20, 100, 1e9)) as log_cap,
        greatest(upper_quartile + 3 * spread, exp(least(log_limit, log_cap))) as outer_limit,
        -- Years, for example, lie far above 0, and a value can be far below them.
        case
            when spread > 0 and lower_quartile > 10 * spread then lower_quartile - 10 * spread
        end as inner_limit,
        -- The fence of these values beyond 0, for the few on the other side.
        case when spread > 0 then greatest(3 * spread - lower_quartile, 0) end as opposite_limit

    from anchored

),

found as (

    select
        feature_catalog.*,
        positive.outer_limit as positive_outer,
        positive.inner_limit as positive_inner,
        negative.outer_limit as negative_outer,
        negative.inner_limit as negative_inner,
        case
            when coalesce(10 * sides_negative.distinct_sizes, 0) <= positive.distinct_sizes
                then positive.opposite_limit
        end as positive_opposite,
        case
            when coalesce(10 * sides_positive.distinct_sizes, 0) <= negative.distinct_sizes
                then negative.opposite_limit
        end as negative_opposite

    from feature_catalog

    left join sides as sides_positive
        on feature_catalog.feature = sides_positive.feature and sides_positive.is_positive

    left join sides as sides_negative
        on feature_catalog.feature = sides_negative.feature and not sides_negative.is_positive

    left join extrapolated as positive
        on feature_catalog.feature = positive.feature and positive.is_positive

    left join extrapolated as negative
        on feature_catalog.feature = negative.feature and not negative.is_positive

    where feature_catalog.unit != 'category'

)

select
    feature,
    benefit,
    label,
    unit,
    role,
    coalesce(-negative_outer, positive_inner, 0 - positive_opposite) as lower_limit,
    coalesce(positive_outer, -negative_inner, negative_opposite) as upper_limit

from found
