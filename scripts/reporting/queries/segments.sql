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
    wording.whole_number(segment_profiles.customers) as customers_in_words,
    wording.count_in_words(segment_profiles.customers, 'customer') as size_in_words,
    wording.share_in_words(segment_profiles.customer_share) as customer_share_in_words,
    coalesce(wording.plain_number(segment_profiles.total_balance), 'unknown')
        as total_balance_in_words,
    coalesce(wording.plain_number(segment_profiles.mean_balance), 'unknown')
        as mean_balance_in_words,
    wording.similarity_in_words(segment_profiles.jaccard_stability)
        as jaccard_stability_in_words,
    -- With negative balances, parts of the sum would not be shares.
    case
        when totals.smallest_balance >= 0
            then segment_profiles.total_balance / nullif(totals.total_balance, 0)
    end as balance_share,
    wording.share_in_words(balance_share) as balance_share_in_words

from segment_profiles

cross join totals

order by segment_profiles.segment_id
