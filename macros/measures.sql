{#-
The measures that a feature can have of the accounts of a benefit: of what, and as which aggregate per
customer. `{rows}` are the rows of the feature: its benefit in int_benefit_holdings, or its transactions
in int_benefit_activity; `{in}`, `{out}` and `{missed}` are those of its benefit that count so. Without
such rows there is no activity. Last comes the value for a customer without any rows. To add a measure,
add one entry.
-#}
{% macro measures() %}
    {% set held = 'coalesce(max(holdings) filter (where {rows}), 0)' %}
    {% set known = 'case when ' ~ held ~ ' = 0 then 0 else max({column}) filter (where {rows}) end' %}
    {% do return({
        'holdings': ['holdings', held, '0'],
        'balance': ['holdings', known.replace('{column}', 'balance'), '0'],
        'tenure': ['holdings', known.replace('{column}', 'tenure_months'), '0'],
        'amount': ['activity', 'coalesce(sum(amount) filter (where {rows}), 0)', '0'],
        'count': ['activity', 'coalesce(sum(transaction_count) filter (where {rows}), 0)', '0'],
        'recency': ['activity', 'coalesce(min(days_since_last) filter (where {rows}), max(observation_days))',
            'customers.observation_days'],
        'share_of_months': ['activity', 'coalesce(bit_count(bit_or(month_bits) filter (where {rows})), 0)'
            ~ ' / cast(' ~ var('observation_months') ~ ' as double)', '0'],
        'missed_share': ['activity', 'coalesce(sum(transaction_count) filter (where {missed}) / nullif('
            ~ 'cast(sum(transaction_count) filter (where {missed} or {in}) as double), 0), 0)', '0'],
        'net_flow': ['activity', 'coalesce(sum(amount) filter (where {in}), 0)'
            ~ ' - coalesce(sum(amount) filter (where {out}), 0)', '0'],
    }) %}
{% endmacro %}


{#- The aggregate of a feature as SQL. -#}
{% macro measure_of(feature) -%}
    {%- set benefit, chosen = 'benefit = ' ~ text_literal(feature.benefit), [] -%}
    {%- for each in feature.transactions or ['in', 'out'] -%}
        {%- set column = 'counts_as' if each in ['in', 'out', 'missed'] else 'transaction_type' -%}
        {%- do chosen.append(column ~ ' = ' ~ text_literal(each)) -%}
    {%- endfor -%}
    {%- set of, aggregate, without = measures()[feature.measure] -%}
    {%- set rows = {'{rows}': benefit if of == 'holdings' else benefit ~ ' and (' ~ chosen | join(' or ') ~ ')'} -%}
    {%- for each in ['in', 'out', 'missed'] -%}
        {%- do rows.update({'{' ~ each ~ '}': "(" ~ benefit ~ " and counts_as = '" ~ each ~ "')"}) -%}
    {%- endfor -%}
    {%- set sql = [aggregate] -%}
    {%- for place, condition in rows.items() -%}{%- do sql.append(sql[-1].replace(place, condition)) -%}{%- endfor -%}
    cast({{ sql[-1] }} as double)
{%- endmacro %}
