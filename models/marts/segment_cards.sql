{#-
Sentences first, one relation per kind, with the columns of the mart they are made of. Then the
numbers behind them: sentences, mart, statistic, comparison, threshold and, where not every
sentence has the number, which do.
-#}
{%- set noteworthy = var('noteworthy_smd') -%}
{%- set negligible = negligible_smd() -%}
{%- set equals, at_least, at_most = "'equals'", "'at_least'", "'at_most'" -%}
{%- set topics = {
    'sizes': (1, 'size'),
    'only_segments': (2, 'stands_out'),
    'differences': (2, 'stands_out'),
    'similarities': (3, 'does_not_stand_out'),
    'benefits': (4, 'benefits'),
    'stabilities': (5, 'stability'),
    'certainties': (6, 'certainty'),
} -%}
{%- set of_segment = 'segment_profiles' -%}
{%- set of_feature = 'segment_feature_profiles' -%}
{%- set of_benefit = 'segment_benefit_profiles' -%}
{%- set evidence = [
    ('sizes', of_segment, 'customers', equals, 'customers', none),
    ('sizes', of_segment, 'customer_share', equals, 'customer_share', none),
    ('only_segments', of_segment, 'customer_share', equals, '1', none),
    ('differences', of_feature, 'smd_vs_rest', 'comparison', 'threshold', 'not is_beyond_measure'),
    ('differences', of_feature, 'is_beyond_measure', equals, '1', 'is_beyond_measure'),
    ('differences', of_feature, 'mean', equals, 'mean', 'shows_means'),
    ('differences', of_feature, 'average', equals, 'average', 'shows_means'),
    ('similarities', of_feature, 'smd_vs_rest', at_least, '-bound', none),
    ('similarities', of_feature, 'smd_vs_rest', at_most, 'bound', none),
    ('similarities', of_feature, 'mean', equals, 'mean', 'shows_means'),
    ('similarities', of_feature, 'average', equals, 'average', 'shows_means'),
    ('benefits', of_benefit, 'penetration_index', 'comparison', 'threshold', none),
    ('benefits', of_benefit, 'penetration', equals, 'penetration', none),
    ('stabilities', of_segment, 'jaccard_stability', at_least, 'band_from', 'band_from > 0'),
    ('stabilities', of_segment, 'jaccard_stability', at_most, 'band_to', 'band_to is not null'),
    (
        'certainties', of_segment, 'mean_assignment_confidence', equals,
        'mean_assignment_confidence', none
    ),
    ('certainties', of_segment, 'borderline_customers', equals, 'borderline_customers', none),
    ('certainties', of_segment, 'customers', equals, 'customers', none),
] -%}
{%- set bands = stability_bands() -%}
{%- set bounds = penetration_bounds() -%}
with

segment_profiles as (

    select
        *,
        count(*) over () as segment_count

    from {{ ref('segment_profiles') }}

),

segment_feature_profiles as (

    select * from {{ ref('segment_feature_profiles') }}

),

segment_benefit_profiles as (

    select * from {{ ref('segment_benefit_profiles') }}

),

feature_importance as (

    select
        feature,
        importance_rank,
        count(*) over () as features

    from {{ ref('feature_importance') }}

),

noteworthy_differences as (

    select * from {{ ref('int_noteworthy_differences') }}

),

playbook_claims as (

    select * from {{ ref('int_playbook_claims') }}

),

sizes as (

    select
        *,
        1 as sentence_number,
        format('{:,}', customers)
        || case when customers = 1 then ' customer, ' else ' customers, ' end
        || {{ share_in_words('customer_share') }} || ' of all.' as sentence

    from segment_profiles

),

only_segments as (

    select
        *,
        1 as sentence_number,
        'It is the only segment, so there is nothing to compare it with.' as sentence

    from segment_profiles

    where
        segment_count = 1
        and customer_share = 1

),

feature_numbers as (

    select
        *,
        {{ number_in_words('mean', 'unit') }} || ' on average, '
        || {{ number_in_words('average', 'unit') }} || ' among all customers' as means_in_words

    from segment_feature_profiles

    where
        role = 'clustering'
        and (smd_vs_rest is not null or is_beyond_measure)

),

-- Values are compared as the model sees them, so now and then the plain means say the opposite.
told_differences as (

    select
        feature_numbers.*,
        noteworthy_differences.words,
        noteworthy_differences.telling_rank as sentence_number,
        noteworthy_differences.is_upward,
        case
            when feature_numbers.is_beyond_measure then 'equals'
            when noteworthy_differences.is_upward then 'at_least'
            else 'at_most'
        end as comparison,
        sign(feature_numbers.smd_vs_rest) * {{ noteworthy }} as threshold,
        coalesce(
            sign(feature_numbers.mean - feature_numbers.average)
            = case when noteworthy_differences.is_upward then 1 else -1 end,
            false
        ) as shows_means

    from feature_numbers

    inner join noteworthy_differences
        on
            feature_numbers.segment_id = noteworthy_differences.segment_id
            and feature_numbers.feature = noteworthy_differences.feature

    where noteworthy_differences.telling_rank <= 3

),

differences as (

    select
        *,
        {{ begin_sentence('words') }} || ': '
        || case
            when shows_means and is_beyond_measure then means_in_words || ', without any overlap.'
            when shows_means then means_in_words || '.'
            when is_beyond_measure
                then 'without any overlap with the other customers, as the model sees the values.'
            else
                {{ plain_number('abs(smd_vs_rest)') }} || ' standard deviations '
                || case when is_upward then 'above' else 'below' end
                || ' all other customers, as the model sees the values.'
        end as sentence

    from told_differences

),

told_segments as (

    select distinct segment_id from told_differences

),

-- The nearest of the more important half, and for a segment without noteworthy ones the strongest.
candidates as (

    select
        feature_numbers.*,
        feature_importance.importance_rank,
        feature_importance.importance_rank <= (feature_importance.features + 1) / 2 as is_important,
        told_segments.segment_id is null as is_ordinary

    from feature_numbers

    inner join feature_importance
        on feature_numbers.feature = feature_importance.feature

    left join told_segments
        on feature_numbers.segment_id = told_segments.segment_id

),

ranked_candidates as (

    select
        *,
        row_number() over (
            partition by segment_id
            order by
                case when is_ordinary then -abs(smd_vs_rest) else abs(smd_vs_rest) end,
                importance_rank
        ) as sentence_number

    from candidates

    where
        is_ordinary
        or (
            is_important
            and abs(smd_vs_rest) < {{ negligible }}
            and mean is not null
        )

),

similarities as (

    select
        *,
        not is_ordinary as shows_means,
        case when is_ordinary then {{ noteworthy }} else {{ negligible }} end as bound,
        case
            when is_ordinary
                then
                    'Nothing stands out: the largest difference to the other customers, in '
                    || label || ', is ' || {{ plain_number('abs(smd_vs_rest)') }}
                    || ' standard deviations.'
            else 'Close to the average in ' || label || ': ' || means_in_words || '.'
        end as sentence

    from ranked_candidates

    where sentence_number = 1

),

bounded_benefits as (

    select
        *,
        case
            when penetration_index >= {{ bounds.more }} then 'at_least'
            else 'at_most'
        end as comparison,
        case
            when penetration_index >= {{ bounds.more }} then {{ bounds.more }}
            else {{ bounds.less }}
        end as threshold,
        row_number() over (
            partition by segment_id
            order by abs(penetration_index - 100) desc, benefit asc
        ) as sentence_number

    from segment_benefit_profiles

    where
        penetration_index >= {{ bounds.more }}
        or penetration_index <= {{ bounds.less }}

),

benefits as (

    select
        *,
        {{ begin_sentence("replace(benefit, '_', ' ')") }} || ' held '
        || case comparison when 'at_least' then 'more' else 'less' end
        || ' often than average: '
        || case
            when customers = 1 and penetration = 1 then 'by the only customer'
            when customers = 1 then 'not by the only customer'
            else 'by ' || {{ share_in_words('penetration') }} || ' of these customers'
        end
        || ' (index ' || format('{:,.0f}', penetration_index) || '; 100 is average).' as sentence

    from bounded_benefits

),

banded as (

    select
        *,
        1 as sentence_number,
        case
            {%- for from, words in bands | reverse %}
            when jaccard_stability >= {{ from }} then {{ from }}
            {%- endfor %}
        end as band_from

    from segment_profiles

    where segment_count > 1

),

stabilities as (

    select
        *,
        case band_from
            {%- for from, words in bands[:-1] %}
            when {{ from }} then {{ bands[loop.index][0] }}
            {%- endfor %}
        end as band_to,
        case band_from
            {%- for from, words in bands %}
            when {{ from }} then '{{ words }}'
            {%- endfor %}
        end
        || ': when customers are drawn anew and the model is fitted again, the segment comes back'
        || ' with a mean Jaccard similarity of '
        || {{ similarity_in_words('jaccard_stability') }}
        || ' (1 would be the same customers each time).' as sentence

    from banded

),

-- A customer at the centre is infinitely nearer to it, but for the rounding of the centre.
certainties as (

    select
        *,
        1 as sentence_number,
        case
            when mean_assignment_confidence > 1 - 1e-9 and customers = 1
                then 'The only customer is at the centre of this segment.'
            when mean_assignment_confidence > 1 - 1e-9
                then 'All customers are at the centre of this segment.'
            when customers = 1
                then
                    'For the only customer the centre of this segment is '
                    || {{ share_in_words('mean_assignment_confidence') }}
                    || ' nearer than that of the next segment'
                    || case
                        when borderline_customers = 1 then ', which counts as borderline.' else '.'
                    end
            else
                'On average the centre of this segment is '
                || {{ share_in_words('mean_assignment_confidence') }}
                || ' nearer than that of the next segment; for '
                || format('{:,}', borderline_customers)
                || ' of ' || format('{:,}', customers) || ' customers it is less than '
                || {{ share_in_words('cast(' ~ var('borderline_confidence') ~ ' as double)') }}
                || ' nearer.'
        end as sentence

    from segment_profiles

    where mean_assignment_confidence is not null

),

proven as (

    {% for sentences, mart, statistic, comparison, threshold, condition in evidence -%}
    {%- set topic_number, topic = topics[sentences] -%}
    select
        segment_id,
        {{ topic_number }} as topic_number,
        '{{ topic }}' as topic,
        sentence_number,
        sentence,
        {{ loop.index }} as evidence_order,
        '{{ mart }}' as evidence_mart,
        {{ 'feature' if mart == of_feature else 'cast(null as varchar)' }}
            as evidence_feature,
        {{ 'benefit' if mart == of_benefit else 'cast(null as varchar)' }}
            as evidence_benefit,
        '{{ statistic }}' as evidence_statistic,
        {{ comparison }} as comparison,
        cast({{ threshold }} as double) as threshold,
        cast({{ statistic }} as double) as value

    from {{ sentences }}
    {% if condition %}
    where {{ condition }}
    {% endif %}
    union all

    {% endfor -%}
    select
        segment_profiles.segment_id,
        7 as topic_number,
        'playbook' as topic,
        1 as sentence_number,
        coalesce(
            segment_profiles.description, 'Known as ' || segment_profiles.segment_name || '.'
        ) as sentence,
        row_number() over (
            partition by segment_profiles.segment_id
            order by
                playbook_claims.feature,
                playbook_claims.statistic,
                playbook_claims.comparison,
                playbook_claims.threshold
        ) as evidence_order,
        'segment_feature_profiles' as evidence_mart,
        playbook_claims.feature as evidence_feature,
        cast(null as varchar) as evidence_benefit,
        playbook_claims.statistic as evidence_statistic,
        playbook_claims.comparison,
        playbook_claims.threshold,
        playbook_claims.value

    from segment_profiles

    inner join playbook_claims
        on segment_profiles.segment_id = playbook_claims.segment_id

    where not segment_profiles.is_suggested_name

)

select
    proven.segment_id,
    segment_profiles.segment_name,
    dense_rank() over (
        partition by proven.segment_id
        order by proven.topic_number, proven.sentence_number
    ) as position,
    row_number() over (
        partition by proven.segment_id, proven.topic_number, proven.sentence_number
        order by proven.evidence_order
    ) as evidence_number,
    proven.topic,
    proven.sentence,
    proven.evidence_mart,
    proven.evidence_feature,
    proven.evidence_benefit,
    proven.evidence_statistic,
    proven.comparison,
    proven.threshold,
    proven.value

from proven

inner join segment_profiles
    on proven.segment_id = segment_profiles.segment_id
