{#-
The keys that more than one row has. Rows sorted by a strictly rising key have none, and comparing
each row with the previous one is several times faster than a table of all keys. In that order
shorter keys come first, so that T10 follows T9.
-#}
{% macro repeated_keys(relation, key) -%}
    select {{ key }}

    from {{ relation }}

    where
        {{ key }} is not null
        and (
            select
                count(*) filter (
                    strlen(this_key) > strlen(key_before)
                    or (strlen(this_key) = strlen(key_before) and this_key > key_before)
                ) < count(*) - 1

            from (
                select
                    {{ key }} as this_key,
                    lag({{ key }}) over () as key_before

                from {{ relation }}
            ) as neighbours
        )

    group by {{ key }}

    having count(*) > 1
{%- endmacro %}
