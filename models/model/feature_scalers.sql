with

projection as (

    select * from {{ ref('fit_projection') }}

)

-- The projection repeats the scaler of a feature for every component.
select distinct
    feature,
    benefit,
    label,
    unit,
    column_name,
    cast(category as varchar) as category,
    transform,
    lower_limit,
    upper_limit,
    fill_value,
    minimum,
    maximum,
    mean,
    standard_deviation,
    feature_weight,
    benefit_weight,
    weight,
    is_used,
    reason_left_out

from projection

where feature is not null
