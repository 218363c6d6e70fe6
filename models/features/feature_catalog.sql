with

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
                    "measure": "varchar"
                }]'
            ) as features
    ) as listed

)

select
    cast(position as integer) as position,
    name as feature,
    benefit,
    label,
    unit,
    transform,
    null_policy,
    role,
    measure

from catalog
