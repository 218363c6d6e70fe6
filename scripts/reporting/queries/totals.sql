with

segments as (

    select
        count(*) as segments,
        sum(customers) as customers,
        sum(outlier_customers) as outlier_customers

    from marts.segment_profiles

),

inputs as (

    select
        sum(read_rows) as read_rows,
        sum(rejected_rows) as rejected_rows

    from marts.input_row_counts

    where location is not null

)

select
    segments.customers,
    segments.outlier_customers,
    inputs.rejected_rows,
    wording.whole_number(segments.customers) as customers_in_words,
    wording.count_in_words(segments.customers, 'customer') as customer_count_in_words,
    wording.count_in_words(segments.segments, 'segment') as segment_count_in_words,
    wording.count_in_words(segments.outlier_customers, 'customer') as outlier_count_in_words,
    wording.whole_number(inputs.read_rows) as read_rows_in_words,
    wording.whole_number(inputs.rejected_rows) as rejected_rows_in_words,
    (
        select wording.count_in_words(count(*), 'feature') from marts.feature_scalers
    ) as feature_count_in_words,
    (
        select wording.count_in_words(count(*), 'principal component')
        from marts.principal_components
    ) as component_count_in_words

from segments

cross join inputs
