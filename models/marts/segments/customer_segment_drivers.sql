{#-
A parameter must not have the name of a column. No CTEs: DuckDB 1.4.0 knows none in functions.
-#}
{{ config(materialized='table_function', parameters=['customer'], contract={'enforced': false}) }}

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
    driver_rank,
    driver_sentence,
    changed_value,
    required_change,
    change_in_standard_deviations,
    is_smallest_change,
    is_possible_value,
    is_within_observed_range,
    sentence

from {{ ref('int_customer_drivers').include(database=false) }}

where customer_id = cast(customer as varchar)

order by driver_rank
