{#- Relations go without the database name, so that a copy of the file works under any name. Every
    step keeps customer_id apart, so that a filter on it reaches the scans of the tables. -#}
{%- set fitted = read_fitted_model(ref('model_parameters')) -%}
{%- set infinity = "cast('infinity' as double)" -%}
with

customer_features as (

    select * from {{ ref('customer_features').include(database=false) }}

),

{{ place_customers(fitted) }},

{{ assign_customers(fitted) }},

-- The centroids in the space of the scaled features. The components are orthonormal, so squared
-- distances differ here by the same amount as in the space of the components.
centroids as (

    select
        coordinates.segment_id,
        weights.feature,
        sum(weights.value * coordinates.value) as position

    from {{ ref('model_parameters').include(database=false) }} as coordinates

    inner join {{ ref('model_parameters').include(database=false) }} as weights
        on coordinates.component = weights.component

    where coordinates.parameter = 'coordinate' and weights.parameter = 'component_weight'

    group by coordinates.segment_id, weights.feature

),

-- No unpivot: DuckDB 1.5.0 to 1.5.3 cannot read a view that contains it.
customer_values as (

    select
        customer_id,
        {% set names, values = [], [] -%}
        {% for feature in fitted.features -%}
        {% do names.append(text_literal(feature.name)) or values.append(feature_value(feature)) -%}
        {% endfor -%}
        unnest(cast([{{ names | join(', ') }}] as varchar[])) as feature,
        unnest(cast([{{ values | join(', ') }}] as double[])) as value

    from {{ ref('customer_features').include(database=false) }}

),

-- No customer can have a value outside lowest_possible and highest_possible.
positioned as (

    select
        customer_values.customer_id,
        customer_values.value,
        coalesce(customer_values.value, feature_scalers.fill_value) as filled_value,
        {{ in_model_units('filled_value') }} as model_value,
        (model_value - feature_scalers.mean) / feature_scalers.standard_deviation
        * feature_scalers.weight as position,
        feature_scalers.*,
        case when feature_scalers.minimum >= 0 then 0 else -{{ infinity }} end as lowest_possible,
        case
            when wording.is_share(feature_scalers.unit) then greatest(1, feature_scalers.maximum)
            else {{ infinity }}
        end as highest_possible

    from customer_values

    inner join {{ ref('feature_scalers').include(database=false) }} as feature_scalers
        on customer_values.feature = feature_scalers.feature

),

-- Every feature of a customer with the centroids of the customer's segment, of the runner-up, and
-- of each segment except the runner-up, including the customer's. Without a runner-up: no rows.
compared as (

    select
        positioned.*,
        assignments.segment_id,
        assignments.second_segment_id,
        assignments.second_distance,
        other.segment_id as other_segment_id,
        own.position as own_position,
        runner_up.position as second_position,
        other.position as other_position

    from positioned

    inner join customer_assignments as assignments
        on positioned.customer_id = assignments.customer_id

    inner join centroids as own
        on assignments.segment_id = own.segment_id and positioned.feature = own.feature

    inner join centroids as runner_up
        on assignments.second_segment_id = runner_up.segment_id and own.feature = runner_up.feature

    inner join centroids as other
        on assignments.second_segment_id != other.segment_id and positioned.feature = other.feature

),

-- The squared distance to the other segment minus that to the runner-up. When one feature changes,
-- this `gap` is a straight line that falls by `slope`, and at `boundary` it is 0. The added
-- `margin`, a billionth of the squared distances, outweighs the rounding in the scoring.
explained as (

    select
        *,
        (second_position - own_position) * (own_position + second_position - 2 * position)
            as contribution,
        sum(
            (other_position - second_position) * (second_position + other_position - 2 * position)
        ) over (partition by customer_id, other_segment_id) as gap,
        2 * (other_position - second_position) as slope,
        gap / nullif(slope, 0) as boundary,
        1e-9 * pow(second_distance + abs(boundary), 2) / abs(slope) as margin

    from compared

),

-- Where the runner-up is nearer than any other segment, also than the present one.
bounded as (

    select
        *,
        coalesce(max(boundary + margin) filter (where slope < 0) over of_feature, -{{ infinity }})
            as lowest_shift,
        coalesce(min(boundary - margin) filter (where slope > 0) over of_feature, {{ infinity }})
            as highest_shift,
        -- log1p is defined above -1.
        greatest(
            {{ in_raw_units('model_value + lowest_shift / weight * standard_deviation') }},
            case when transform like '%log1p' then -0.999999 else -{{ infinity }} end
        ) as lowest_value,
        {{ in_raw_units('model_value + highest_shift / weight * standard_deviation') }}
            as highest_value

    from explained

    window of_feature as (partition by customer_id, feature)

),

-- With the sign of falling values reversed, away from the present value is always up.
directed as (

    select
        *,
        case when lowest_shift > 0 then 1 when highest_shift < 0 then -1 end as direction,
        case direction when 1 then lowest_value when -1 then -highest_value end as nearest,
        case direction when 1 then highest_value when -1 then -lowest_value end as farthest,
        -- Whole numbers, shares to whole percent, or a hundredth of the range if finer.
        case
            when wording.is_whole(unit) then 0
            else greatest(
                case when wording.is_share(unit) then 2 else 0 end,
                2 - floor(log10(nullif(maximum - minimum, 0)))
            )
        end as first_decimals

    from bounded

),

-- As few decimals as possible, and the shift that scoring computes from the rounded value.
rescored as (

    select
        *,
        case
            {%- for more in range(7) %}
            {%- set power = 'pow(10, first_decimals + ' ~ more ~ ')' %}
            when ceil(nearest * {{ power }}) / {{ power }} <= farthest
                then cast(first_decimals + {{ more }} as integer)
            {%- endfor %}
        end as decimals,
        -- Adding 0 turns -0 into 0.
        direction * (ceil(nearest * pow(10, decimals)) / pow(10, decimals)) + 0 as rounded_value,
        {{ in_model_units('rounded_value') }} as rounded_model_value,
        (rounded_model_value - mean) / standard_deviation * weight - position as shift

    from directed

),

-- A change counts when every other segment, third ones included, is then farther away than the
-- runner-up. The indicators of a category cannot change one by one.
changed as (

    select
        *,
        case
            when
                abs(shift) < {{ infinity }}
                and category is null
                and (not wording.is_flag(unit) or rounded_value in (0, 1))
                and min(gap - shift * slope) over (partition by customer_id, feature)
                >= 1e-10 * pow(second_distance + abs(shift), 2)
                then rounded_value
        end as changed_value

    from rescored

)

select
    customer_id,
    segment_id,
    second_segment_id,
    feature,
    benefit,
    label,
    unit,
    category,
    value,
    filled_value,
    {{ in_raw_units('mean + own_position / weight * standard_deviation') }} as own_centroid_value,
    {{ in_raw_units('mean + second_position / weight * standard_deviation') }}
        as second_centroid_value,
    lowest_possible,
    highest_possible,
    contribution,
    contribution / nullif(sum(abs(contribution)) over of_customer, 0) as contribution_share,
    row_number() over (of_customer order by abs(contribution) desc, feature asc) as driver_rank,
    changed_value,
    decimals as changed_value_decimals,
    changed_value - filled_value as required_change,
    case when changed_value is not null then rounded_model_value - model_value end
    / standard_deviation as change_in_standard_deviations,
    changed_value between lowest_possible and highest_possible as is_possible_value,
    changed_value between minimum and maximum as is_within_observed_range,
    changed_value is not null
    and row_number() over (
        of_customer
        order by
            is_possible_value desc nulls last, is_within_observed_range desc nulls last,
            abs(change_in_standard_deviations) asc, feature asc
    ) = 1 as is_smallest_change

from changed

where other_segment_id = segment_id

window of_customer as (partition by customer_id)
