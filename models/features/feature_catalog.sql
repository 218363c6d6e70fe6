with

catalog as (

    select
        unnest(features) as feature,
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
    feature.name as feature,
    feature.benefit,
    feature.label,
    feature.unit,
    feature.transform,
    feature.null_policy,
    feature.role,
    feature.measure

from catalog
