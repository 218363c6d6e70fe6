with

customer_features as (

    select * from {{ ref('customer_features') }}

),

-- A hash of the id chooses the same customers every time, in any order of the rows.
chosen as (

    select customer_id

    from customer_features

    order by
        md5(concat(customer_id, '{{ var("random_seed") }}')),
        customer_id

    limit {{ var('training_sample_size') }}

),

sampled as (

    select
        {% for feature in list_features(['clustering']) -%}
        customer_features.{{ adapter.quote(feature.name) }},
        {% endfor -%}
        customer_features.customer_id

    from customer_features

    inner join chosen
        on customer_features.customer_id = chosen.customer_id

)

select * from sampled
