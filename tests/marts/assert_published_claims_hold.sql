-- Looks up every number of segment_cards again, in the mart that the card names. A claim that is no
-- longer true, or without a number, must not stay published.
{%- set statistics = {
    'segment_profiles': [
        'customers', 'customer_share', 'jaccard_stability', 'mean_assignment_confidence',
        'borderline_customers',
    ],
    'segment_feature_profiles': [
        'mean', 'median', 'share_non_zero', 'average', 'index_vs_average', 'smd_vs_rest',
        'is_beyond_measure', 'extreme_customers',
    ],
    'segment_benefit_profiles': ['penetration', 'penetration_index'],
} -%}
{%- set keys = {
    'segment_feature_profiles': 'feature', 'segment_benefit_profiles': 'benefit',
} %}
with

segment_cards as (

    select * from {{ ref('segment_cards') }}

),

{% for mart in statistics -%}
{{ mart }} as (

    select * from {{ ref(mart) }}

),

{% endfor -%}
published as (

    {% for mart, columns in statistics.items() -%}
    {%- set outer_loop = loop -%}
    {%- for statistic in columns -%}
    select
        '{{ mart }}' as mart,
        segment_id,
        {{ keys.get(mart, "''") }} as evidence_key,
        '{{ statistic }}' as statistic,
        cast({{ statistic }} as double) as value

    from {{ mart }}
    {{ 'union all' if not (loop.last and outer_loop.last) }}

    {% endfor -%}
    {%- endfor -%}
),

looked_up as (

    select
        segment_cards.*,
        published.value as published_value,
        'segment ' || segment_cards.segment_id || ' "' || segment_cards.sentence || '" ('
        || concat_ws(
            ' ',
            segment_cards.evidence_mart || '.' || segment_cards.evidence_statistic,
            segment_cards.evidence_feature,
            segment_cards.evidence_benefit,
            'was',
            segment_cards.value,
            'and had to be',
            replace(replace(segment_cards.comparison, '_', ' '), 'equals', 'equal to'),
            segment_cards.threshold
        ) || coalesce(', but is ' || published.value, ', but there is no such number')
        || ')' as claim

    from segment_cards

    left join published
        on
            segment_cards.evidence_mart = published.mart
            and segment_cards.segment_id = published.segment_id
            and coalesce(segment_cards.evidence_feature, segment_cards.evidence_benefit, '')
            = published.evidence_key
            and segment_cards.evidence_statistic = published.statistic

),

-- Cards hold doubles, so equal means equal apart from rounding; and the number that a sentence
-- shows must still be the number in the mart.
judged as (

    select
        *,
        abs(published_value - value) <= 1e-9 * greatest(abs(value), 1)
        and case comparison
            when 'at_least' then published_value >= threshold
            when 'at_most' then published_value <= threshold
            when 'equals' then abs(published_value - threshold) <= 1e-9 * greatest(abs(value), 1)
        end as holds

    from looked_up

)

select count(*) as broken_claims

from judged

where not coalesce(holds, false)

having
    case
        when count(*) > 0
            then error(
                'Published claims of segment_cards do not hold: '
                || string_agg(claim, '; ' order by segment_id, position, evidence_number)
                || '. Build the cards again, or correct the playbook in COMPANY_DIR.'
            ) is not null
    end
