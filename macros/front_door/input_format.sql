{#-
How dates and numbers of an input are written: its row of input_formats, or an empty mapping
for the usual way, 2024-01-31 and 1234.5.
-#}
{% macro input_format(input) %}
    {% do return(read_declared('input_formats') | selectattr('input', 'equalto', input) | first or {}) %}
{% endmacro %}
