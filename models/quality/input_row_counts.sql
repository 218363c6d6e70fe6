with

input_locations as (

    select * from {{ source('raw_inputs', 'input_locations') }}

),

rejected_rows as (

    select * from {{ ref('rejected_rows') }}

),

used as (

    {% for input in ['customers', 'benefit_accounts', 'benefit_transactions'] -%}
    select
        '{{ input }}' as input,
        count(*) as used_rows

    from {{ ref('stg_' ~ input) }}

    union all

    {% endfor -%}
    select
        input,
        count(*) as used_rows

    from {{ ref('stg_customer_numbers') }}

    group by input

),

rejected as (

    select
        input,
        count(*) as rejected_rows

    from rejected_rows

    group by input

),

-- A row can have several reasons; each counts.
reasons as (

    select
        input,
        reason,
        count(*) as row_count

    from (
        select
            input,
            unnest(string_split(rejection_reasons, '; ')) as reason

        from rejected_rows
    ) as split_reasons

    group by
        input,
        reason

),

most_frequent_reasons as (

    select
        input,
        min_by(reason, (-row_count, reason)) as most_frequent_reason

    from reasons

    group by input

)

select
    input_locations.input,
    input_locations.location,
    input_locations.row_count as read_rows,
    coalesce(used.used_rows, 0) as used_rows,
    coalesce(rejected.rejected_rows, 0) as rejected_rows,
    coalesce(rejected.rejected_rows, 0)
    / nullif(cast(input_locations.row_count as double), 0) as rejected_share,
    most_frequent_reasons.most_frequent_reason,
    input_locations.ignored_columns

from input_locations

left join used
    on input_locations.input = used.input

left join rejected
    on input_locations.input = rejected.input

left join most_frequent_reasons
    on input_locations.input = most_frequent_reasons.input
