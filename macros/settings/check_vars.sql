{#-
Stops the run before anything is built when a var has an invalid value. Vars become part of SQL, so
only plain values are allowed. A number in quotation marks is text, and therefore invalid.
-#}
{% macro check_vars() %}
{% if execute %}
    {% set vars = declared_vars() %}
    {#- In another project, --vars may also name vars of that project. -#}
    {% for name in invocation_args_dict.get('vars', {})
        if project_name == 'benefit_segments' and name not in vars %}
        {% do exceptions.raise_compiler_error(
            'There is no var ' ~ name ~ '. There are ' ~ vars | sort | join(', ') ~ '.'
        ) %}
    {% endfor %}
    {% set identifier = '("[^"]+"|[A-Za-z_][A-Za-z0-9_]*)' %}
    {% set table = identifier ~ '([.]' ~ identifier ~ '){0,2}' %}
    {% for name, declared in vars.items() %}
        {% set value = var(name) %}
        {% set is_number = value is integer or value is float %}
        {% set is_in_range = is_number
            and declared.get('minimum', 0) <= value <= declared.get('maximum', 999999999) %}
        {% set date = modules.re.fullmatch(
            '([12][0-9]{3})-(0[1-9]|1[0-2])-([0-9]{2})', value | string
        ) %}
        {% set fits = {
            'share': is_number and 0 <= value <= 1,
            'proper share': is_number and 0 < value < 1,
            'number': is_in_range,
            'whole number': is_in_range and value is integer,
            'date': date and (
                modules.datetime.date(date[1] | int, date[2] | int, 1)
                + modules.datetime.timedelta(days=date[3] | int - 1)
            ).isoformat() == date[0],
            'text': value is string,
            'table': value is string and modules.re.fullmatch(table, value),
            'tables': value is mapping,
        } %}
        {% set fitting = [] %}
        {% for choice in declared.one_of %}{% do fitting.append(fits.get(choice, value == choice)) %}{% endfor %}
        {% if not fitting | select | list %}
            {% set allowed = allowed_values(declared) %}
            {% set is_quoted = value is string and modules.re.fullmatch('[0-9.]+', value)
                and modules.re.search('share|number', allowed) %}
            {% do exceptions.raise_compiler_error(
                'The var ' ~ name ~ ' is "' ~ value ~ '"; it must be ' ~ allowed
                ~ (', without quotation marks.' if is_quoted else '.')
            ) %}
        {% endif %}
    {% endfor %}
    {% if var('segment_count') is integer and var('segment_count') > var('max_segments') %}
        {% do exceptions.raise_compiler_error(
            'The var segment_count is "' ~ var('segment_count') ~ '"; it must be at most max_segments, '
            ~ var('max_segments') ~ '. Raise that first.') %}
    {% endif %}
    {% set inputs = list_inputs() %}
    {% for input, relation in var('input_relations').items() %}
        {#- raw_inputs is emptied before the inputs are read. -#}
        {% if input not in inputs or relation is not string
            or not modules.re.fullmatch(table, relation)
            or 'raw_inputs' in (relation | lower | replace('"', '')).split('.')[:-1] %}
            {% do exceptions.raise_compiler_error(
                'The var input_relations gives the table ' ~ relation ~ ' for ' ~ input
                ~ '; it must give names of tables (database.schema.table) outside the schema'
                ~ ' raw_inputs for some of ' ~ inputs | join(', ') ~ '.'
            ) %}
        {% endif %}
    {% endfor %}
{% endif %}
{% endmacro %}
