select
    segment_profiles.segment_id,
    segment_profiles.segment_name,
    max(segment_centroids.coordinate) filter (where segment_centroids.component = 1)
        as component_1,
    max(segment_centroids.coordinate) filter (where segment_centroids.component = 2)
        as component_2,
    coalesce(wording.plain_number(component_1), 'unknown') as component_1_in_words,
    coalesce(wording.plain_number(component_2), '–') as component_2_in_words

from marts.segment_profiles

left join marts.segment_centroids
    on segment_profiles.segment_id = segment_centroids.segment_id

group by
    segment_profiles.segment_id,
    segment_profiles.segment_name

order by segment_profiles.segment_id
