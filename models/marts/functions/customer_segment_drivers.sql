{#-
The numbers of customer_drivers in words. A parameter must not have the name of a column. No CTEs:
DuckDB 1.4.0 does not support them in functions.
-#}
select
    customer_id,
    segment_id,
    segment_name,
    is_small_segment,
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
    driver_rank,
    label_in_words || ': '
    || case
        when not wording.is_share(unit) and filled_value = round(filled_value)
            then wording.decimal_in_words(filled_value, unit, 0)
        else wording.number_in_words(filled_value, unit)
    end
    || assumed || '. '
    || case
        when contribution = 0
            then
                'As near to the centre of "' || segment_name || '" as to that of "'
                || second_segment_name || '", it speaks for neither.'
        else
            'Nearer to the centre of "' || nearer_name || '" (' || nearer_centre
            || ') than to that of "' || farther_name || '" (' || farther_centre
            || '), it speaks for "' || nearer_name || '", with '
            || case
                when abs(contribution_share) < 0.0001 then 'less than 0.01%'
                else wording.share_in_words(abs(contribution_share))
            end
            || ' of all that speaks for either.'
    end as driver_sentence,
    changed_value,
    required_change,
    change_in_standard_deviations,
    is_possible_value,
    is_within_observed_range,
    is_smallest_change,
    case
        when is_possible_value
            then
                'If ' || label || ' were '
                || wording.decimal_in_words(changed_value, unit, changed_value_decimals)
                || ' instead of '
                || wording.decimal_in_words(filled_value, unit, present_decimals) || assumed
                || ' and all else equal, the customer would be nearest to segment "'
                || second_segment_name || '". '
                || case
                    when not is_within_observed_range
                        then 'No customer of the training sample has such a value. '
                    else ''
                end
                || 'This describes the model; it does not say that changing it would change'
                || ' the customer.'
        when changed_value is not null
            then
                'No possible value of ' || label || ' alone would bring the customer to segment "'
                || second_segment_name || '": the model would need '
                || wording.decimal_in_words(changed_value, unit, changed_value_decimals)
                || ' instead of '
                || wording.decimal_in_words(filled_value, unit, present_decimals) || assumed
                || '.'
        when category is not null
            then
                'The values of a category change together, so no change of ' || label || ' alone'
                || ' is offered.'
        else
            'No value of ' || label || ' alone would bring the customer to segment "'
            || second_segment_name || '".'
    end as sentence

from (
    select
        drivers.*,
        own.segment_name,
        own.is_small_segment,
        runner_up.segment_name as second_segment_name,
        wording.begin_sentence(drivers.label) as label_in_words,
        case when drivers.value is null then ' (assumed, as it is unknown)' else '' end as assumed,
        {%- for segment in ['own', 'second'] %}
        case
            when wording.is_flag(drivers.unit)
                then
                    wording.number_in_words(
                        least(greatest(drivers.{{ segment }}_centroid_value, 0), 1), drivers.unit
                    )
            when drivers.{{ segment }}_centroid_value < drivers.lowest_possible then 'below 0'
            when drivers.{{ segment }}_centroid_value > drivers.highest_possible
                then
                    'above '
                    || wording.decimal_in_words(drivers.highest_possible, drivers.unit, 2)
            else wording.number_in_words(drivers.{{ segment }}_centroid_value, drivers.unit)
        end as {{ segment }}_centre,
        {%- endfor %}
        drivers.contribution >= 0 as is_nearer_to_own,
        case when is_nearer_to_own then own.segment_name else runner_up.segment_name end
            as nearer_name,
        case when is_nearer_to_own then runner_up.segment_name else own.segment_name end
            as farther_name,
        case when is_nearer_to_own then own_centre else second_centre end as nearer_centre,
        case when is_nearer_to_own then second_centre else own_centre end as farther_centre,
        -- Enough decimals to distinguish the present value from the changed one.
        greatest(
            drivers.changed_value_decimals,
            cast(-floor(log10(abs(drivers.required_change))) as integer)
        ) as present_decimals

    from {{ ref('customer_drivers').include(database=false) }} as drivers

    inner join
        (
            select
                segment_id,
                segment_name,
                is_small_segment

            from {{ ref('segment_profiles').include(database=false) }}
        ) as own
        on drivers.segment_id = own.segment_id

    inner join
        (
            select
                segment_id,
                segment_name

            from {{ ref('segment_profiles').include(database=false) }}
        ) as runner_up
        on drivers.second_segment_id = runner_up.segment_id

) as worded

where customer_id = cast(customer as varchar)

order by driver_rank
