with

latest_events as (

    select
        max(occurred_on) as latest_on,
        1 as preference

    from {{ ref('stg_benefit_transactions') }}

    union all

    select
        -- A planned closing in the future is not an event.
        max(greatest(
            opened_on,
            case when closed_on <= {{ latest_plausible_date() }} then closed_on end
        )) as latest_on,
        2 as preference

    from {{ ref('stg_benefit_accounts') }}

    union all

    select
        max(joined_on) as latest_on,
        3 as preference

    from {{ ref('stg_customers') }}

),

-- Transactions are the real events; openings and joinings count only when there are none.
as_of as (

    {% if var('as_of_date') == 'latest' -%}
    select min_by(latest_on, preference) filter (where latest_on is not null) as as_of_date

    from latest_events
    {%- else -%}
    select date '{{ var("as_of_date") }}' as as_of_date
    {%- endif %}

),

windowed as (

    select
        as_of_date,
        cast(
            as_of_date - interval '{{ var("observation_months") }} months' as date
        ) as starts_after,
        {{ var('observation_months') }} as observation_months

    from as_of

)

select
    as_of_date,
    starts_after,
    observation_months,
    date_diff('day', starts_after, as_of_date) as observation_days

from windowed
