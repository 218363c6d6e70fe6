"""All SQL of the app, against the schema marts of a publication."""

BUILD = "select run_id, built_at from marts.build_info"

SEGMENTS = """
    select
        segment_id,
        segment_name,
        message,
        customers,
        wording.whole_number(customers) as customers_in_words,
        wording.share_in_words(customer_share) as customer_share_in_words,
        coalesce(wording.plain_number(mean_balance), 'unknown') as mean_balance_in_words,
        wording.similarity_in_words(jaccard_stability) as stability_in_words,
        coalesce(wording.share_in_words(mean_assignment_confidence), 'unknown')
            as confidence_in_words
    from marts.segment_profiles
    order by segment_id
"""

CARD = """
    select sentence
    from marts.segment_cards
    where
        segment_id = $segment_id
        and evidence_number = 1
    order by position
"""

BENEFITS = """
    select
        benefit,
        wording.benefit_in_words(benefit) as benefit_in_words,
        coalesce(wording.share_in_words(penetration), 'unknown') as penetration_in_words,
        coalesce(wording.plain_number(penetration_index), 'unknown')
            as penetration_index_in_words,
        coalesce(wording.whole_number(white_space), 'unknown') as white_space_in_words,
        coalesce(wording.plain_number(mean_balance_per_holder), 'unknown')
            as mean_balance_per_holder_in_words
    from marts.segment_benefit_profiles
    where segment_id = $segment_id
    order by benefit
"""

# Features of the relationship as a whole have the benefit "all".
FEATURES = """
    select
        feature,
        label,
        coalesce(wording.number_in_words(mean, unit), 'unknown') as mean_in_words,
        coalesce(wording.number_in_words(average, unit), 'unknown') as other_mean_in_words,
        wording.difference_in_words(smd_vs_rest, is_beyond_measure)
        || if(shows_means = false, ', not shown by the means', '') as difference_in_words
    from marts.segment_feature_profiles
    where
        segment_id = $segment_id
        and ($benefit is null or benefit = $benefit)
    order by rank_in_segment
"""

# The same, compared with another segment.
COMPARISON = """
    select
        feature,
        label,
        coalesce(wording.number_in_words(mean, unit), 'unknown') as mean_in_words,
        coalesce(wording.number_in_words(other_mean, unit), 'unknown') as other_mean_in_words,
        wording.difference_in_words(smd_vs_other, is_beyond_measure)
        || if(shows_means = false, ', not shown by the means', '') as difference_in_words
    from marts.compare_segments($segment_id, $other_id)
    where $benefit is null or benefit = $benefit
    order by comparison_rank
"""

FEATURE_BY_SEGMENT = """
    select
        segment_name,
        mean,
        coalesce(wording.number_in_words(mean, unit), 'unknown') as mean_in_words,
        coalesce(wording.number_in_words(median, unit), 'unknown') as median_in_words,
        coalesce(wording.number_in_words(p10, unit), 'unknown') as p10_in_words,
        coalesce(wording.number_in_words(p90, unit), 'unknown') as p90_in_words,
        coalesce(wording.share_in_words(share_non_zero), 'unknown') as share_non_zero_in_words
    from marts.segment_feature_profiles
    where feature = $feature
    order by segment_id
"""

ANY_CUSTOMER = "select min(customer_id) as customer_id from marts.customer_segments"

CUSTOMER = """
    select
        customers.segment_name,
        second_profiles.segment_name as second_segment_name,
        wording.decimal_in_words(customers.distance_to_centroid, 'amount', 3)
            as distance_in_words,
        wording.decimal_in_words(customers.second_distance, 'amount', 3)
            as second_distance_in_words,
        wording.share_in_words(customers.assignment_confidence) as confidence_in_words
    from marts.customer_segments as customers
    left join marts.segment_profiles as second_profiles
        on customers.second_segment_id = second_profiles.segment_id
    where customers.customer_id = $customer_id
"""

# The drivers of a customer, the strongest first; none when there is only one segment.
DRIVERS = """
    select
        drivers.feature,
        drivers.label,
        drivers.unit,
        drivers.value,
        drivers.filled_value,
        drivers.changed_value,
        drivers.is_smallest_change,
        drivers.sentence,
        case when wording.is_whole(drivers.unit) or drivers.unit = 'amount' then 1.0 else 0.1 end
            as step,
        wording.is_flag(drivers.unit) as is_flag,
        scalers.transform,
        scalers.minimum,
        scalers.maximum
    from marts.customer_segment_drivers($customer_id) as drivers
    inner join marts.feature_scalers as scalers
        on drivers.feature = scalers.feature
    where scalers.category is null
    order by drivers.driver_rank
"""

# The categories that the model reads, with the value of a customer: null when unknown, '' when it
# is none of the choices.
CATEGORIES = """
    select
        scalers.column_name as feature,
        any_value(left(scalers.label, length(scalers.label) - length(scalers.category) - 3))
            as label,
        list(scalers.category order by scalers.category) as choices,
        case
            when count(drivers.value) > 0
                then coalesce(max(scalers.category) filter (where drivers.value = 1), '')
        end as value
    from marts.customer_drivers as drivers
    inner join marts.feature_scalers as scalers
        on drivers.feature = scalers.feature
    where
        drivers.customer_id = $customer_id
        and scalers.category is not null
    group by scalers.column_name
    order by scalers.column_name
"""

# The scoring of the project, for one customer given by its features.
SCORE = """
    select
        segment_name,
        second_segment_name,
        wording.decimal_in_words(distance_to_centroid, 'amount', 3) as distance_in_words,
        wording.decimal_in_words(second_distance, 'amount', 3) as second_distance_in_words,
        coalesce(wording.share_in_words(assignment_confidence), 'unknown')
            as confidence_in_words
    from marts.segment_of($customer)
"""

# The mart with the marketing consent, in publications that have it.
HAS_MESSAGE_AUDIENCES = """
    select count(*) > 0 as has_message_audiences
    from duckdb_tables()
    where
        schema_name = 'marts'
        and table_name = 'message_audiences'
"""


def audience(has_message_audiences: bool) -> str:
    """Return the query for an audience; where consent is known, only customers who gave it."""
    reachable = "true"
    if has_message_audiences:
        reachable = "customer_id in (select customer_id from marts.message_audiences)"
    return f"""
        select
            customer_id,
            segment_id,
            segment_name
        from marts.customer_segments
        where
            segment_id in (select unnest($segment_ids))
            and (not is_borderline or $with_borderline)
            and {reachable}
        order by customer_id
    """


def audience_size(has_message_audiences: bool) -> str:
    """Return the query for the size of an audience."""
    return f"""
        select
            count(*) as customers,
            wording.count_in_words(count(*), 'customer') as customers_in_words
        from ({audience(has_message_audiences)})
    """
