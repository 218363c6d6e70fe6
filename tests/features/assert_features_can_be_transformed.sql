-- The logarithm of 1 + value is defined above -1. Stops the build before the fit.
{%- set features = list_features(['clustering']) | selectattr('transform') | list %}
with

customer_features as (

    select * from {{ ref('customer_features') }}

),

counted as (

    {% for feature in features if feature.transform.endswith('log1p') -%}
    select
        '{{ feature.name }}' as feature,
        count(*) filter (where {{ adapter.quote(feature.name) }} <= -1) as customers

    from customer_features

    union all

    {% endfor -%}
    select
        'none' as feature,
        count(*) filter (where false) as customers

    from customer_features

)

select feature

from counted

where
    case
        when customers > 0
            then error(
                'customer_features: ' || feature || ' is -1 or less for '
                || wording.count_in_words(customers, 'customer')
                || ', and the transform log1p needs values above -1. Correct them, or give the'
                || ' feature the transform identity or clipped in customer_features.yml.'
            ) is not null
    end
