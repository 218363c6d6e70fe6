-- An infinite value in a table of numbers would put its customer infinitely far from every
-- segment. Stops the build before the fit.
with

customer_features as (

    select * from {{ ref('customer_features') }}

)

select customer_id

from customer_features

where
    case
        when
            {%- for feature in list_features(['clustering', 'profiling'])
                if feature.unit != 'category' %}
            {{ 'or ' if not loop.first }}isinf({{ feature.name }})
            {%- else %}
            false
            {%- endfor %}
            then error(
                'customer_features: a customer has an infinite value.'
                || ' Replace it by a number, or by null if it is unknown.'
            ) is not null
    end
