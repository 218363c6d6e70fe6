{%- set fitted = read_fitted_model(ref('model_parameters')) -%}
{%- set solutions = read_solutions(ref('fit_candidate_centroids')) -%}
with

customer_features as (

    select * from {{ ref('customer_features') }}

),

candidates as (

    select * from {{ ref('fit_candidate_centroids') }}

),

segment_centroids as (

    select
        segment_id,
        component,
        value as coordinate

    from {{ ref('model_parameters') }}

    where parameter = 'coordinate'

),

{{ place_customers(fitted) }},

points as (

    select
        customer_id,
        array_value(
            {%- for weights in fitted.components %}
            component_{{ loop.index }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as coordinates

    from customer_points

),

measured as (

    select
        {% for solution in solutions -%}
        {% for centre in solution -%}
        array_distance(
            coordinates, array_value({{ centre.coordinates }})
        ) as to_{{ centre.cluster }}_of_{{ solution[0].segment_count }},
        {% endfor -%}
        {% endfor -%}
        customer_id

    from points

),

-- The cluster of each customer in every solution; the lower number wins a tie.
assigned as (

    select
        {% for solution in solutions -%}
        least(
            {%- for centre in solution %}
            to_{{ centre.cluster }}_of_{{ solution[0].segment_count }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as distance_of_{{ solution[0].segment_count }},
        case distance_of_{{ solution[0].segment_count }}
            {%- for centre in solution %}
            when to_{{ centre.cluster }}_of_{{ centre.segment_count }} then {{ centre.cluster }}
            {%- endfor %}
        end as cluster_of_{{ solution[0].segment_count }},
        {% endfor -%}
        customer_id

    from measured

),

-- Customers in the same cluster of every solution.
paths as (

    select
        {% for solution in solutions -%}
        cluster_of_{{ solution[0].segment_count }},
        {% endfor -%}
        count(*) as customers

    from assigned

    group by all

),

moves as (

    {% for solution in solutions[1:] -%}
    {% set before = solutions[loop.index0] -%}
    select
        {{ before[0].segment_count }} as segment_count,
        cluster_of_{{ before[0].segment_count }} as cluster,
        {{ solution[0].segment_count }} as next_segment_count,
        cluster_of_{{ solution[0].segment_count }} as next_cluster,
        sum(customers) as customers

    from paths

    group by
        cluster_of_{{ before[0].segment_count }},
        cluster_of_{{ solution[0].segment_count }}
    {{ 'union all' if not loop.last }}

    {% else -%}
    -- A single solution has no next one.
    select
        0 as segment_count,
        0 as cluster,
        0 as next_segment_count,
        0 as next_cluster,
        customers

    from paths

    where false
    {% endfor %}
),

chosen as (

    select
        count(distinct segment_id) as segment_count,
        max(component) as component_count

    from segment_centroids

),

-- The segments of the model are the clusters of the chosen solution under their lasting numbers.
numbered as (

    select
        candidates.segment_count,
        candidates.cluster,
        segment_centroids.segment_id

    from candidates

    inner join chosen
        on candidates.segment_count = chosen.segment_count

    inner join segment_centroids
        on
            candidates.component = segment_centroids.component
            and candidates.coordinate = segment_centroids.coordinate

    group by
        candidates.segment_count,
        candidates.cluster,
        segment_centroids.segment_id

    having count(*) = max(chosen.component_count)

)

select
    cast(moves.segment_count as integer) as segment_count,
    cast(moves.cluster as integer) as cluster,
    segments.segment_id,
    cast(moves.next_segment_count as integer) as next_segment_count,
    cast(moves.next_cluster as integer) as next_cluster,
    next_segments.segment_id as next_segment_id,
    cast(moves.customers as bigint) as customers,
    moves.customers
    / cast(sum(moves.customers) over (partition by moves.segment_count, moves.cluster) as double)
        as share_of_cluster,
    moves.customers
    / cast(
        sum(moves.customers) over (partition by moves.segment_count, moves.next_cluster) as double
    ) as share_of_next_cluster

from moves

left join numbered as segments
    on
        moves.segment_count = segments.segment_count
        and moves.cluster = segments.cluster

left join numbered as next_segments
    on
        moves.next_segment_count = next_segments.segment_count
        and moves.next_cluster = next_segments.cluster
