{#- Header names are compared without case, spaces, underscores and punctuation. -#}
{% macro normalised_name(name) %}
    {% do return(modules.re.sub('[^a-z0-9]', '', name | lower)) %}
{% endmacro %}


{#- The name found for an input column (or for one of its aliases); none if there is none. -#}
{% macro find_column(column, found, location) %}
    {% set wanted = [normalised_name(column.name)] %}
    {% for alias in column.meta.aliases or [] %}
        {% do wanted.append(normalised_name(alias)) %}
    {% endfor %}
    {% set matches = [] %}
    {% for name in found if normalised_name(name) in wanted %}
        {% do matches.append(name) %}
    {% endfor %}
    {% if matches | length > 1 %}
        {% do exceptions.raise_compiler_error(
            location ~ ': the columns ' ~ matches | join(' and ') ~ ' both stand for ' ~ column.name
            ~ '. Keep one of them.'
        ) %}
    {% endif %}
    {% do return(matches[0] if matches else none) %}
{% endmacro %}


{#-
Select list of an input's columns: `found` are the names in the file, `expressions` what
to select for each of them. A missing required column stops the build; any other missing column is
null.
-#}
{% macro select_columns(input, found, expressions, location) %}
    {% set selected, missing = [], [] %}
    {% for column in input.columns.values() %}
        {% set name = find_column(column, found, location) %}
        {% if name is not none %}
            {% set expression = expressions[found.index(name)] %}
            {% do selected.append(
                '"' ~ expression | replace('"', '""') ~ '" as ' ~ column.name
            ) %}
        {% elif column.meta.required %}
            {% do exceptions.raise_compiler_error(
                location ~ ' has no column ' ~ column.name ~ '. Columns found: '
                ~ found | join(', ') | truncate(500) ~ '. Rename the column that holds it.'
                ~ ' (In a CSV file the first line names the columns, separated by comma,'
                ~ ' semicolon, tab or |.)'
            ) %}
        {% else %}
            {% do missing.append(column.name) %}
            {% do selected.append('cast(null as varchar) as ' ~ column.name) %}
        {% endif %}
    {% endfor %}
    {% if missing %}
        {% do log(
            location ~ ': no column ' ~ missing | join(', ') ~ '; taken as unknown', info=true
        ) %}
    {% endif %}
    {% do return(selected | join(', ')) %}
{% endmacro %}


{#- Columns found that no input column matches, as a text literal; null when there are none. -#}
{% macro list_ignored_columns(input, found, location) %}
    {% set used = [''] %}
    {% for column in input.columns.values() %}
        {% do used.append(find_column(column, found, location)) %}
    {% endfor %}
    {% set ignored = found | reject('in', used) | join(', ') %}
    {% do return(text_literal(ignored) if ignored else 'null') %}
{% endmacro %}


{#- The names in a header line; a delimiter between quotation marks belongs to the name. -#}
{% macro split_header(line, delimiter) %}
    {% set names = [] %}
    {% set pattern = '[' ~ delimiter ~ ']((?:"[^"]*"|[^"' ~ delimiter ~ '])*)' %}
    {% for name in modules.re.findall(pattern, delimiter ~ line) %}
        {% do names.append(name.strip().strip('"').strip()) %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}


{#- The first of , ; tab | with which the key column is found; otherwise the comma. -#}
{% macro find_delimiter(input, line, location) %}
    {% set key = input.columns.values() | first %}
    {% for delimiter in [',', ';', '\t', '|'] %}
        {% if find_column(key, split_header(line, delimiter), location) is not none %}
            {% do return(delimiter) %}
        {% endif %}
    {% endfor %}
    {% do return(',') %}
{% endmacro %}
