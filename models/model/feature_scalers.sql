with

fitted as (

    select * from {{ ref('fit_feature_scalers') }}

)

select
    feature,
    benefit,
    label,
    unit,
    transform,
    fill_value,
    minimum,
    maximum,
    mean,
    standard_deviation,
    weight,
    is_used,
    reason_left_out

from fitted
