{#-
The inputs with numbers per customer: {input: its features}, from the key `input` of the catalogue.
A feature whose column is customer_id needs no further column: it is 1 for a customer with a row.
-#}
{% macro list_number_inputs() %}
    {% set inputs = {} %}
    {% for feature in list_features() if feature.input and feature.input != 'customers' %}
        {% do inputs.setdefault(feature.input, []) %}
        {% do inputs[feature.input].append(feature) if not is_row_alone(feature) %}
    {% endfor %}
    {% do return(inputs) %}
{% endmacro %}


{#- The names of all inputs: those of every company and its tables of numbers. -#}
{% macro list_inputs() %}
    {% set inputs = graph.sources.values()
        | selectattr('meta.is_input', 'defined') | map(attribute='name') | list if execute else [] %}
    {% do return(inputs + (list_number_inputs() | list)) %}
{% endmacro %}


{% macro is_row_alone(feature) %}
    {% do return(feature.input and feature.column == 'customer_id') %}
{% endmacro %}


{#- The column of an input that holds a feature. -#}
{% macro column_of(feature) %}
    {% do return(feature.column or feature.name) %}
{% endmacro %}


{#- A feature from its raw column, with the type that its unit asks for. -#}
{% macro parse_feature(feature, format) -%}
    {%- set raw = adapter.quote(column_of(feature)) -%}
    {%- if feature.unit == 'category' -%}
    {{ parse_text(raw) }}
    {%- elif feature.unit == 'flag' -%}
    coalesce(
        cast({{ parse_boolean(raw) }} as double),
        case when {{ parse_number(raw, format) }} in (0, 1) then {{ parse_number(raw, format) }} end
    )
    {%- elif feature.unit == 'count' -%}
    cast({{ parse_whole_number(raw, format) }} as double)
    {%- else -%}
    {{ parse_number(raw, format) }}
    {%- endif -%}
{%- endmacro %}


{#- Why the value of a feature cannot be used, as name_problems.sql has it for other columns. -#}
{% macro feature_problem(feature) -%}
    {%- set name, column, unit = feature.name, column_of(feature), feature.unit -%}
    {%- set meaning = {'count': 'a whole number', 'flag': 'yes or no'}.get(unit, 'a number') -%}
    case
        when
            {{ name }} is null and trim(cast(raw_{{ name }} as varchar)) != ''
            -- Data frames write the number NaN for unknown.
            and not (
                typeof(raw_{{ name }}) in ('DOUBLE', 'FLOAT') and isnan(try_cast(raw_{{ name }} as double))
            )
            then {{ text_literal(column ~ ' is not ' ~ meaning) }}
        {%- if unit in ['share', 'count', 'months', 'days', 'years'] %}
        when {{ name }} < 0 then {{ text_literal(column ~ ' is negative') }}
        {%- endif %}
        {%- if unit == 'share' %}
        when {{ name }} > 2 then {{ text_literal(column ~ ' is far above 1') }}
        {%- endif %}
    end
{%- endmacro %}


{#- What is wrong with where a feature comes from; none when nothing is. -#}
{% macro source_problem(feature, transaction_types) %}
    {% set it = 'the feature ' ~ feature.name %}
    {% set of_customers = ['age_years', 'relationship_tenure_months', 'age_band', 'region'] %}
    {% set known = (measures() | list) + ['benefits_held'] %}
    {% set flows, types = ['in', 'out', 'missed'], [] %}
    {% for row in transaction_types if row.benefit == feature.benefit %}
        {% do types.append(row.transaction_type) %}
    {% endfor %}
    {% if feature.measure and feature.measure not in known %}
        {% do return(it ~ ' has measure "' ~ feature.measure ~ '"; it must be one of ' ~ known | join(', ')) %}
    {% elif not feature.input and not feature.measure %}
        {% do return(it ~ ' has neither a measure of accounts nor an input that holds it') %}
    {% elif feature.input and not modules.re.fullmatch('[a-z_][a-z0-9_]*', feature.input) %}
        {% do return(it ~ ' has input "' ~ feature.input
            ~ '"; names of inputs are lower case letters, digits and underscores') %}
    {% elif feature.input in ['benefit_accounts', 'benefit_transactions'] %}
        {% do return(it ~ ' has input "' ~ feature.input ~ '", which holds no row per customer; name a measure instead') %}
    {% elif feature.input == 'customers' and column_of(feature) not in of_customers %}
        {% do return(it ~ ' has input "customers", which offers ' ~ of_customers | join(', ')
            ~ '; put other columns into an input of their own') %}
    {% endif %}
    {% for each in feature.transactions or [] if each not in flows + types %}
        {% do return(it ~ ' has transactions "' ~ each ~ '"; they must be some of ' ~ (flows + types) | join(', ')) %}
    {% endfor %}
    {% do return(none) %}
{% endmacro %}


{#-
The value of a feature in customer_features. A customer without a row in a table of numbers has no
activity: 0, but days, years and ratios are unknown.
-#}
{% macro value_of(feature) -%}
    {%- set value = feature.input ~ '.' ~ feature.name -%}
    {%- if not feature.input -%}
    {%- set of, aggregate, without = measures()[feature.measure] -%}
    case
        when {{ of }}_of_customers.customer_id is null then {{ without }}
        else {{ of }}_of_customers.{{ feature.name }}
    end
    {%- elif feature.input == 'customers' -%}
    customers.{{ column_of(feature) }}
    {%- elif is_row_alone(feature) -%}
    cast({{ feature.input }}.customer_id is not null as double)
    {%- elif feature.unit in ['category', 'days', 'year', 'ratio'] -%}
    {{ value }}
    {%- else -%}
    case when {{ feature.input }}.customer_id is null then 0 else {{ value }} end
    {%- endif -%}
{%- endmacro %}


{#- The columns of the contracts in _staging__sources.yml and of the tables of numbers. -#}
{% macro list_input_columns() %}
    {% set columns = [] %}
    {% if execute %}
        {% for input in graph.sources.values() | selectattr('meta.is_input', 'defined') %}
            {% for column in input.columns.values() %}
                {% do columns.append({
                    'input': input.name, 'column_name': column.name,
                    'kind': column.meta.kind or 'text', 'is_required': column.meta.required or false,
                    'aliases': column.meta.aliases or [],
                }) %}
            {% endfor %}
        {% endfor %}
        {#- The catalogue may name more aliases of the key. -#}
        {% set key = graph.nodes['model.benefit_segments.customer_features'].columns.customer_id %}
        {% for input, features in list_number_inputs().items() %}
            {% do columns.append({
                'input': input, 'column_name': 'customer_id', 'kind': 'key', 'is_required': true,
                'aliases': ['CUST_ID'] + (key.config.meta.aliases or []),
            }) %}
            {% for feature in features %}
                {% do columns.append({
                    'input': input, 'column_name': column_of(feature),
                    'kind': 'category' if feature.unit == 'category' else 'number',
                    'is_required': not feature.optional, 'aliases': feature.aliases or [],
                }) %}
            {% endfor %}
        {% endfor %}
        {% for column in columns %}
            {% do column.update({'relation': var('input_relations').get(column.input)}) %}
        {% endfor %}
    {% endif %}
    {% do return(columns) %}
{% endmacro %}


{#- What is looked for in a table of numbers, as [rule, description, condition]. -#}
{% macro number_rules(input, features) %}
    {% set shares = features | selectattr('unit', 'equalto', 'share') | map(attribute='name') | join(', ') %}
    {% set amounts = features | selectattr('unit', 'equalto', 'amount')
        | rejectattr('measure', 'equalto', 'balance') | map(attribute='name') | join(', ') %}
    {% set rules = [] %}
    {% do rules.append(['share_above_one', 'a share is above 1', 'greatest(' ~ shares ~ ') > 1']) if shares %}
    {% do rules.append(['negative_amount', 'an amount other than the balance is negative',
        'least(' ~ amounts ~ ') < 0']) if amounts %}
    {% for check in read_declared('input_checks') if check.input == input %}
        {% do rules.append([check.rule, check.description, check.condition]) %}
    {% endfor %}
    {% do return(rules) %}
{% endmacro %}


{#- How many benefits a customer holds, as SQL. -#}
{% macro count_held(features) -%}
    0 {%- for feature in features if feature.measure == 'holdings' %} + cast({{ feature.name }} > 0 as integer)
    {%- endfor %}
{%- endmacro %}
