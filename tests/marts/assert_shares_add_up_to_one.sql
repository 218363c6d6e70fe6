with

shares as (

    select
        'segment_profiles.customer_share' as what,
        sum(customer_share) as total

    from {{ ref('segment_profiles') }}

    union all

    select
        'feature_importance.bcss_share' as what,
        sum(bcss_share) as total

    from {{ ref('feature_importance') }}

)

select *

from shares

where abs(total - 1) > 1e-9
