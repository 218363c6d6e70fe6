{#-
The measures that a feature can have of the accounts of a benefit, each as one aggregate per
customer. `rows` stands for the rows of the feature: its benefit in int_benefit_holdings (holdings,
balance and tenure) or its transactions in int_benefit_activity (all others); `missed` and `in`,
`out` are narrower. To add a measure, add one entry. A customer without such rows has no activity.
-#}
{% macro measures() %}
    {% set known = 'case when coalesce(max(holdings) filter (where {rows}), 0) = 0 then 0'
        ~ ' else max({column}) filter (where {rows}) end' %}
    {% do return({
        'holdings': {'of': 'holdings', 'sql': 'coalesce(max(holdings) filter (where {rows}), 0)'},
        'balance': {'of': 'holdings', 'sql': known.replace('{column}', 'balance')},
        'tenure': {'of': 'holdings', 'sql': known.replace('{column}', 'tenure_months')},
        'amount': {'of': 'activity', 'sql': 'coalesce(sum(amount) filter (where {rows}), 0)'},
        'count': {'of': 'activity', 'sql': 'coalesce(sum(transactions) filter (where {rows}), 0)'},
        'share_of_months': {'of': 'activity', 'sql':
            'coalesce(bit_count(bit_or(month_bits) filter (where {rows})), 0)'
            ~ ' / cast(' ~ var('observation_months') ~ ' as double)'},
        'missed_share': {'of': 'activity', 'sql':
            'coalesce(sum(transactions) filter (where {missed})'
            ~ ' / nullif(cast(sum(transactions) filter (where {missed} or {in}) as double), 0), 0)'},
        'net_flow': {'of': 'activity', 'sql':
            'coalesce(sum(amount) filter (where {in}), 0) - coalesce(sum(amount) filter (where {out}), 0)'},
        'recency': {'of': 'activity', 'sql':
            'coalesce(min(days_since_last) filter (where {rows}), max(observation_days))'},
    }) %}
{% endmacro %}


{#- The aggregate of a feature as SQL. -#}
{% macro measure_of(feature) -%}
    {%- set sql = {'value': measures()[feature.measure].sql} -%}
    {%- set of_benefit = "benefit = " ~ text_literal(feature.benefit) -%}
    {%- if measures()[feature.measure].of == 'activity' -%}
        {%- for what in ['in', 'out', 'missed'] -%}
            {%- do sql.update({'value': sql.value.replace('{' ~ what ~ '}',
                "(" ~ of_benefit ~ " and counts_as = '" ~ what ~ "')")}) -%}
        {%- endfor -%}
        {%- set listed = [] -%}
        {%- for each in feature.transactions or ['in', 'out'] -%}
            {%- do listed.append(('counts_as = ' if each in ['in', 'out', 'missed'] else 'transaction_type = ')
                ~ text_literal(each)) -%}
        {%- endfor -%}
        {%- set of_benefit = of_benefit ~ ' and (' ~ listed | join(' or ') ~ ')' -%}
    {%- endif -%}
    cast({{ sql.value.replace('{rows}', of_benefit) }} as double)
{%- endmacro %}
