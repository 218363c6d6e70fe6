with

customer_features as (

    select * from {{ ref('customer_features') }}

),

assignments as (

    select
        customer_id,
        segment_id

    from {{ ref('int_customer_assignments') }}

),

feature_scalers as (

    select * from {{ ref('feature_scalers') }}

),

assigned as (

    select
        customer_features.*,
        assignments.segment_id

    from customer_features

    inner join assignments
        on customer_features.customer_id = assignments.customer_id

),

unpivoted as (

    select
        segment_id,
        feature,
        value

    from assigned unpivot include nulls (
        value for feature in (
            {%- for feature in list_features() %}
            {{ feature.name }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
    )

),

-- What the model sees: filled and transformed as in the fit.
filled as (

    select
        unpivoted.segment_id,
        unpivoted.feature,
        unpivoted.value,
        coalesce(unpivoted.value, feature_scalers.fill_value) as filled_value,
        feature_scalers.transform

    from unpivoted

    left join feature_scalers
        on unpivoted.feature = feature_scalers.feature

),

transformed as (

    select
        *,
        case when transform = 'log1p' then ln(1 + filled_value) else filled_value end
            as model_value

    from filled

),

aggregated as (

    select
        segment_id,
        feature,
        count(*) as customers,
        count(value) as known_customers,
        avg(value) as mean,
        -- One list of quantiles holds the values once; three calls would hold them thrice.
        quantile_cont(value, [0.1, 0.5, 0.9]) as quantiles,
        count(*) filter (where value != 0) / nullif(cast(count(value) as double), 0)
            as share_non_zero,
        count(model_value) as model_customers,
        avg(model_value) as model_mean,
        var_pop(model_value) as model_variance

    from transformed

    group by
        segment_id,
        feature

)

select
    segment_id,
    feature,
    customers,
    known_customers,
    mean,
    quantiles[2] as median,
    quantiles[1] as p10,
    quantiles[3] as p90,
    share_non_zero,
    model_customers,
    model_mean,
    model_variance

from aggregated
