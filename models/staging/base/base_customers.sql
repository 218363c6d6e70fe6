with

source as (

    select * from {{ source('raw_inputs', 'customers') }}

),

trimmed as (

    select
        row_number,
        nullif(trim(customer_id), '') as customer_id,
        nullif(trim(joined_on), '') as joined_on_text,
        nullif(trim(birth_date), '') as birth_date_text,
        nullif(trim(region), '') as region,
        nullif(trim(marketing_consent), '') as marketing_consent_text

    from source

),

typed as (

    select
        *,
        {{ parse_date('joined_on_text') }} as joined_on,
        {{ parse_date('birth_date_text') }} as birth_date,
        {{ parse_boolean('marketing_consent_text') }} as marketing_consent

    from trimmed

),

judged as (

    select
        *,
        nullif(concat_ws(
            '; ',
            {{ key_problem('customer_id') }},
            {{ date_problem('joined_on') }},
            {{ date_problem('birth_date') }},
            {{ unparsed_problem('marketing_consent', 'yes or no') }}
        ), '') as problems

    from typed

),

-- Which of several rows with one key is right cannot be known. The choice must not depend
-- on the order of the rows: usable rows come first, then the text decides.
ranked as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by
                problems is not null, joined_on_text, birth_date_text, region,
                marketing_consent_text, row_number
        ) as copy_number

    from judged

)

select
    row_number,
    customer_id,
    region,
    marketing_consent,
    joined_on,
    birth_date,
    nullif(concat_ws(
        '; ',
        problems,
        case when customer_id is not null and copy_number > 1 then 'customer_id is a duplicate' end
    ), '') as rejection_reasons

from ranked
