"""Numbers are written by the functions of the schema wording, in every run and every copy."""

import csv

import duckdb
import pytest

from conftest import PROJECT, Warehouse


@pytest.fixture(scope="module")
def seeded(tmp_path_factory) -> Warehouse:
    """A warehouse of seeds only: the functions are made before anything else."""
    warehouse = Warehouse(tmp_path_factory.mktemp("wording") / "warehouse.duckdb")
    result = warehouse.dbt("seed")
    assert result.returncode == 0, result.stdout
    return warehouse


@pytest.fixture(scope="module")
def write(seeded):
    """Return what functions of wording make of their arguments, given as SQL."""
    with duckdb.connect(str(seeded.path), read_only=True) as connection:

        def ask(call: str) -> str | None:
            return connection.execute(f"select wording.{call}").fetchall()[0][0]

        yield ask


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("0", "share", "0.0%"),
        ("-0.0", "share", "0.0%"),
        ("0.00004", "share", "0.00%"),
        ("-0.00004", "share", "0.00%"),
        ("0.005", "share", "0.50%"),
        ("0.00999", "share", "1.00%"),
        ("0.01", "share", "1.0%"),
        ("0.1234", "share", "12.3%"),
        ("-0.5", "share", "-50.0%"),
        ("1", "share", "100.0%"),
        ("'nan'", "share", "nan%"),
        ("0", "amount", "0.00"),
        ("-0.0", "amount", "0.00"),
        ("-0.004", "amount", "0.00"),
        ("0.005", "amount", "0.01"),
        ("0.25", "count", "0.25"),
        ("1", "count", "1.0"),
        ("-1.25", "amount", "-1.2"),
        ("9.96", "amount", "10.0"),
        ("12.6", "count", "13"),
        ("999.95", "amount", "1,000"),
        ("1234567", "amount", "1,234,567"),
        ("1e22", "amount", "10,000,000,000,000,000,000,000"),
        ("'nan'", "amount", "nan"),
        ("'-infinity'", "amount", "-inf"),
        ("6.5", "days", "6.5 days"),
        ("1", "months", "1.0 months"),
        ("42", "years", "42 years"),
        ("1968", "year", "1968"),
        ("1968.4", "year", "1968"),
        ("12050", "year", "12050"),
        ("0.61", "flag", "yes for 61%"),
        ("0", "flag", "yes for 0%"),
        ("1", "flag", "yes for 100%"),
        ("0.004", "flag", "yes for 0.40%"),
        ("0.9996", "flag", "yes for 99.96%"),
        ("1.35", "ratio", "1.35"),
        ("-1.35", "ratio", "-1.35"),
        ("0.9", "ratio", "0.90"),
        ("0.999", "ratio", "1.00"),
        ("9.996", "ratio", "10.0"),
        ("1234.5", "ratio", "1,234"),
        ("null", "share", None),
        ("null", "days", None),
        ("null", "flag", None),
        ("null", "year", None),
        ("null", "ratio", None),
    ],
)
def test_a_number_has_about_three_significant_digits(write, value, unit, words):
    assert write(f"number_in_words(cast({value} as double), '{unit}')") == words
    if unit == "share":
        assert write(f"share_in_words(cast({value} as double))") == words
    elif unit in ("amount", "count"):
        assert write(f"plain_number(cast({value} as double))") == words


@pytest.mark.parametrize(
    ("call", "words"),
    [
        # All digits, for bounds
        ("all_digits(cast(500 as double))", "500"),
        ("all_digits(cast(0.1 as double) + cast(0.2 as double))", "0.30000000000000004"),
        ("all_digits(cast(1e22 as double))", "1e+22"),
        ("exact_number_in_words(cast(0.07 as double), 'share')", "7%"),
        ("exact_number_in_words(cast(0.125 as double), 'share')", "12.5%"),
        ("exact_number_in_words(cast(0 as double), 'share')", "0%"),
        ("exact_number_in_words(cast(1e-7 as double), 'share')", "1e-07"),
        ("exact_number_in_words(cast(-1234.5 as double), 'amount')", "-1,234.5"),
        ("exact_number_in_words(cast(999.95 as double), 'days')", "999.95"),
        ("exact_number_in_words(cast(1e22 as double), 'amount')", "1e+22"),
        ("exact_number_in_words(cast(null as double), 'amount')", None),
        # So many decimals
        ("decimal_in_words(cast(0.1234 as double), 'share', 3)", "12.3%"),
        ("decimal_in_words(cast(0.5 as double), 'share', 0)", "50%"),
        ("decimal_in_words(cast(1 as double), 'days', 0)", "1 day"),
        ("decimal_in_words(cast(1234.5 as double), 'months', 1)", "1,234.5 months"),
        ("decimal_in_words(cast(0 as double), 'count', 0)", "0"),
        ("decimal_in_words(cast(null as double), 'share', 0)", None),
        ("decimal_in_words(cast(1968 as double), 'year', 0)", "1968"),
        ("decimal_in_words(cast(1968.25 as double), 'year', 1)", "1968.2"),
        ("decimal_in_words(cast(1 as double), 'flag', 0)", "yes"),
        ("decimal_in_words(cast(0 as double), 'flag', 0)", "no"),
        ("decimal_in_words(cast(0.5 as double), 'flag', 0)", "yes for 50%"),
        ("decimal_in_words(cast(null as double), 'flag', 0)", None),
        ("decimal_in_words(cast(1.35 as double), 'ratio', 2)", "1.35"),
        ("exact_number_in_words(cast(1968 as double), 'year')", "1968"),
        ("exact_number_in_words(cast(1968.5 as double), 'year')", "1968.5"),
        ("exact_number_in_words(cast(1.35 as double), 'ratio')", "1.35"),
        ("unit_in_words(1968, 'year')", ""),
        ("unit_in_words(1, 'flag')", ""),
        ("unit_in_words(1.35, 'ratio')", ""),
        ("unit_in_words(1, 'years')", " year"),
        ("unit_in_words(2, 'years')", " years"),
        ("unit_in_words(2, 'amount')", ""),
        # Counts
        ("whole_number(1234567)", "1,234,567"),
        ("whole_number(cast(3000 as hugeint))", "3,000"),
        ("whole_number(null)", None),
        ("count_in_words(1, 'customer')", "1 customer"),
        ("count_in_words(0, 'customer')", "0 customers"),
        ("count_in_words(1234, 'customer')", "1,234 customers"),
        # Never better than it is
        ("similarity_in_words(cast(0.7499999 as double))", "0.74"),
        ("similarity_in_words(cast(0.29 as double))", "0.29"),
        ("similarity_in_words(cast(-0.001 as double))", "-0.01"),
        ("similarity_in_words(cast(1 as double))", "1.00"),
        ("similarity_in_words(null)", "unknown"),
        ("difference_in_words(cast(0.5 as double), false)", "+0.50"),
        ("difference_in_words(cast(-1.234 as double), false)", "-1.23"),
        ("difference_in_words(null, false)", "unknown"),
        ("difference_in_words(null, true)", "no overlap"),
        # Words
        ("adjective('count', true)", "many"),
        ("adjective('days', false)", "short"),
        ("adjective('years', true)", "high"),
        ("adjective('year', true)", "late"),
        ("adjective('flag', false)", "rarely"),
        ("comparative('year', false)", "earlier"),
        ("comparative('flag', true)", "more often"),
        ("comparative('count', false)", "fewer"),
        ("comparative('months', true)", "longer"),
        ("begin_sentence('élan of McCoy')", "Élan of McCoy"),
        ("begin_sentence('')", ""),
        ("begin_sentence(null)", None),
        ("benefit_in_words('wealth_management')", "wealth management"),
        ("one_benefit_in_words('wealth_management')", "wealth account"),
        ("benefits_in_words('wealth_management')", "wealth accounts"),
        ("benefits_in_words('pet_food')", "pet food"),
        ("one_benefit_in_words('pet_food')", None),
    ],
)
def test_words(write, call, words):
    assert write(call) == words


def test_what_depends_on_a_unit_is_as_the_seed_says(seeded, write):
    with open(PROJECT / "seeds" / "catalogue" / "units.csv", newline="") as file:
        units = list(csv.DictReader(file))
    assert len(units) == 10
    for row in units:
        unit = row["unit"]
        for property_ in ("is_share", "is_flag", "is_whole", "zero_means_none"):
            assert write(f"{property_}('{unit}')") == (row[property_] == "true")
        assert write(f"unit_in_words(1, '{unit}')").strip() == row["name_after_one"]
        assert write(f"unit_in_words(2, '{unit}')").strip() == row["name_after_number"]
        for kind in ("adjective", "comparative"):
            assert write(f"{kind}('{unit}', true)") == row[f"upward_{kind}"]
            assert write(f"{kind}('{unit}', false)") == row[f"downward_{kind}"]
    assert seeded.rows("select unit from reference.units order by all") == sorted(
        (row["unit"],) for row in units
    )


def test_columns_may_have_the_names_of_parameters(seeded):
    assert seeded.rows("""
        select wording.number_in_words(unit, value), wording.count_in_words(decimals, words)
        from (values (0.5, 'share', 2, 'thing')) as own (unit, value, decimals, words)
    """) == [("50.0%", "2 things")]


def test_functions_work_in_a_file_that_is_attached_under_another_name(seeded):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{seeded.path}' as other (read_only)")
        functions = connection.execute("""
            select function_name, list_transform(parameters, lambda x: 'null')
            from duckdb_functions() where database_name = 'other'
        """).fetchall()
        assert len(functions) == 21
        for name, nulls in functions:
            connection.execute(f"select other.wording.{name}({', '.join(nulls)})")
        days = connection.execute("select other.wording.number_in_words(6.5, 'days')")
        assert days.fetchall() == [("6.5 days",)]
