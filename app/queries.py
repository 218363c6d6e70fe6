"""All SQL of the app, against the schema marts of a publication."""

BUILD = "select run_id, built_at from marts.build_info"

SEGMENTS = """
    select
        segment_id,
        segment_name,
        description,
        message,
        customers,
        customer_share,
        mean_balance,
        jaccard_stability,
        mean_assignment_confidence
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
        holders,
        penetration,
        penetration_index,
        white_space,
        mean_balance_per_holder
    from marts.segment_benefit_profiles
    where segment_id = $segment_id
    order by benefit
"""

# Features of the whole relationship stand under the benefit "all".
FEATURES = """
    select
        feature,
        benefit,
        label,
        unit,
        mean,
        average as other_mean,
        smd_vs_rest as difference
    from marts.segment_feature_profiles
    where
        segment_id = $segment_id
        and ($benefit is null or benefit = $benefit)
    order by rank_in_segment
"""

# The same beside another segment.
COMPARISON = """
    select
        feature,
        benefit,
        label,
        unit,
        mean,
        other_mean,
        smd_vs_other as difference
    from marts.compare_segments($segment_id, $other)
    where $benefit is null or benefit = $benefit
    order by comparison_rank
"""

FEATURE_BY_SEGMENT = """
    select
        segment_name,
        mean,
        median,
        p10,
        p90,
        share_non_zero,
        average
    from marts.segment_feature_profiles
    where feature = $feature
    order by segment_id
"""

ANY_CUSTOMER = "select min(customer_id) as customer_id from marts.customer_segments"

CUSTOMER = """
    select
        customers.segment_name,
        second_profiles.segment_name as second_segment_name,
        customers.distance_to_centroid,
        customers.second_distance,
        customers.assignment_confidence
    from marts.customer_segments as customers
    left join marts.segment_profiles as second_profiles
        on customers.second_segment_id = second_profiles.segment_id
    where customers.customer_id = $customer_id
"""

# What moves a customer, the strongest first; none where there is one segment only.
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
        scalers.transform,
        scalers.minimum,
        scalers.maximum
    from marts.customer_segment_drivers($customer_id) as drivers
    inner join marts.feature_scalers as scalers
        on drivers.feature = scalers.feature
    order by drivers.driver_rank
"""

# The scoring of the project, for one customer that is given by its features.
SCORE = """
    select
        segment_name,
        second_segment_name,
        distance_to_centroid,
        second_distance,
        assignment_confidence
    from marts.segment_of($customer)
"""

# Tables that know who may be written to.
CONSENT = """
    select table_name, column_name
    from duckdb_columns()
    where
        schema_name = 'marts'
        and column_name in ('marketing_consent', 'has_marketing_consent')
        and table_name in (
            select table_name
            from duckdb_columns()
            where
                schema_name = 'marts'
                and column_name = 'customer_id'
        )
    order by table_name
    limit 1
"""


def audience(consent: tuple[str, str] | None) -> str:
    """Return the query for an audience, of those who consent where that is known."""
    consented = "true"
    if consent is not None:
        table, column = consent
        consented = f"customer_id in (select customer_id from marts.{table} where {column})"
    return f"""
        select
            customer_id,
            segment_id,
            segment_name
        from marts.customer_segments
        where
            segment_id in (select unnest($segment_ids))
            and (not is_borderline or $with_borderline)
            and {consented}
        order by customer_id
    """


def audience_size(consent: tuple[str, str] | None) -> str:
    """Return the query for the size of an audience."""
    return f"select count(*) as customers from ({audience(consent)})"
