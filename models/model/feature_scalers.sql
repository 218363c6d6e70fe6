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
    transform,
    fill_value,
    minimum,
    maximum,
    mean,
    standard_deviation,
    weight,
    is_used,
    reason_left_out

from projection

where feature is not null
