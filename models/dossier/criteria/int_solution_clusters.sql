{%- set solutions = read_solutions({
    'pca': (ref('fit_candidate_centroids'), 'component'),
    'scaled': (ref('fit_scaled_candidate_centroids'), 'axis'),
}) -%}
with

assignments as (

    select * from {{ ref('int_candidate_assignments') }}

)

{% for solution in solutions -%}
select
    '{{ solution.space }}' as space,
    {{ solution.count }} as segment_count,
    {{ solution.name }}_cluster as cluster,
    count(*) as customers,
    sum({{ solution.name }}_distance * {{ solution.name }}_distance) as within_ss,
    avg({{ solution.name }}_distance) as mean_distance,
    sum(
        case
            when {{ solution.name }}_second_distance = 0 then 0
            else
                ({{ solution.name }}_second_distance - {{ solution.name }}_distance)
                / {{ solution.name }}_second_distance
        end
    ) as sum_of_confidence

from assignments

group by {{ solution.name }}_cluster
{{ 'union all' if not loop.last }}

{% endfor %}
