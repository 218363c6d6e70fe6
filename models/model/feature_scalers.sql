with

fitted as (

    select * from {{ ref('fit_feature_scalers') }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

)

select
    feature_catalog.feature,
    feature_catalog.benefit,
    feature_catalog.label,
    fitted.transform,
    fitted.fill_value,
    fitted.minimum,
    fitted.maximum,
    fitted.mean,
    fitted.standard_deviation,
    fitted.weight,
    fitted.is_used,
    fitted.reason_left_out

from feature_catalog

inner join fitted
    on feature_catalog.feature = fitted.feature
