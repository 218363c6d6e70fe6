{#-
Stops the run before anything is built when the surroundings or the declarations of a company cannot
be used: an empty RAW_DATA_DIR, a database named like a schema, a feature name that breaks SQL, a
format that is no format.
-#}
{% macro check_declarations() %}
{% if execute %}
    {% do exceptions.raise_compiler_error(
        'RAW_DATA_DIR is set but empty. Unset it, or name a folder.'
    ) if env_var('RAW_DATA_DIR', 'data/demo') | trim == '' %}
    {#- DuckDB could not tell staging.stg_customers in the database staging from a table in it. -#}
    {% set schemas = graph.nodes.values() | map(attribute='schema') | list
        + ['raw_inputs', 'last_build', 'wording', 'main'] %}
    {% do exceptions.raise_compiler_error(
        'WAREHOUSE_PATH names the database ' ~ target.database ~ ', which is also the name of a'
        ~ ' schema. Give the file another name.'
    ) if target.database | lower in schemas %}
    {{ check_declared_columns() }}
    {{ check_declared_values() }}
    {{ check_features() }}
    {{ check_input_formats() }}
{% endif %}
{% endmacro %}


{% macro check_declared_columns() %}
    {% for name, columns in declared_columns().items() %}
        {% set found = run_query('describe select * from ' ~ declared(name)).columns[0].values() %}
        {% set missing = columns | reject('in', found) | list %}
        {% do exceptions.raise_compiler_error(
            name ~ '.csv in COMPANY_DIR has no column ' ~ missing | join(', ') ~ '. Its first line must be '
            ~ columns | join(',') ~ '.'
        ) if missing %}
    {% endfor %}
{% endmacro %}


{#- Stops at a value that is not of its kind. -#}
{% macro check_declared_values() %}
    {% set digits = '([0-9]+([.][0-9]*)?|[.][0-9]+)' %}
    {% set number = ['a number', '[+-]?' ~ digits ~ '([eE][+-]?[0-9]+)?'] %}
    {% set whole_number = ['a whole number', '[0-9]{1,9}'] %}
    {% set kinds = {
        'benefits': {
            'is_owed': ['true or false', '(?i)true|false|t|f|yes|no|y|n|1|0'],
            'weight': ['a number above 0', '(?=.*[1-9])' ~ digits],
        },
        'segment_playbook': {'segment_id': whole_number},
        'segment_playbook_claims': {'segment_id': whole_number, 'threshold': number},
    } %}
    {% for name, columns in kinds.items() %}
        {% for row in read_declared(name) %}
            {% set place = name ~ '.csv, row ' ~ loop.index ~ ': ' %}
            {% for column, (kind, pattern) in columns.items() %}
                {% do exceptions.raise_compiler_error(
                    place ~ column ~ ' is ' ~ row[column] ~ '; it must be ' ~ kind ~ '.'
                ) if row[column] and not modules.re.fullmatch(pattern, row[column] | trim) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
{% endmacro %}


{#- Stops at an entry of the catalogue that cannot be used. Feature names become columns beside those
of customer_segments and of the scoring. -#}
{% macro check_features() %}
    {% set units = read_seed('units') | map(attribute='unit') | list %}
    {% set types = read_declared('transaction_types') %}
    {#- The model reads only clustering features, so only these are filled, transformed and weighed. -#}
    {% set unread = {'unit': units, 'transform': [none], 'null_policy': [none], 'weight': [none]} %}
    {% set allowed = {
        'clustering': {
            'unit': units, 'transform': ['identity', 'log1p', 'clipped', 'clipped_log1p'],
            'null_policy': ['zero', 'median'],
        },
        'profiling': unread, 'ignored': unread,
    } %}
    {% set reserved = fetch_rows(
        "select keyword_name from duckdb_keywords()"
        ~ " where keyword_category in ('reserved', 'type_function')"
    ) | map(attribute='keyword_name') | list %}
    {% set taken = graph.nodes['model.benefit_segments.customer_segments'].columns | list
        + ['customer', 'features'] %}
    {% set columns = graph.nodes['model.benefit_segments.customer_features'].columns.values()
        | rejectattr('name', 'equalto', 'customer_id') | list %}
    {% do exceptions.raise_compiler_error(
        'COMPANY_DIR has no feature catalogue: ' ~ env_var('COMPANY_DIR', 'data/demo/company')
        ~ '/customer_features.yml is missing or lists no features.'
    ) if not columns %}
    {% for column in columns %}
        {% set feature = dict(column.config.meta, name=column.name) %}
        {% set it = 'the feature ' ~ feature.name ~ ' has ' %}
        {% set why = 'is a reserved word of SQL' if feature.name in reserved
            else 'is a column of another table' if feature.name in taken
            or modules.re.fullmatch('(component|distance)_[0-9]+', feature.name) %}
        {% set problems = [] %}
        {% do problems.append(
            'a feature must not have the name ' ~ feature.name ~ ', which ' ~ why
            ~ '. Choose another name, for example ' ~ feature.name ~ '_value'
        ) if why %}
        {% do problems.append(it ~ 'role "' ~ feature.role ~ '"; it must be one of '
            ~ allowed | join(', ')) if feature.role not in allowed %}
        {% for key, values in allowed.get(feature.role, {}).items() if feature.get(key) not in values %}
            {% set known = values | select | join(', ') %}
            {% do problems.append(it ~ key ~ ' "' ~ feature.get(key, '') ~ '"; a '
                ~ feature.role ~ ' feature has ' ~ ('one of ' ~ known if known else 'none')) %}
        {% endfor %}
        {% do problems.append(it ~ 'the benefit "' ~ feature.benefit ~ '"; names of features'
            ~ ' and benefits are lower case letters, digits and underscores')
            if not modules.re.fullmatch('([a-z_][a-z0-9_]* ?){2}', feature.name ~ ' ' ~ feature.benefit) %}
        {% do problems.append(source_problem(feature, types)) %}
        {% set problem = problems | select | first %}
        {% do exceptions.raise_compiler_error('customer_features.yml: ' ~ problem ~ '.') if problem %}
    {% endfor %}
{% endmacro %}


{% macro check_input_formats() %}
    {% set inputs = list_inputs() %}
    {% set seen = [] %}
    {% for row in read_declared('input_formats') %}
        {% set date_format = row.date_format or '%Y-%m-%d' %}
        {% set parts = modules.re.findall('%-?.?', date_format) | map('replace', '-', '') | list %}
        {% set is_date = parts | select('in', ['%Y']) | list | length == 1
            and parts | select('in', ['%m', '%b', '%B']) | list | length == 1
            and parts | select('in', ['%d']) | list | length == 1
            and not parts | reject('in', [
                '%Y', '%m', '%b', '%B', '%d', '%H', '%I', '%M', '%S', '%f', '%p'
            ]) | list
            and "'" not in date_format %}
        {% set problem = 'there is no input ' ~ row.input ~ ', only ' ~ inputs | join(', ')
            if row.input not in inputs
            else 'the input ' ~ row.input ~ ' has a line before' if row.input in seen
            else 'decimal_sign is ' ~ row.decimal_sign ~ '; it must be . or , or empty'
            if row.decimal_sign not in [none, '.', ',']
            else 'date_format is ' ~ date_format ~ '; it must hold one each of %Y, %m (or %b) and %d,'
            ~ ' for example %d/%m/%Y, or be empty' if not is_date %}
        {% do exceptions.raise_compiler_error(
            'input_formats.csv, row ' ~ loop.index ~ ': ' ~ problem ~ '.'
        ) if problem %}
        {% do seen.append(row.input) %}
    {% endfor %}
{% endmacro %}
