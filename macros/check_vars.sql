{#-
Stops the build when a var has a value that cannot be meant. Vars become part of SQL, so
this also keeps anything but plain values out.
-#}
{% macro check_vars() %}
{% if execute %}
    {% set date = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' %}
    {% set whole_number = '[1-9][0-9]{0,8}' %}
    {% set two_digits = '[1-9][0-9]{1,8}' %}
    {% set share = '0|1|0?[.][0-9]+|1[.]0+|0[.]0*' %}
    {% set name = '("[^"]+"|[A-Za-z_][A-Za-z0-9_]*)' %}
    {% set relation = name ~ '([.]' ~ name ~ '){0,2}' %}
    {% set rules = {
        'customer_features_relation': ('|' ~ relation, 'empty or the name of a table'),
        'latest_plausible_date': ('today|' ~ date, 'today or a date (YYYY-MM-DD)'),
        'max_rejected_share': (share, 'a share from 0 to 1'),
        'as_of_date': ('latest|' ~ date, 'latest or a date (YYYY-MM-DD)'),
        'observation_months': ('[1-9]|[1-5][0-9]|60', 'a whole number from 1 to 60'),
        'training_sample_size': (whole_number, 'a whole number of at least 1'),
        'benefit_weighting': ('balanced|none', 'balanced or none'),
        'pca_components': (
            '0?[.][0-9]*[1-9][0-9]*|' ~ whole_number,
            'a share below 1 or a whole number of at least 1',
        ),
        'segment_count': ('auto|' ~ whole_number, 'auto or a whole number of at least 1'),
        'max_segments': (whole_number, 'a whole number of at least 1'),
        'kmeans_restarts': (whole_number, 'a whole number of at least 1'),
        'stability_refits': (whole_number, 'a whole number of at least 1'),
        'criteria_sample_size': (two_digits, 'a whole number of at least 10'),
        'gap_references': (whole_number, 'a whole number of at least 1'),
        'prediction_strength_splits': (whole_number, 'a whole number of at least 1'),
        'stability_sample_size': (two_digits, 'a whole number of at least 10'),
        'random_seed': ('0|' ~ whole_number, 'a whole number'),
        'max_rules': ('[2-9]|[1-9][0-9]{1,8}', 'a whole number of at least 2'),
        'borderline_confidence': (share, 'a share from 0 to 1'),
        'outlier_distance': ('[0-9]+([.][0-9]+)?', 'a number of radii'),
        'noteworthy_smd': ('[0-9]+([.][0-9]+)?', 'a number of standard deviations'),
    } %}
    {% for name in invocation_args_dict.get('vars', {}) if name not in read_vars() %}
        {% do exceptions.raise_compiler_error(
            'There is no var ' ~ name ~ '. There are ' ~ read_vars() | sort | join(', ') ~ '.'
        ) %}
    {% endfor %}
    {% for name, (pattern, meaning) in rules.items() %}
        {% if not modules.re.fullmatch(pattern, var(name) | string) %}
            {% do exceptions.raise_compiler_error(
                'The var ' ~ name ~ ' is "' ~ var(name) ~ '"; it must be ' ~ meaning ~ '.'
            ) %}
        {% endif %}
    {% endfor %}
    {% for name in ['latest_plausible_date', 'as_of_date'] if var(name) not in ['today', 'latest'] %}
        {% set (year, month, day) = (var(name) | string).split('-') %}
        {% set first = modules.datetime.date(year | int, month | int, 1) %}
        {% if (first + modules.datetime.timedelta(days=day | int - 1)).month != month | int %}
            {% do exceptions.raise_compiler_error(
                'The var ' ~ name ~ ' is "' ~ var(name) ~ '"; it must be a day that exists.'
            ) %}
        {% endif %}
    {% endfor %}
    {% if var('segment_count') != 'auto' and var('segment_count') | int > var('max_segments') | int %}
        {% do exceptions.raise_compiler_error(
            'The var segment_count is "' ~ var('segment_count') ~ '"; it must be at most max_segments, '
            ~ var('max_segments') ~ '. Raise that first.'
        ) %}
    {% endif %}
    {% set inputs = graph.sources.values()
        | selectattr('meta.is_input', 'defined') | map(attribute='name') | list %}
    {% set relations = var('input_relations') %}
    {% if relations is not mapping %}
        {% do exceptions.raise_compiler_error(
            'The var input_relations is "' ~ relations ~ '"; it must be a mapping {input: table}.'
        ) %}
    {% endif %}
    {% for input, table in relations.items() %}
        {#- raw_inputs is emptied before the inputs are read. -#}
        {% if input not in inputs or table is not string
            or not modules.re.fullmatch(relation, table)
            or 'raw_inputs' in (table | lower | replace('"', '')).split('.')[:-1] %}
            {% do exceptions.raise_compiler_error(
                'The var input_relations gives the table ' ~ table ~ ' for ' ~ input
                ~ '; it must give names of tables (database.schema.table) outside the schema'
                ~ ' raw_inputs for some of ' ~ inputs | join(', ') ~ '.'
            ) %}
        {% endif %}
    {% endfor %}
{% endif %}
{% endmacro %}
