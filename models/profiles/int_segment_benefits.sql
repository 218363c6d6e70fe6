{%- set features = list_features(['clustering', 'profiling']) -%}
{%- set benefits = features | selectattr('measure', 'equalto', 'holdings') | list -%}
{#- For each benefit of which the catalogue has a feature with `measure: holdings`. -#}
with

differences as (

    select * from {{ ref('int_segment_differences') }}

),

segmented_customers as (

    select * from {{ ref('int_segmented_customers') }}

),

counted as (

    {% for holdings in benefits -%}
    {%- set balances = features
        | selectattr('measure', 'equalto', 'balance')
        | selectattr('benefit', 'equalto', holdings.benefit) | map(attribute='name') | list -%}
    select
        segment_id,
        '{{ holdings.benefit }}' as benefit,
        count(*) as customers,
        count(*) filter (where {{ holdings.name }} > 0) as holders,
        {% set balance = balances[0] if balances else 'cast(null as double)' -%}
        sum({{ balance }}) as total_balance,
        -- An unknown balance does not count as 0.
        count({{ balance }}) filter (where {{ holdings.name }} > 0) as known_holders

    from segmented_customers

    group by segment_id
    {{ 'union all' if not loop.last }}

    {% else %}
    select
        cast(null as integer) as segment_id,
        cast(null as varchar) as benefit,
        cast(null as bigint) as customers,
        cast(null as bigint) as holders,
        cast(null as double) as total_balance,
        cast(null as bigint) as known_holders

    where false
    {% endfor %}
),

shares as (

    select
        *,
        holders / cast(customers as double) as penetration,
        sum(holders) over (partition by benefit)
        / sum(customers) over (partition by benefit) as average_penetration

    from counted

),

-- In scaled space, as the model weighs the features against each other.
sums_of_squares as (

    select
        segment_id,
        benefit,
        sum(scaled_between_ss) as between_ss

    from differences

    where role = 'clustering'

    group by
        segment_id,
        benefit

),

totals as (

    select nullif(sum(between_ss), 0) as between_ss

    from sums_of_squares

)

select
    shares.segment_id,
    shares.benefit,
    shares.customers,
    shares.holders,
    shares.penetration,
    100 * shares.penetration / nullif(shares.average_penetration, 0) as penetration_index,
    shares.total_balance,
    shares.total_balance / nullif(shares.known_holders, 0) as mean_balance_per_holder,
    -- When nobody holds the benefit, its input is usually missing: white_space is unknown.
    case when shares.average_penetration > 0 then shares.customers - shares.holders end
        as white_space,
    sum(coalesce(sums_of_squares.between_ss, 0)) over (partition by shares.benefit)
    / totals.between_ss as bcss_share,
    coalesce(sums_of_squares.between_ss, 0) / totals.between_ss as segment_bcss_share

from shares

cross join totals

left join sums_of_squares
    on
        shares.segment_id = sums_of_squares.segment_id
        and shares.benefit = sums_of_squares.benefit
