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
                    "weight": "varchar", "measure": "varchar"
                }]'
            ) as features
    ) as listed

),

judged as (

    select
        catalog.*,
        -- A benefit that is not listed, like all, counts like any other.
        coalesce(benefits.weight, 1) as benefit_weight,
        coalesce(try_cast(catalog.weight as double), if(catalog.weight is null, 1, 0))
            as feature_weight,
        case
            when coalesce(catalog.label, '') = '' then 'no label'
            when catalog.unit = 'category' and catalog.measure is not null
                then 'measure "' || catalog.measure || '"; a category has none'
            when catalog.unit = 'category' and catalog.transform != 'identity'
                then 'transform "' || catalog.transform || '"; a category has identity'
            when feature_weight <= 0 or not isfinite(feature_weight)
                then
                    'weight "' || catalog.weight || '"; it must be a number above 0. To take it out'
                    || ' of the fit, give it the role profiling'
        end as problem

    from catalog

    left join benefits
        on catalog.benefit = benefits.benefit

)

select
    cast(position as integer) as position,
    case
        when problem is null then name
        else error('customer_features.yml: the feature ' || name || ' has ' || problem || '.')
    end as feature,
    benefit,
    label,
    unit,
    transform,
    null_policy,
    role,
    feature_weight as weight,
    benefit_weight,
    measure

from judged
