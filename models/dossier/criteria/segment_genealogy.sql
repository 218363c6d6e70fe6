{%- set counts = read_solutions({'pca': (ref('fit_candidate_centroids'), 'component')})
    | map(attribute='count') | list -%}
with

assignments as (

    select * from {{ ref('int_candidate_assignments') }}

),

candidates as (

    select * from {{ ref('fit_candidate_centroids') }}

),

segment_centroids as (

    select * from {{ ref('segment_centroids') }}

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

),

moves as (

    {% for count in counts[1:] -%}
    {% set before = counts[loop.index0] -%}
    select
        {{ before }} as segment_count,
        pca_{{ before }}_cluster as cluster,
        {{ count }} as next_segment_count,
        pca_{{ count }}_cluster as next_cluster,
        count(*) as customers

    from assignments

    group by
        pca_{{ before }}_cluster,
        pca_{{ count }}_cluster
    {{ 'union all' if not loop.last }}

    {% else -%}
    select
        cast(null as integer) as segment_count,
        cast(null as integer) as cluster,
        cast(null as integer) as next_segment_count,
        cast(null as integer) as next_cluster,
        cast(null as bigint) as customers

    from assignments

    where false
    {% endfor %}
)

select
    cast(moves.segment_count as integer) as segment_count,
    moves.cluster,
    segments.segment_id,
    cast(moves.next_segment_count as integer) as next_segment_count,
    moves.next_cluster,
    next_segments.segment_id as next_segment_id,
    moves.customers,
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
