{%- set read = read_pipeline_variants(ref('fit_pipeline_variants')) -%}
{%- set width = read.features | length -%}
with

segmented_customers as (

    select * from {{ ref('int_segmented_customers') }}

),

filled as (

    select
        {% for feature in read.features -%}
        coalesce({{ feature_value(feature) }}, {{ feature.fill_value }})
            as feature_{{ loop.index }},
        {% endfor -%}
        segment_id,
        customer_id

    from segmented_customers

),

transformed as (

    select
        {% if read.features -%}
        array_value(
            {%- for feature in read.features %}
            feature_{{ loop.index }}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as identity,
        array_value(
            {%- for feature in read.features %}
            {%- set value = 'feature_' ~ loop.index %}
            sign({{ value }}) * ln(1 + abs({{ value }})){{ ',' if not loop.last }}
            {%- endfor %}
        ) as log1p,
        array_value(
            {%- for feature in read.features %}
            least(
                greatest(feature_{{ loop.index }}, {{ feature.lower_bound }}),
                {{ feature.upper_bound }}
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as winsorised,
        {% endif -%}
        segment_id,
        customer_id

    from filled

),

scored as (

    select
        {% for variant in read.variants -%}
        {% set outer_loop = loop -%}
        {% for cluster in variant -%}
        {{ cluster.intercept }} + array_inner_product(
            {{ cluster.transform }}, cast([{{ cluster.coefficients }}] as double[{{ width }}])
        ) as variant_{{ outer_loop.index }}_score_{{ cluster.cluster }},
        {% endfor -%}
        {% endfor -%}
        segment_id,
        customer_id

    from transformed

)

-- The lower number wins a tie.
select
    customer_id,
    segment_id,
    cast([
        {%- for variant in read.variants %}
        {%- set score = 'variant_' ~ loop.index ~ '_score_' %}
        case
            least(
                {%- for cluster in variant %}
                {{ score }}{{ cluster.cluster }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
            {%- for cluster in variant %}
            when {{ score }}{{ cluster.cluster }} then {{ cluster.cluster }}
            {%- endfor %}
        end{{ ',' if not loop.last }}
        {%- endfor %}
    ] as integer[]) as clusters

from scored
