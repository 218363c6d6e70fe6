{#-
An aggregate over a customer's open accounts of one benefit: 0 when none is open (no activity), null
when the value is unknown for all open accounts.
-#}
{% macro known_or_none(aggregate) -%}
    case when count(*) filter (where is_open) = 0 then 0 else {{ aggregate }} end
{%- endmacro %}


{#- Share of the observed months that are set in any account's month bits. -#}
{% macro share_of_months(month_bits) -%}
    coalesce(bit_count(bit_or({{ month_bits }})), 0) / cast(max(observation_months) as double)
{%- endmacro %}
