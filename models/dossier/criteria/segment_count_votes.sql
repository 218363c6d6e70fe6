{%- set largest = {
    'silhouette_avg': 'the largest mean silhouette',
    'simplified_silhouette_avg': 'the largest mean simplified silhouette',
    'calinski_harabasz': 'the largest Calinski-Harabasz index',
} -%}
{#- Where several numbers are equally good, the smallest gets the vote. -#}
with

criteria as (

    select * from {{ ref('fit_segment_count_criteria') }}

),

compared as (

    select
        * replace (cast(segment_count as integer) as segment_count),
        {% for criterion in largest -%}
        max({{ criterion }}) over (partition by space) as best_{{ criterion }},
        {% endfor -%}
        min(davies_bouldin) over (partition by space) as best_davies_bouldin,
        lead(gap) over (partition by space order by segment_count)
        - lead(gap_se) over (partition by space order by segment_count) as gap_to_reach

    from criteria

)

select
    space,
    'is_knee' as criterion,
    min(segment_count) filter (where is_knee) as segment_count,
    'the knee of the WCSS curve' as rule

from compared

group by space

{% for criterion, rule in largest.items() -%}
union all

select
    space,
    '{{ criterion }}' as criterion,
    min(segment_count) filter (where {{ criterion }} = best_{{ criterion }}) as segment_count,
    '{{ rule }}' as rule

from compared

group by space

{% endfor -%}
union all

select
    space,
    'davies_bouldin' as criterion,
    min(segment_count) filter (where davies_bouldin = best_davies_bouldin) as segment_count,
    'the smallest Davies-Bouldin index' as rule

from compared

group by space

union all

select
    space,
    'gap' as criterion,
    min(segment_count) filter (where gap >= gap_to_reach) as segment_count,
    'the first gap that the next one does not exceed by more than its standard error' as rule

from compared

group by space

union all

select
    space,
    'prediction_strength' as criterion,
    max(segment_count) filter (where prediction_strength >= 0.8) as segment_count,
    'the most segments with a prediction strength of at least 0.8' as rule

from compared

group by space

union all

select
    space,
    'stability_ari' as criterion,
    max(segment_count) filter (where stability_ari >= 0.9 and min_jaccard_stability >= 0.75)
        as segment_count,
    'the most segments that are all stable: refits agree by at least 0.9, the least stable'
    || ' segment by at least 0.75' as rule

from compared

group by space
