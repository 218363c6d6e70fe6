-- A benefit of the catalogue that benefits.csv does not list counts with weight 1 and has no words
-- of its own. It may be a typing error.
{{ config(severity='warn') }}

with

feature_catalog as (

    select * from {{ ref('feature_catalog') }}

),

benefits as (

    select * from {{ ref('benefits') }}

)

select distinct benefit

from feature_catalog

where
    role != 'ignored'
    and benefit != 'all'
    and benefit not in (select benefits.benefit from benefits)
