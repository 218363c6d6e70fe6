-- depends_on: {{ ref('load_inputs') }}
with

source as (

    select * from {{ source('raw_inputs', 'customers') }}

),

typed as (

    select
        ---------- ids
        row_number,
        {{ parse_text('customer_id') }} as customer_id,

        ---------- texts
        {{ parse_text('region') }} as region,

        ---------- booleans
        marketing_consent as raw_marketing_consent,
        {{ parse_boolean('marketing_consent') }} as marketing_consent,

        ---------- dates
        joined_on as raw_joined_on,
        {{ parse_date('joined_on') }} as joined_on,
        birth_date as raw_birth_date,
        {{ parse_date('birth_date') }} as birth_date

    from source

)

select
    ---------- ids
    row_number,
    customer_id,

    ---------- texts
    region,

    ---------- booleans
    marketing_consent,

    ---------- dates
    joined_on,
    birth_date,

    ---------- problems
    nullif(concat_ws(
        '; ',
        {{ key_problem('customer_id') }},
        {{ date_problem('joined_on') }},
        {{ date_problem('birth_date') }},
        {{ unparsed_problem('marketing_consent', 'yes or no') }}
    ), '') as problems

from typed
