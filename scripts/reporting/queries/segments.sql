with

segment_profiles as (

    select * from marts.segment_profiles

),

totals as (

    select
        sum(total_balance) as total_balance,
        min(total_balance) as smallest_balance

    from segment_profiles

)

select
    segment_profiles.*,
    -- Shares of a sum in which something is negative would not be shares.
    case
        when totals.smallest_balance >= 0
            then segment_profiles.total_balance / nullif(totals.total_balance, 0)
    end as balance_share

from segment_profiles

cross join totals

order by segment_profiles.segment_id
