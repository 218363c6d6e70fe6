with

doubtful as (

    select * from {{ ref('doubtful_benefit_transactions') }}

),

rejected as (

    select
        row_number,
        record_key,
        rejection_reasons

    from doubtful

    where rejection_reasons is not null

)

select * from rejected
