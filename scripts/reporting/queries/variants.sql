-- Variants that differ only in the seed repeat the same choice.
select
    transform,
    has_components,
    segment_count,
    avg(adjusted_rand_index) as mean_agreement,
    avg(share_of_customers_who_stay) as share_of_customers_who_stay,
    wording.similarity_in_words(mean_agreement) as mean_agreement_in_words,
    wording.share_in_words(avg(share_of_customers_who_stay))
        as share_of_customers_who_stay_in_words

from marts.pipeline_variants

group by
    transform,
    has_components,
    segment_count

order by
    mean_agreement desc,
    transform asc,
    has_components asc,
    segment_count asc
