with

base as (

    select * from {{ ref('base_customer_numbers') }}

),

-- Of each id, one row without problems is used.
known_customers as (

    select distinct customer_id from {{ ref('base_customers') }}
    where problems is null

),

repeated_keys as (

    select
        input,
        customer_id

    from base

    where customer_id is not null

    group by
        input,
        customer_id

    having count(*) > 1

),

doubtful as (

    select
        base.*,
        nullif(concat_ws(
            '; ',
            base.problems,
            {{ unlisted_problem() }}
        ), '') as all_problems

    from base

    left join known_customers
        on base.customer_id = known_customers.customer_id

    left join repeated_keys
        on
            base.input = repeated_keys.input
            and base.customer_id = repeated_keys.customer_id

    where
        all_problems is not null
        or repeated_keys.customer_id is not null

),

-- Usable rows come first, then the values decide, not the order of the rows.
ranked as (

    select
        *,
        row_number() over (
            partition by
                input,
                customer_id
            order by
                all_problems is not null,
                {% for features in list_number_inputs().values() -%}
                {% for feature in features -%}
                {{ feature.name }},
                {% endfor -%}
                {% endfor -%}
                row_number
        ) as copy_number

    from doubtful

)

select
    input,
    row_number,
    customer_id as record_key,
    concat_ws(
        '; ',
        all_problems,
        case when customer_id is not null and copy_number > 1 then 'customer_id is a duplicate' end
    ) as rejection_reasons

from ranked

where
    all_problems is not null
    or copy_number > 1
