with

listed as (

    select
        unnest(columns, recursive := true), -- noqa: AL03
        generate_subscripts(columns, 1) as place

    from (
        select
            from_json(
                {{ text_literal(tojson(list_input_columns())) }},
                '[{
                    "input": "varchar", "column_name": "varchar", "kind": "varchar",
                    "is_required": "boolean", "aliases": ["varchar"], "relation": "varchar"
                }]'
            ) as columns -- noqa: RF04
    ) as declared

)

select
    input,
    column_name,
    cast(row_number() over (partition by input order by place) as integer) as position,
    kind,
    is_required,
    aliases,
    relation

from listed
