with

statements as (

    select
        *,
        wording.number_in_words(mean, unit)
        || if(wording.is_flag(unit), ', ', ' on average, ')
        || wording.number_in_words(average, unit) || ' among all customers' as means_in_words,
        ', as the model sees the values; the plain means do not show it.' as without_means

    from {{ ref('int_segment_statements') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

playbook_claims as (

    select * from {{ ref('int_playbook_claims') }}

),

-- Each sentence with its facts.
worded as (

    select
        *,
        case
            when topic = 'size'
                then {
                    'sentence':
                    wording.count_in_words(customers, 'customer') || ', '
                    || wording.share_in_words(customer_share) || ' of all.',
                    'facts': [{{ fact('customers') }}, {{ fact('customer_share') }}]
                }
            when topic = 'small'
                then {
                    'sentence': words,
                    'facts': [
                        {{ fact('extreme_customers') }},
                        {{ fact('customer_share', "'at_most'", 'bound') }}
                    ]
                }
            when topic = 'stands_out' and feature is null
                then {
                    'sentence': 'It is the only segment, so there is nothing to compare it with.',
                    'facts': [{{ fact('customer_share', "'equals'", '1') }}]
                }
            when topic = 'stands_out'
                then {
                    'sentence':
                    wording.begin_sentence(words) || ': '
                    || case
                        when shows_means and is_beyond_measure
                            then means_in_words || ', without any overlap.'
                        when shows_means then means_in_words || '.'
                        when is_beyond_measure
                            then 'without any overlap with the other customers' || without_means
                        else
                            wording.plain_number(abs(smd_vs_rest)) || ' standard deviations '
                            || if(is_upward, 'above', 'below') || ' all other customers'
                            || without_means
                    end,
                    'facts': [
                        {{ fact('smd_vs_rest', 'comparison', 'bound') }},
                        case
                            when is_beyond_measure
                                then {{ fact('is_beyond_measure', "'equals'", '1') }}
                        end,
                        case
                            when shows_means
                                then {{ fact('mean') }}
                        end,
                        case
                            when shows_means
                                then {{ fact('average') }}
                        end
                    ]
                }
            when topic = 'does_not_stand_out'
                then {
                    'sentence':
                    case
                        when is_ordinary
                            then
                                'Nothing stands out: the largest difference to the other'
                                || ' customers, in ' || label || ', is '
                                || wording.plain_number(abs(smd_vs_rest))
                                || ' standard deviations.'
                        else 'Close to the average in ' || label || ': ' || means_in_words || '.'
                    end,
                    'facts': [
                        {{ fact('smd_vs_rest', "'at_least'", '-bound') }},
                        {{ fact('smd_vs_rest', "'at_most'", 'bound') }},
                        case
                            when shows_means
                                then {{ fact('mean') }}
                        end,
                        case
                            when shows_means
                                then {{ fact('average') }}
                        end
                    ]
                }
            when topic = 'benefits'
                then {
                    'sentence':
                    wording.begin_sentence(wording.benefits_in_words(benefit)) || ' held '
                    || if(is_upward, 'more', 'less') || ' often than average: '
                    || case
                        when customers = 1 and penetration = 1 then 'by the only customer'
                        when customers = 1 then 'not by the only customer'
                        else 'by ' || wording.share_in_words(penetration) || ' of these customers'
                    end
                    || ' (index ' || format('{:,.0f}', penetration_index) || '; 100 is average).',
                    'facts': [
                        {{ fact('penetration_index', 'comparison', 'bound') }},
                        {{ fact('penetration') }}
                    ]
                }
            when topic = 'stability'
                then {
                    'sentence':
                    words
                    || ': when customers are drawn anew and the model is fitted again, the segment'
                    || ' comes back with a mean Jaccard similarity of '
                    || wording.similarity_in_words(jaccard_stability)
                    || ' (1 would be the same customers each time).',
                    'facts': [
                        {{ fact('jaccard_stability', "'at_least'", 'nullif(band_from, 0)') }},
                        {{ fact('jaccard_stability', "'at_most'", 'band_to') }}
                    ]
                }
            -- A customer at the centre is infinitely nearer to it, but for its rounding.
            when topic = 'certainty' then {
                'sentence':
                case
                    when mean_assignment_confidence > 1 - 1e-9 and customers = 1
                        then 'The only customer is at the centre of this segment.'
                    when mean_assignment_confidence > 1 - 1e-9
                        then 'All customers are at the centre of this segment.'
                    when customers = 1
                        then
                            'For the only customer the centre of this segment is '
                            || wording.share_in_words(mean_assignment_confidence)
                            || ' nearer than that of the next segment'
                            || if(borderline_customers = 1, ', which counts as borderline.', '.')
                    else
                        'On average the centre of this segment is '
                        || wording.share_in_words(mean_assignment_confidence)
                        || ' nearer than that of the next segment; for '
                        || wording.whole_number(borderline_customers) || ' of '
                        || wording.count_in_words(customers, 'customer') || ' it is less than '
                        || wording.share_in_words({{ var('borderline_confidence') }}) || ' nearer.'
                end,
                'facts': [
                    {{ fact('mean_assignment_confidence') }},
                    {{ fact('borderline_customers') }},
                    {{ fact('customers') }}
                ]
            }
        end as told

    from statements

),

proven as (

    select
        segment_id,
        topic_number,
        topic,
        sentence_number,
        struct_extract(told, 'sentence') as sentence,
        feature,
        benefit,
        unnest(struct_extract(told, 'facts'), recursive := true), -- noqa: AL03
        generate_subscripts(struct_extract(told, 'facts'), 1) as fact_number

    from worded

    union all

    select
        segment_names.segment_id,
        7 as topic_number,
        'playbook' as topic,
        1 as sentence_number,
        coalesce(segment_names.description, 'Known as ' || segment_names.segment_name || '.')
            as sentence,
        playbook_claims.feature,
        cast(null as varchar) as benefit,
        playbook_claims.statistic,
        playbook_claims.comparison,
        playbook_claims.threshold,
        playbook_claims.value,
        row_number() over (
            partition by segment_names.segment_id
            order by
                playbook_claims.feature, playbook_claims.statistic, playbook_claims.comparison,
                playbook_claims.threshold
        ) as fact_number

    from segment_names

    inner join playbook_claims
        on segment_names.segment_id = playbook_claims.segment_id

    where playbook_claims.is_confirmed

)

select
    proven.segment_id,
    segment_names.segment_name,
    segment_names.is_small_segment,
    dense_rank() over (
        partition by proven.segment_id
        order by proven.topic_number, proven.sentence_number
    ) as position,
    row_number() over (
        partition by proven.segment_id, proven.topic_number, proven.sentence_number
        order by proven.fact_number
    ) as evidence_number,
    proven.topic,
    proven.sentence,
    case
        when proven.feature is not null then 'segment_feature_profiles'
        when proven.benefit is not null then 'segment_benefit_profiles'
        else 'segment_profiles'
    end as evidence_mart,
    proven.feature as evidence_feature,
    proven.benefit as evidence_benefit,
    proven.statistic as evidence_statistic,
    proven.comparison,
    proven.threshold,
    proven.value

from proven

inner join segment_names
    on proven.segment_id = segment_names.segment_id

where proven.threshold is not null and proven.value is not null
