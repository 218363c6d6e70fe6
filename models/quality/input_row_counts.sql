{%- set inputs = [
    'customers', 'credit_card_usage', 'benefit_accounts', 'benefit_transactions'
] -%}

with

loaded_files as (

    select * from {{ ref('load_inputs') }}

),

-- Every input, with or without files.
input_locations as (

    select
        inputs.input,
        cast(sum(loaded_files.row_count) as bigint) as row_count,
        case count(loaded_files.file)
            when 1 then min(loaded_files.file)
            else string_agg(loaded_files.file, ', ' order by loaded_files.first_row_number)
        end as location,
        min(loaded_files.ignored_columns) as ignored_columns

    from (select distinct input from {{ ref('input_columns') }}) as inputs

    left join loaded_files
        on inputs.input = loaded_files.input

    group by inputs.input

),

rejected_rows as (

    select * from {{ ref('rejected_rows') }}

),

used as (

    {% for input in inputs -%}
    select
        '{{ input }}' as input,
        count(*) as used_rows

    from {{ ref('stg_' ~ input) }}
    {{ 'union all' if not loop.last }}

    {% endfor %}
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
    coalesce(input_locations.row_count, 0) as read_rows,
    used.used_rows,
    coalesce(rejected.rejected_rows, 0) as rejected_rows,
    coalesce(rejected.rejected_rows, 0)
    / nullif(cast(input_locations.row_count as double), 0) as rejected_share,
    most_frequent_reasons.most_frequent_reason,
    input_locations.ignored_columns

from input_locations

inner join used
    on input_locations.input = used.input

left join rejected
    on input_locations.input = rejected.input

left join most_frequent_reasons
    on input_locations.input = most_frequent_reasons.input
