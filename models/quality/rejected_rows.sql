with

unreadable_lines as (

    select * from {{ source('raw_inputs', 'unreadable_lines') }}

),

rejected as (

    select
        input,
        row_number,
        record_key,
        rejection_reasons

    from {{ ref('doubtful_rows') }}

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

raw_rows as (

    {% for input in ['customers', 'benefit_accounts', 'benefit_transactions']
        + (list_number_inputs() | list) -%}
    select
        rejected.*,
        cast(to_json(cast(source as map (varchar, varchar))) as varchar) as raw_row -- noqa: RF02

    from rejected

    inner join raw_inputs.{{ input }} as source
        on rejected.row_number = source.row_number

    where rejected.input = '{{ input }}'

    {{ 'union all' if not loop.last }}

    {% endfor %}
)

select
    raw_rows.input,
    files.file,
    raw_rows.row_number,
    cast(null as bigint) as line_number,
    raw_rows.record_key,
    raw_rows.rejection_reasons,
    raw_rows.raw_row

from raw_rows

left join files
    on
        raw_rows.input = files.input
        and raw_rows.row_number >= files.first_row_number
        and raw_rows.row_number < coalesce(files.next_first_row_number, raw_rows.row_number + 1)

union all

select
    input,
    file,
    cast(null as bigint) as row_number,
    line_number,
    cast(null as varchar) as record_key,
    rejection_reasons,
    raw_line as raw_row

from unreadable_lines
