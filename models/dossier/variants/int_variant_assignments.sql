{%- set read = read_pipeline_variants(ref('fit_pipeline_variants'), ref('feature_scalers')) -%}
with

customer_features as (

    select * from {{ ref('customer_features') }}

),

filled as (

    select
        {% for feature in read.features -%}
        coalesce({{ feature.name }}, {{ feature.fill_value }}) as {{ feature.name }},
        {% endfor -%}
        customer_id

    from customer_features

),

transformed as (

    select
        {% if read.features -%}
        array_value(
            {%- for feature in read.features %}
            {{ feature.name }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as identity,
        array_value(
            {%- for feature in read.features %}
            sign({{ feature.name }}) * ln(1 + abs({{ feature.name }})){{ ',' if not loop.last }}
            {%- endfor %}
        ) as log1p,
        array_value(
            {%- for feature in read.features %}
            least(
                greatest({{ feature.name }}, {{ feature.lower_bound }}), {{ feature.upper_bound }}
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as winsorised,
        {% endif -%}
        customer_id

    from filled

),

scored as (

    select
        {% for variant in read.variants -%}
        {% for cluster in variant.clusters -%}
        {{ cluster.intercept }} + array_inner_product(
            {{ variant.transform }},
            cast([{{ cluster.coefficients }}] as double[{{ read.features | length }}])
        ) as variant_{{ variant.variant }}_score_{{ cluster.cluster }},
        {% endfor -%}
        {% endfor -%}
        customer_id

    from transformed

)

-- The lower number wins a tie.
select
    {% for variant in read.variants -%}
    cast(
        case
            least(
                {%- for cluster in variant.clusters %}
                variant_{{ variant.variant }}_score_{{ cluster.cluster }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
            {%- for cluster in variant.clusters %}
            when variant_{{ variant.variant }}_score_{{ cluster.cluster }} then {{ cluster.cluster }}
            {%- endfor %}
        end as integer
    ) as variant_{{ variant.variant }},
    {% endfor -%}
    customer_id

from scored
