-- depends_on: {{ ref('customer_features') }}
select
    cast(listed.position as integer) as position,
    listed.feature,
    listed.benefit,
    listed.label,
    listed.unit,
    listed.transform,
    listed.null_policy,
    listed.role,
    listed.measure

from (
    values
    {%- for feature in list_features() %}
    (
        {{ loop.index }}, '{{ feature.name }}', '{{ feature.benefit }}',
        '{{ feature.label | replace("'", "''") }}', '{{ feature.unit }}',
        {{ "'" ~ feature.transform ~ "'" if feature.transform else 'null' }},
        {{ "'" ~ feature.null_policy ~ "'" if feature.null_policy else 'null' }},
        '{{ feature.role }}',
        {{ "'" ~ feature.measure ~ "'" if feature.measure else 'null' }}
    ){{ ',' if not loop.last }}
    {%- endfor %}
) as listed (position, feature, benefit, label, unit, transform, null_policy, role, measure)
