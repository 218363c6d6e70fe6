{%- set percentages = {'median': 50, 'p10': 10, 'p90': 90} -%}
{#- All statistics follow from the number of customers per value; DECISIONS.md has the reason. -#}
with

feature_scalers as (

    select * from {{ ref('feature_scalers') }}

),

segmented_customers as (

    select * from {{ ref('int_segmented_customers') }}

),

counted as (

    {% for feature in list_features(['clustering', 'profiling'])
        if feature.unit != 'category' or feature.role == 'clustering' -%}
    {%- set column, is_number = adapter.quote(feature.name), feature.unit != 'category' -%}
    select
        segment_id,
        {{ "'" ~ feature.name ~ "'" if is_number else 'indicators.feature' }} as feature,
        cast({{ column ~ ('' if is_number else ' = indicators.category') }} as double) as value,
        cast(count(*) as double) as customers

    from segmented_customers
    {{ '' if is_number else "inner join feature_scalers as indicators on column_name = '"
        ~ feature.name ~ "' and category is not null" }}

    group by all
    {{ 'union all' if not loop.last }}

    {% endfor %}
),

-- The values that the model reads: filled, limited and transformed as in the fit.
transformed as (

    select
        counted.*,
        coalesce(counted.value, feature_scalers.fill_value) as filled_value,
        {{ in_model_units('filled_value') }} as model_value

    from counted

    left join feature_scalers
        on counted.feature = feature_scalers.feature

),

summed as (

    select
        segment_id,
        feature,
        sum(customers) as customers,
        coalesce(sum(customers) filter (where value is not null), 0) as known_customers,
        sum(customers * value) as total,
        sum(customers * abs(value)) as total_size,
        coalesce(sum(customers) filter (where value != 0), 0) as non_zero_customers,
        coalesce(sum(customers) filter (where model_value is not null), 0) as model_customers,
        sum(customers * model_value) as model_total

    from transformed

    group by segment_id, feature

),

-- The rank of a quantile is counted from 0 and may lie between two customers.
averaged as (

    select
        *,
        total / nullif(known_customers, 0) as mean,
        total_size / nullif(known_customers, 0) as mean_size,
        {% for name, percentage in percentages.items() -%}
        (known_customers - 1) * {{ percentage }} / 100 as {{ name }}_rank,
        {% endfor -%}
        model_total / nullif(model_customers, 0) as model_mean

    from summed

),

-- Sorting all values would take most of the time, so quantiles are first located in bins, each a
-- twentieth of the mean wide. Unknown values have no bin.
binned as (

    select
        transformed.*,
        coalesce(floor(20 * transformed.value / nullif(averaged.mean_size, 0)), transformed.value)
            as bin,
        transformed.model_value - averaged.model_mean as deviation

    from transformed

    inner join averaged
        on
            transformed.segment_id = averaged.segment_id
            and transformed.feature = averaged.feature

),

bins as (

    select
        segment_id,
        feature,
        bin,
        sum(customers) as customers,
        sum(customers * deviation * deviation) as sum_of_squares

    from binned

    group by segment_id, feature, bin

),

ranked_bins as (

    select
        segment_id,
        feature,
        bin,
        customers,
        sum(customers) over (
            partition by segment_id, feature
            order by bin
            rows unbounded preceding
        ) as customers_up_to_bin

    from bins

    where bin is not null

),

bins_with_quantiles as (

    select
        averaged.segment_id,
        averaged.feature,
        ranked_bins.bin,
        {% for name in percentages -%}
        averaged.{{ name }}_rank,
        {% endfor -%}
        ranked_bins.customers_up_to_bin - ranked_bins.customers as customers_before_bin

    from averaged

    inner join ranked_bins
        on
            averaged.segment_id = ranked_bins.segment_id
            and averaged.feature = ranked_bins.feature
            and (
                {%- for name in percentages %}
                {{ 'or ' if not loop.first }}(
                    ceil(averaged.{{ name }}_rank)
                    >= ranked_bins.customers_up_to_bin - ranked_bins.customers
                    and floor(averaged.{{ name }}_rank) < ranked_bins.customers_up_to_bin
                )
                {%- endfor %}
            )

),

ranked as (

    select
        bins_with_quantiles.*,
        binned.value,
        bins_with_quantiles.customers_before_bin
        + sum(binned.customers) over (
            partition by binned.segment_id, binned.feature, binned.bin
            order by binned.value
            rows unbounded preceding
        ) as customers_up_to_value

    from bins_with_quantiles

    inner join binned
        on
            bins_with_quantiles.segment_id = binned.segment_id
            and bins_with_quantiles.feature = binned.feature
            and bins_with_quantiles.bin = binned.bin

),

quantiles as (

    select
        segment_id,
        {% for name in percentages -%}
        min(value) filter (where customers_up_to_value > floor({{ name }}_rank)) as {{ name }}_from,
        min(value) filter (where customers_up_to_value > ceil({{ name }}_rank)) as {{ name }}_to,
        {% endfor -%}
        feature

    from ranked

    group by segment_id, feature

),

variances as (

    select
        segment_id,
        feature,
        sum(sum_of_squares) as sum_of_squares

    from bins

    group by segment_id, feature

)

select
    averaged.segment_id,
    averaged.feature,
    cast(averaged.customers as bigint) as customers,
    cast(averaged.known_customers as bigint) as known_customers,
    averaged.mean,
    {%- for name in percentages %}
    quantiles.{{ name }}_from
    + (quantiles.{{ name }}_to - quantiles.{{ name }}_from)
    * (averaged.{{ name }}_rank - floor(averaged.{{ name }}_rank)) as {{ name }},
    {%- endfor %}
    averaged.non_zero_customers / nullif(averaged.known_customers, 0) as share_non_zero,
    cast(averaged.model_customers as bigint) as model_customers,
    averaged.model_mean,
    variances.sum_of_squares / nullif(averaged.model_customers, 0) as model_variance

from averaged

inner join variances
    on
        averaged.segment_id = variances.segment_id
        and averaged.feature = variances.feature

-- When no value is known, there is no quantile.
left join quantiles
    on
        averaged.segment_id = quantiles.segment_id
        and averaged.feature = quantiles.feature
