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

    select * from {{ ref('int_customer_assignments').include(database=false) }}

),

segment_names as (

    select * from {{ ref('int_segment_names').include(database=false) }}

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

    select
        customer_id,
        feature,
        value

    from customer_features
    unpivot include nulls (
        value for feature in (
            {{ list_features(role='clustering') | map(attribute='name') | join(', ') }}
        )
    )

),

scaled as (

    select
        customer_values.customer_id,
        customer_values.feature,
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
        feature_scalers.maximum

    from customer_values

    inner join feature_scalers
        on customer_values.feature = feature_scalers.feature

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

-- Differences of squared distances: `margin` from the own segment to the runner-up, `gap` from
-- the runner-up to the other segment.
explained as (

    select
        *,
        (second_position - own_position) * (own_position + second_position - 2 * position)
            as contribution,
        sum(contribution) over (partition by customer_id, other_segment_id) as margin,
        sum(
            (other_position - second_position) * (second_position + other_position - 2 * position)
        ) over (partition by customer_id, other_segment_id) as gap

    from compared

),

-- While one feature moves, each of these differences is a straight line. At the boundary the
-- runner-up is as near as the own segment. The change goes beyond by a billionth of the squared
-- distances, so that the rounding of the scoring cannot undo it.
moved as (

    select
        *,
        margin / (2 * nullif(second_position - own_position, 0)) as boundary,
        boundary
        + 1e-9 * pow(second_distance + abs(boundary), 2)
        / (2 * (second_position - own_position)) as planned_shift,
        {{ in_raw_units('model_value + planned_shift / weight * standard_deviation') }}
            as moved_value

    from explained

),

-- The shift as scoring will see it, after the rounding of the raw value.
rescored as (

    select
        *,
        case
            when transform != 'log1p' then moved_value
            when moved_value > -1 then ln(1 + moved_value)
        end as moved_model_value,
        (moved_model_value - mean) / standard_deviation * weight - position as shift

    from moved

),

-- A change counts when it leaves every other segment, third ones included, farther away than the
-- runner-up.
changed as (

    select
        *,
        case
            when
                abs(shift) < cast('infinity' as double)
                and min(gap - 2 * shift * (other_position - second_position))
                    over (partition by customer_id, feature)
                >= 1e-10 * pow(second_distance + abs(shift), 2)
                then moved_value
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
        changed_value - filled_value as required_change,
        case
            when changed_value is not null
                then (moved_model_value - model_value) / standard_deviation
        end as change_in_standard_deviations,
        changed_value between minimum and maximum as is_within_observed_range,
        -- Two digits of the change, for the sentence.
        cast(greatest(1 - floor(log10(abs(required_change))), 0) as integer) as decimals

    from changed

    where other_segment_id = segment_id

)

select
    described.customer_id,
    described.segment_id,
    described.second_segment_id,
    described.feature,
    feature_catalog.benefit,
    feature_catalog.label,
    feature_catalog.unit,
    described.value,
    described.filled_value,
    described.own_centroid_value,
    described.second_centroid_value,
    described.contribution,
    described.contribution
    / nullif(sum(abs(described.contribution)) over (partition by described.customer_id), 0)
        as contribution_share,
    row_number() over (
        partition by described.customer_id
        order by abs(described.contribution) desc, described.feature asc
    ) as driver_rank,
    described.changed_value,
    described.required_change,
    described.change_in_standard_deviations,
    described.is_within_observed_range,
    described.changed_value is not null
    and row_number() over (
        partition by described.customer_id
        order by
            described.is_within_observed_range desc nulls last,
            abs(described.change_in_standard_deviations) asc,
            described.feature asc
    ) = 1 as is_smallest_change,
    'If ' || feature_catalog.label || ' were '
    || format('{:,.{}f}', described.changed_value, described.decimals) || ' instead of '
    || format('{:,.{}f}', described.filled_value, described.decimals)
    || case when described.value is null then ' (assumed, as it is unknown)' else '' end
    || ' and all else equal, the customer would be nearest to segment '''
    || segment_names.segment_name || '''. '
    || case
        when not described.is_within_observed_range
            then 'No customer of the training sample has such a value. '
        else ''
    end
    || 'This describes the model; it does not say that changing it would change the customer.'
        as sentence

from described

inner join feature_catalog
    on described.feature = feature_catalog.feature

inner join segment_names
    on described.second_segment_id = segment_names.segment_id
