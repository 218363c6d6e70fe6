with

benefits as (

    select * from {{ ref('benefits') }}

),

catalog as (

    select
        unnest(features, recursive := true), -- noqa: AL03
        generate_subscripts(features, 1) as position

    from (
        select
            from_json(
                {{ text_literal(tojson(list_features())) }},
                '[{
                    "name": "varchar", "benefit": "varchar", "label": "varchar", "unit": "varchar",
                    "transform": "varchar", "null_policy": "varchar", "role": "varchar",
                    "weight": "double", "measure": "varchar"
                }]'
            ) as features
    ) as listed

)

select
    cast(catalog.position as integer) as position,
    catalog.name as feature,
    catalog.benefit,
    catalog.label,
    catalog.unit,
    catalog.transform,
    catalog.null_policy,
    catalog.role,
    coalesce(catalog.weight, 1) as weight,
    case
        when benefits.weight <= 0 or not isfinite(benefits.weight)
            then error(
                'benefits.csv: the benefit ' || benefits.benefit || ' has weight '
                || wording.all_digits(benefits.weight) || '; it must be a number above 0. To take a'
                || ' benefit out of the fit, give its features the role profiling.'
            )
        -- A benefit that is not listed, like all, counts like any other.
        else coalesce(benefits.weight, 1)
    end as benefit_weight,
    catalog.measure

from catalog

left join benefits
    on catalog.benefit = benefits.benefit
