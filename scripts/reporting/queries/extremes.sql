select
    description,
    extreme_customers,
    wording.whole_number(extreme_customers) as extreme_customers_in_words

from marts.extreme_values

where extreme_customers > 0

order by
    extreme_customers desc,
    description asc
