{#-
Relations go without the name of the database, so that a copy of the file works under any name.
Every step keeps customer_id apart, so that a filter on it reaches the scans of the tables:
no CTE with a row per customer is read twice, and windows are partitioned by customer.
-#}
{{ config(materialized='view') }}

with

customer_features as (

    select * from {{ ref('customer_features').include(database=false) }}

),

assignments as (

    select * from {{ ref('customer_segments').include(database=false) }}

),

segment_names as (

    select * from {{ ref('segment_profiles').include(database=false) }}

),

feature_catalog as (

    select * from {{ ref('feature_catalog').include(database=false) }}

),

feature_scalers as (

    select * from {{ ref('feature_scalers').include(database=false) }}

),

component_weights as (

    select * from {{ ref('component_weights').include(database=false) }}

),

segment_centroids as (

    select * from {{ ref('segment_centroids').include(database=false) }}

),

-- The centroids among the scaled features. The components are at right angles and of length 1,
-- so that squared distances differ here by the same as among the components.
centroids as (

    select
        segment_centroids.segment_id,
        component_weights.feature,
        sum(component_weights.weight * segment_centroids.coordinate) as position

    from segment_centroids

    inner join component_weights
        on segment_centroids.component = component_weights.component

    group by
        segment_centroids.segment_id,
        component_weights.feature

),

customer_values as (

    {%- set features = list_features(role='clustering') | map(attribute='name') | list %}

    -- Not unpivot: DuckDB 1.5.0 to 1.5.3 cannot read a view that has it.
    select
        customer_id,
        unnest([
            {% for feature in features -%}
            '{{ feature }}'{{ ',' if not loop.last }}
            {% endfor -%}
        ]) as feature,
        unnest([
            {% for feature in features -%}
            {{ feature }}{{ ',' if not loop.last }}
            {% endfor -%}
        ]) as value

    from customer_features

),

-- Nobody can have what lies outside lowest_possible and highest_possible. A logarithm of 1 + value
-- ends at -1, which itself has none.
scaled as (

    select
        customer_values.customer_id,
        customer_values.feature,
        feature_catalog.benefit,
        feature_catalog.label,
        feature_catalog.unit,
        customer_values.value,
        coalesce(customer_values.value, feature_scalers.fill_value) as filled_value,
        case
            when feature_scalers.transform = 'log1p' then ln(1 + filled_value)
            else filled_value
        end as model_value,
        (model_value - feature_scalers.mean) / feature_scalers.standard_deviation
        * feature_scalers.weight as position,
        feature_scalers.transform,
        feature_scalers.mean,
        feature_scalers.standard_deviation,
        feature_scalers.weight,
        feature_scalers.minimum,
        feature_scalers.maximum,
        case when feature_scalers.minimum >= 0 then 0 else cast('-infinity' as double) end
            as lowest_possible,
        case
            when feature_catalog.unit = 'share' then greatest(1, feature_scalers.maximum)
            else cast('infinity' as double)
        end as highest_possible

    from customer_values

    inner join feature_scalers
        on customer_values.feature = feature_scalers.feature

    inner join feature_catalog
        on customer_values.feature = feature_catalog.feature

    where feature_scalers.is_used

),

-- Every feature of a customer beside the centroids of the own segment, of the runner-up, and of
-- each segment that is not the runner-up, the own included. Without runner-up there are no rows.
compared as (

    select
        scaled.*,
        assignments.segment_id,
        assignments.second_segment_id,
        assignments.second_distance,
        other.segment_id as other_segment_id,
        own.position as own_position,
        runner_up.position as second_position,
        other.position as other_position

    from scaled

    inner join assignments
        on scaled.customer_id = assignments.customer_id

    inner join centroids as own
        on
            assignments.segment_id = own.segment_id
            and scaled.feature = own.feature

    inner join centroids as runner_up
        on
            assignments.second_segment_id = runner_up.segment_id
            and scaled.feature = runner_up.feature

    inner join centroids as other
        on
            assignments.second_segment_id != other.segment_id
            and scaled.feature = other.feature

),

-- The squared distance to the other segment less that to the runner-up. While one feature moves,
-- this `gap` is a straight line that falls by `slope`, and at `boundary` it is 0. The `margin`
-- beyond is a billionth of the squared distances, so that the rounding of the scoring cannot
-- undo it.
explained as (

    select
        *,
        (second_position - own_position) * (own_position + second_position - 2 * position)
            as contribution,
        sum(
            (other_position - second_position) * (second_position + other_position - 2 * position)
        ) over (partition by customer_id, other_segment_id) as gap,
        2 * (other_position - second_position) as slope

    from compared

),

limited as (

    select
        *,
        gap / nullif(slope, 0) as boundary,
        1e-9 * pow(second_distance + abs(boundary), 2) / abs(slope) as margin

    from explained

),

-- Where the runner-up is nearer than any other segment. The present position, shift 0, is not
-- within, because the own segment is one of the others.
bounded as (

    select
        *,
        coalesce(
            max(case when slope < 0 then boundary + margin end)
                over (partition by customer_id, feature),
            cast('-infinity' as double)
        ) as lowest_shift,
        coalesce(
            min(case when slope > 0 then boundary - margin end)
                over (partition by customer_id, feature),
            cast('infinity' as double)
        ) as highest_shift

    from limited

),

in_raw_units as (

    select
        *,
        -- Where log1p is defined.
        greatest(
            {{ in_raw_units('model_value + lowest_shift / weight * standard_deviation') }},
            case when transform = 'log1p' then -0.999999 else cast('-infinity' as double) end
        ) as lowest_value,
        {{ in_raw_units('model_value + highest_shift / weight * standard_deviation') }}
            as highest_value

    from bounded

),

-- With a falling value turned round, away from the present one is always up.
directed as (

    select
        *,
        case when lowest_shift > 0 then 1 when highest_shift < 0 then -1 end as direction,
        case direction when 1 then lowest_value when -1 then -highest_value end as nearest,
        case direction when 1 then highest_value when -1 then -lowest_value end as farthest,
        -- Whole numbers, shares to the per cent, or what is a hundredth of the range if finer.
        case
            when unit in ('count', 'days', 'months', 'years') then 0
            else greatest(
                case when unit = 'share' then 2 else 0 end,
                2 - floor(log10(nullif(maximum - minimum, 0)))
            )
        end as first_decimals

    from in_raw_units

),

-- As few decimals as will do.
rounded as (

    select
        *,
        case
            {%- for more in range(7) %}
            {%- set power = 'pow(10, first_decimals + ' ~ more ~ ')' %}
            when ceil(nearest * {{ power }}) / {{ power }} <= farthest
                then cast(first_decimals + {{ more }} as integer)
            {%- endfor %}
        end as decimals,
        -- Adding 0 makes 0 of -0.
        direction * (ceil(nearest * pow(10, decimals)) / pow(10, decimals)) + 0 as rounded_value

    from directed

),

-- The shift as scoring will see it.
rescored as (

    select
        *,
        case when transform = 'log1p' then ln(1 + rounded_value) else rounded_value end
            as rounded_model_value,
        (rounded_model_value - mean) / standard_deviation * weight - position as shift

    from rounded

),

-- A change counts when it leaves every other segment, third ones included, farther away than the
-- runner-up.
changed as (

    select
        *,
        case
            when
                abs(shift) < cast('infinity' as double)
                and min(gap - shift * slope) over (partition by customer_id, feature)
                >= 1e-10 * pow(second_distance + abs(shift), 2)
                then rounded_value
        end as changed_value

    from rescored

),

described as (

    select
        *,
        {{ in_raw_units('mean + own_position / weight * standard_deviation') }}
            as own_centroid_value,
        {{ in_raw_units('mean + second_position / weight * standard_deviation') }}
            as second_centroid_value,
        contribution / nullif(sum(abs(contribution)) over (partition by customer_id), 0)
            as contribution_share,
        changed_value - filled_value as required_change,
        case
            when changed_value is not null
                then (rounded_model_value - model_value) / standard_deviation
        end as change_in_standard_deviations,
        changed_value between minimum and maximum as is_within_observed_range,
        changed_value >= lowest_possible and changed_value <= highest_possible
            as is_possible_value

    from changed

    where other_segment_id = segment_id

),

named as (

    select
        described.*,
        own_name.segment_name,
        second_name.segment_name as second_segment_name

    from described

    inner join segment_names as own_name
        on described.segment_id = own_name.segment_id

    inner join segment_names as second_name
        on described.second_segment_id = second_name.segment_id

),

phrased as (

    select
        *,
        case when value is null then ' (assumed, as it is unknown)' else '' end as assumed,
        {%- for segment in ['own', 'second'] %}
        case
            when {{ segment }}_centroid_value < lowest_possible then 'below 0'
            when {{ segment }}_centroid_value > highest_possible
                then 'above ' || {{ decimal_in_words('highest_possible', 'unit', '2') }}
            else {{ number_in_words(segment ~ '_centroid_value', 'unit') }}
        end as {{ segment }}_centre,
        {%- endfor %}
        case when contribution >= 0 then segment_name else second_segment_name end as nearer_name,
        case when contribution >= 0 then second_segment_name else segment_name end as farther_name,
        case when contribution >= 0 then own_centre else second_centre end as nearer_centre,
        case when contribution >= 0 then second_centre else own_centre end as farther_centre,
        -- Enough of them to tell the present value from the changed one.
        greatest(decimals, cast(-floor(log10(abs(required_change))) as integer))
            as present_decimals

    from named

)

select
    customer_id,
    segment_id,
    segment_name,
    second_segment_id,
    second_segment_name,
    feature,
    benefit,
    label,
    unit,
    value,
    filled_value,
    own_centroid_value,
    second_centroid_value,
    contribution,
    contribution_share,
    row_number() over (
        partition by customer_id
        order by abs(contribution) desc, feature asc
    ) as driver_rank,
    {{ begin_sentence('label') }} || ': '
    || case
        when unit != 'share' and filled_value = round(filled_value)
            then {{ decimal_in_words('filled_value', 'unit', '0') }}
        else {{ number_in_words('filled_value', 'unit') }}
    end
    || assumed || '. '
    || case
        when contribution = 0
            then
                'As near to the centre of ''' || nearer_name || ''' as to that of '''
                || farther_name || ''', it speaks for neither.'
        else
            'Nearer to the centre of ''' || nearer_name || ''' (' || nearer_centre
            || ') than to that of ''' || farther_name || ''' (' || farther_centre
            || '), it speaks for ''' || nearer_name || ''', with '
            || case
                when abs(contribution_share) < 0.0001 then 'less than 0.01%'
                else {{ share_in_words('abs(contribution_share)') }}
            end
            || ' of all that speaks for either.'
    end as driver_sentence,
    changed_value,
    required_change,
    change_in_standard_deviations,
    is_possible_value,
    is_within_observed_range,
    changed_value is not null
    and row_number() over (
        partition by customer_id
        order by
            is_possible_value desc nulls last,
            is_within_observed_range desc nulls last,
            abs(change_in_standard_deviations) asc,
            feature asc
    ) = 1 as is_smallest_change,
    case
        when is_possible_value
            then
                'If ' || label || ' were '
                || {{ decimal_in_words('changed_value', 'unit', 'decimals') }} || ' instead of '
                || {{ decimal_in_words('filled_value', 'unit', 'present_decimals') }} || assumed
                || ' and all else equal, the customer would be nearest to segment '''
                || second_segment_name || '''. '
                || case
                    when not is_within_observed_range
                        then 'No customer of the training sample has such a value. '
                    else ''
                end
                || 'This describes the model; it does not say that changing it would change'
                || ' the customer.'
        when changed_value is not null
            then
                'No possible value of ' || label || ' alone would bring the customer to segment '''
                || second_segment_name || ''': the model would need '
                || {{ decimal_in_words('changed_value', 'unit', 'decimals') }} || ' instead of '
                || {{ decimal_in_words('filled_value', 'unit', 'present_decimals') }} || assumed
                || '.'
        else
            'No value of ' || label || ' alone would bring the customer to segment '''
            || second_segment_name || '''.'
    end as sentence

from phrased
