{%- set benefits = read_declared('benefits') | map(attribute='benefit') | sort | join(', ') -%}
{%- set types = read_declared('transaction_types') | map(attribute='transaction_type')
    | unique | sort | join(', ') -%}
with

inputs as (

    select
        input,
        sum(row_count) as row_count

    from {{ ref('load_inputs') }}

    group by input

),

undeclared_terms as (

    select
        input,
        case input
            when 'benefit_accounts' then {{ parse_term("raw_row ->> 'benefit'") }}
            else {{ parse_term("raw_row ->> 'transaction_type'") }}
        end as term,
        count(*) as row_count

    from {{ ref('rejected_rows') }}

    where
        contains(rejection_reasons, 'benefit is unknown')
        or contains(rejection_reasons, 'transaction_type is unknown')

    group by all

),

-- Only terms that many rows share are shown: they are categories, not personal data.
undeclared as (

    select
        terms.input,
        string_agg(
            terms.term || ' (' || wording.count_in_words(terms.row_count, 'row') || ')', ', '
            order by terms.row_count desc, terms.term asc
        ) as found

    from (
        select
            *,
            row_number() over (partition by input order by row_count desc, term asc) as place

        from undeclared_terms
    ) as terms

    inner join inputs
        on terms.input = inputs.input

    where
        terms.place <= 10
        and terms.row_count >= greatest(10, 0.001 * inputs.row_count)
        and strlen(terms.term) <= 40

    group by terms.input

),

-- What to do about values that could not be read and rows that found no partner. A format that
-- would read only a few values more would lose the others.
hints as (

    select
        formats.input,
        formats.setting as place,
        formats.read_values || ' of ' || formats.unread_values || case formats.setting
            when 'date_format' then ' dates that cannot be read look like '
            else ' numbers that cannot be read have the decimal sign '
        end
        || formats.formats || ': set ' || formats.setting || ' for ' || formats.input
        || ' in input_formats.csv' as hint

    from {{ ref('int_format_suggestions') }} as formats

    inner join inputs
        on formats.input = inputs.input

    where
        formats.read_values
        > {{ var('max_rejected_share') }} * least(inputs.row_count, 10000)

    union all

    select
        input,
        'spelling' as place,
        'another input spells the ' || min(key_column) || ' of '
        || wording.count_in_words(sum(row_count), 'row') || ' otherwise (case,'
        || ' blanks, leading zeros or .0): see differently_spelled_id in data_quality_findings'
            as hint

    from {{ ref('int_differently_spelled_ids') }}

    group by input

    union all

    select
        undeclared.input,
        'benefit' as place,
        'there are ' || undeclared.found || ', which are not among the declared '
        || case undeclared.input
            when 'benefit_accounts'
                then
                    'benefits ' || {{ text_literal(benefits or '(none)') }}
                    || ': declare them in benefits.csv'
            else
                'types ' || {{ text_literal(types or '(none)') }}
                || ': declare them in transaction_types.csv'
        end
        || ' of COMPANY_DIR' as hint

    from undeclared

)

select
    input,
    string_agg(hint, '; ' order by place) as suggestion

from hints

group by input
