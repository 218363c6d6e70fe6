with

base as (

    select * from {{ ref('base_customers') }}

),

repeated_keys as (

    {{ repeated_keys(ref('base_customers'), 'customer_id') }}

),

doubtful as (

    select base.*

    from base

    left join repeated_keys
        on base.customer_id = repeated_keys.customer_id

    where
        base.problems is not null
        or base.doubts is not null
        or repeated_keys.customer_id is not null

),

-- It is unknown which of several rows with the same key is right. The choice must not depend on the
-- order of the rows: usable rows come first, then the values decide.
ranked as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by
                problems is not null, doubts is not null, joined_on, birth_date, region,
                marketing_consent, row_number
        ) as copy_number

    from doubtful

)

select
    row_number,
    customer_id as record_key,
    nullif(concat_ws(
        '; ',
        problems,
        case when customer_id is not null and copy_number > 1 then 'customer_id is a duplicate' end
    ), '') as rejection_reasons,
    doubts

from ranked

where
    problems is not null
    or doubts is not null
    or copy_number > 1
