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
            when 0 then null
            else count(loaded_files.file) || ' files, the first is ' || min(loaded_files.file)
        end as location, -- noqa: RF04
        min(loaded_files.ignored_columns) as ignored_columns

    from (select distinct input from {{ ref('input_columns') }}) as inputs

    left join loaded_files
        on inputs.input = loaded_files.input

    group by inputs.input

),

rejected_rows as (

    select * from {{ ref('rejected_rows') }}

),

not_yet_customers as (

    select customer_id from {{ ref('customers_as_of') }}
    where not is_customer

),

usable as (

    {% for input in ['customers', 'benefit_accounts', 'benefit_transactions'] -%}
    select
        '{{ input }}' as input,
        count(*) as usable_rows

    from {{ ref('stg_' ~ input) }}

    union all

    {% endfor -%}
    select
        input,
        count(*) as usable_rows

    from {{ ref('stg_customer_numbers') }}

    group by input

),

-- Transactions have no customer_id; those of these customers lie later and count nowhere.
left_out as (

    {% for input in ['customers', 'benefit_accounts'] -%}
    select
        '{{ input }}' as input,
        count(*) as left_out_rows

    from {{ ref('stg_' ~ input) }} as {{ input }}

    semi join not_yet_customers
        on {{ input }}.customer_id = not_yet_customers.customer_id

    union all

    {% endfor -%}
    select
        customer_numbers.input,
        count(*) as left_out_rows

    from {{ ref('stg_customer_numbers') }} as customer_numbers

    semi join not_yet_customers
        on customer_numbers.customer_id = not_yet_customers.customer_id

    group by customer_numbers.input

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

),

suggestions as (

    select * from {{ ref('int_input_suggestions') }}

)

select
    input_locations.input,
    input_locations.location,
    coalesce(input_locations.row_count, 0) as read_rows,
    coalesce(usable.usable_rows, 0) - coalesce(left_out.left_out_rows, 0) as used_rows,
    coalesce(left_out.left_out_rows, 0) as left_out_rows,
    coalesce(rejected.rejected_rows, 0) as rejected_rows,
    coalesce(rejected.rejected_rows, 0)
    / nullif(cast(input_locations.row_count as double), 0) as rejected_share,
    most_frequent_reasons.most_frequent_reason,
    suggestions.suggestion,
    input_locations.ignored_columns

from input_locations

left join usable
    on input_locations.input = usable.input

left join left_out
    on input_locations.input = left_out.input

left join rejected
    on input_locations.input = rejected.input

left join most_frequent_reasons
    on input_locations.input = most_frequent_reasons.input

left join suggestions
    on input_locations.input = suggestions.input
