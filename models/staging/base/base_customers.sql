{%- set format = input_format('customers') -%}

-- depends_on: {{ ref('load_inputs') }}
with

source as (

    select * from {{ source('raw_inputs', 'customers') }}

),

typed as (

    select
        ---------- ids
        row_number,
        {{ parse_key('customer_id') }} as customer_id,

        ---------- texts
        {{ parse_text('region') }} as region,

        ---------- booleans
        marketing_consent as raw_marketing_consent,
        {{ parse_boolean('marketing_consent') }} as marketing_consent,

        ---------- dates
        joined_on as raw_joined_on,
        {{ parse_date('joined_on', format) }} as joined_on,
        birth_date as raw_birth_date,
        {{ parse_date('birth_date', format) }} as birth_date

    from source

),

-- All columns but the key are optional: a bad value counts as unknown and never costs a customer.
doubted as (

    select
        *,
        {{ date_problem('joined_on', format) }} as joined_on_doubt,
        {{ date_problem('birth_date', format) }} as birth_date_doubt

    from typed

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
    case when joined_on_doubt is null then joined_on end as joined_on,
    case when birth_date_doubt is null then birth_date end as birth_date,

    ---------- problems
    {{ key_problem('customer_id') }} as problems,
    nullif(concat_ws(
        '; ',
        joined_on_doubt,
        birth_date_doubt,
        {{ unparsed_problem('marketing_consent', 'yes or no') }}
    ), '') as doubts

from doubted
