-- Every value of a category of the model becomes a feature, at most MOST_CATEGORIES of
-- feature_scalers.py. Stops the build before the fit.
{%- set most = 20 %}
with

training_sample as (

    select * from {{ ref('training_sample') }}

),

counted as (

    {% for feature in list_features(['clustering']) if feature.unit == 'category' -%}
    select
        '{{ feature.name }}' as feature,
        count(distinct {{ adapter.quote(feature.name) }}) as categories

    from training_sample

    union all

    {% endfor -%}
    select
        'none' as feature,
        count(*) filter (where false) as categories

    from training_sample

)

select feature

from counted

where
    case
        when categories > {{ most }}
            then error(
                'customer_features: ' || feature || ' has ' || categories
                || ' values, and a category takes part in the clustering with at most {{ most }}.'
                || ' Combine rare values, or give the feature the role profiling in'
                || ' customer_features.yml.'
            ) is not null
    end
