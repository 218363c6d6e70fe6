with

unreadable_lines as (

    select * from {{ source('raw_inputs', 'unreadable_lines') }}

),

differently_spelled_ids as (

    select * from {{ ref('differently_spelled_ids') }}

),

rejected as (

    select
        'customers' as input,
        row_number,
        record_key,
        rejection_reasons

    from {{ ref('doubtful_customers') }}

    where rejection_reasons is not null

    union all

    select
        input,
        row_number,
        record_key,
        rejection_reasons

    from {{ ref('rejected_customer_numbers') }}

    union all

    select
        'benefit_accounts' as input,
        row_number,
        record_key,
        rejection_reasons

    from {{ ref('doubtful_benefit_accounts') }}

    where rejection_reasons is not null

    union all

    select
        'benefit_transactions' as input,
        row_number,
        record_key,
        rejection_reasons

    from {{ ref('doubtful_benefit_transactions') }}

    where rejection_reasons is not null

),

-- The rows of an input are numbered over all its files.
files as (

    select
        input,
        file,
        first_row_number,
        lead(first_row_number) over (partition by input order by first_row_number, file)
            as next_first_row_number

    from {{ ref('load_inputs') }}

    where input is not null

),

shown as (

    {% for input in ['customers', 'benefit_accounts', 'benefit_transactions']
        + (list_number_inputs() | list) -%}
    select
        rejected.input,
        files.file,
        rejected.row_number,
        cast(null as bigint) as line_number,
        rejected.record_key,
        case
            when differently_spelled_ids.row_number is null then rejected.rejection_reasons
            else
                replace(
                    rejected.rejection_reasons,
                    differently_spelled_ids.key_column || ' is not among',
                    differently_spelled_ids.key_column || ' in this spelling is not among'
                )
        end as rejection_reasons,
        cast(to_json(cast(source as map (varchar, varchar))) as varchar) as raw_row -- noqa: RF02

    from rejected

    inner join raw_inputs.{{ input }} as source
        on rejected.row_number = source.row_number

    left join differently_spelled_ids
        on
            rejected.input = differently_spelled_ids.input
            and rejected.row_number = differently_spelled_ids.row_number

    left join files
        on
            rejected.input = files.input
            and rejected.row_number >= files.first_row_number
            and rejected.row_number < coalesce(files.next_first_row_number, rejected.row_number + 1)

    where rejected.input = '{{ input }}'

    union all

    {% endfor -%}
    select
        input,
        file,
        cast(null as bigint) as row_number,
        line_number,
        cast(null as varchar) as record_key,
        rejection_reasons,
        raw_line as raw_row

    from unreadable_lines

)

select * from shown
