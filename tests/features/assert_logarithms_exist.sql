-- log1p has no value for -1 and less. Stops the build before the fit.
{%- set features = list_features('clustering')
    | selectattr('transform', 'equalto', 'log1p') | list %}
with

counted as (

    {% for feature in features -%}
    select
        '{{ feature.name }}' as feature,
        count(*) as customers

    from {{ ref('customer_features') }}

    where {{ feature.name }} <= -1
    {{ 'union all' if not loop.last }}

    {% else -%}
    select
        cast(null as varchar) as feature,
        0 as customers

    {% endfor %}
)

select *

from counted

where
    case
        when customers > 0
            then error(
                'customer_features: the feature ' || feature || ' is -1 or less for ' || customers
                || ' customers, and its transform log1p is defined above -1 only. Set its transform'
                || ' to identity in customer_features.yml, or correct the values.'
            ) is not null
    end
