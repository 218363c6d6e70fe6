"""Vars: one list of them, what is refused, and that a valid value arrives as it was given."""

import datetime
import json
import math
import re

import duckdb
import jinja2
import pytest
import yaml

from conftest import PROJECT
from write_settings import PAGE, declared_vars, default_vars, write_settings

DECLARED, DEFAULTS = declared_vars(), default_vars()
INPUTS = ("customers", "credit_card_usage", "benefit_accounts", "benefit_transactions")
NUMERIC = {"share", "proper share", "number", "whole number"}
NUMBERS = [name for name, declared in DECLARED.items() if NUMERIC & set(declared["one_of"])]
# A value of every numeric var that is not its default.
CHANGED = {
    "max_rejected_share": 0.25,
    "observation_months": 6,
    "training_sample_size": 5000,
    "pca_components": 0.75,
    "segment_count": 4,
    "max_segments": 8,
    "kmeans_restarts": 2,
    "stability_refits": 3,
    "stability_sample_size": 700,
    "criteria_sample_size": 600,
    "gap_references": 7,
    "prediction_strength_splits": 9,
    "random_seed": 0,
    "smallest_segment_share": 0.125,
    "max_rules": 5,
    "borderline_confidence": 0,
    "outlier_distance": 2.5,
    "noteworthy_smd": 1,
}


def check_vars(project_name="benefit_segments", **changed):
    """Run the macro without dbt, which would parse the project for every case."""

    def refuse(message):
        raise ValueError(message)

    folder = PROJECT / "macros" / "settings"
    macros = "".join(
        (folder / f"{name}.sql").read_text() for name in ("allowed_values", "check_vars")
    )
    module = (
        jinja2.Environment(extensions=["jinja2.ext.do"])
        .from_string(
            macros,
            globals={
                "execute": True,
                "project_name": project_name,
                "var": (DEFAULTS | changed).get,
                "invocation_args_dict": {"vars": changed},
                "declared_vars": lambda: DECLARED,
                "list_inputs": lambda: list(INPUTS),
                "modules": {"re": re, "datetime": datetime},
                "exceptions": {"raise_compiler_error": refuse},
            },
        )
        .module
    )
    module.check_vars()


def test_every_var_is_declared_and_has_a_default_in_the_same_order():
    assert list(DECLARED) == list(DEFAULTS)


def test_the_page_of_settings_shows_every_var():
    page = PAGE.read_text()
    assert page == write_settings(page), "docs/settings.md is stale: make settings"
    for name, declared in DECLARED.items():
        assert f"| {name} | `" in page
        assert f" | {declared['meaning']} |" in page


def test_the_page_of_settings_shows_every_environment_variable():
    read: dict[str, set[str]] = {}
    folders = [PROJECT / name for name in ("macros", "models", "python_models", "scripts", "app")]
    sources = [file for folder in folders for file in folder.rglob("*")]
    sources = [file for file in sources if file.suffix in (".sql", ".py", ".yml")]
    for file in [PROJECT / "profiles.yml", PROJECT / "dbt_project.yml", *sources]:
        for name, default in re.findall(r"env_var\('(\w+)'(.*?)\)", file.read_text()):
            read.setdefault(name, set()).update(re.findall(r"'(.*?)'", default))
        for name in re.findall(r'environ(?:\.get\(|\[)"(\w+)"', file.read_text()):
            read.setdefault(name, set())
    section = PAGE.read_text().split("## Environment variables")[1]
    rows = dict(re.findall(r"^\| ([A-Z_]+) \| (.*?) \|", section, flags=re.MULTILINE))
    assert set(rows) == set(read)
    for name, defaults in read.items():
        shown = [default for default in defaults if default.lstrip("/") in rows[name]]
        assert shown or not defaults, f"{name}: {rows[name]}, but read with {defaults}"


@pytest.mark.parametrize(
    "variables",
    [
        {},
        CHANGED,
        {"input_relations": {"customers": 'crm."a table".x', "benefit_accounts": "x"}},
        {"input_relations": {"customers": "crm.raw_inputs"}},
        {"latest_plausible_date": datetime.date(2025, 12, 31), "as_of_date": "2024-02-29"},
        {"max_rejected_share": 1, "borderline_confidence": 0.0, "outlier_distance": 0},
        {"pca_components": 1, "segment_count": 12, "max_segments": 12},
        {"observation_months": 60, "benefit_weighting": "none", "segment_count_reason": "it's 6"},
    ],
)
def test_variables_are_accepted(variables):
    check_vars(**variables)


def test_the_vars_of_another_project_are_its_own_business():
    with pytest.raises(ValueError, match=r"no var segment_cuont\. There are as_of_date, "):
        check_vars(segment_cuont=4)
    check_vars(project_name="insurer", segment_cuont=4)
    with pytest.raises(ValueError, match="The var max_segments is"):
        check_vars(project_name="insurer", segment_cuont=4, max_segments=0)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_in_quotation_marks_is_refused(name):
    for number in (CHANGED[name], DEFAULTS[name]):
        if isinstance(number, int | float):
            message = f'The var {name} is "{number}"; it must be .* without quotation marks'
            with pytest.raises(ValueError, match=message):
                check_vars(**{name: str(number)})


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "value",
    [True, False, math.nan, math.inf, -math.inf, -1, -0.5, 1e9, "", "nan", "1 or true", " 1", "٣"],
)
def test_what_is_not_a_number_in_the_range_is_refused(name, value):
    with pytest.raises(ValueError, match=f"The var {name} is .*; it must be "):
        check_vars(**{name: value})


@pytest.mark.parametrize("name", DECLARED)
@pytest.mark.parametrize("value", [None, True, math.nan, [], [1], ["auto"], ["today"], -1])
def test_a_value_of_another_kind_is_refused(name, value):
    with pytest.raises(ValueError, match=f"The var {name} is .*; it must be "):
        check_vars(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("input_relations", "crm.customers", "a mapping {input: table}"),
        ("input_relations", {"clients": "crm.clients"}, "some of customers, credit"),
        ("input_relations", {"customers": "(select 1)"}, "names of tables"),
        ("input_relations", {"customers": "read_csv('x')"}, "names of tables"),
        ("input_relations", {"customers": "a.b.c.d"}, "names of tables"),
        ("input_relations", {"customers": 'RAW_INPUTS."c"'}, "outside the schema raw_"),
        ("input_relations", {"customers": None}, "names of tables"),
        ("latest_plausible_date", "2025-01-01' or true --", "today or a date (YYYY-MM-DD)"),
        ("latest_plausible_date", "2025-13-01", "today or a date (YYYY-MM-DD)"),
        ("latest_plausible_date", "2025-01-00", "today or a date (YYYY-MM-DD)"),
        ("latest_plausible_date", "2025-04-31", "today or a date (YYYY-MM-DD)"),
        ("latest_plausible_date", "0000-01-01", "today or a date (YYYY-MM-DD)"),
        ("latest_plausible_date", "latest", "today or a date (YYYY-MM-DD)"),
        ("latest_plausible_date", datetime.datetime(2025, 1, 1), "today or a date"),
        ("as_of_date", "today", "latest or a date (YYYY-MM-DD)"),
        ("as_of_date", "2025-02-29", "latest or a date (YYYY-MM-DD)"),
        ("as_of_date", 20250101, "latest or a date (YYYY-MM-DD)"),
        ("max_rejected_share", 1.5, "a share from 0 to 1"),
        ("observation_months", 61, "a whole number from 1 to 60"),
        ("observation_months", 0, "a whole number from 1 to 60"),
        ("observation_months", 6.0, "a whole number from 1 to 60"),
        ("training_sample_size", 0, "a whole number from 1 to 999,999,999"),
        ("training_sample_size", 10**9, "a whole number from 1 to 999,999,999"),
        ("benefit_weighting", "proportional", "balanced or none"),
        ("pca_components", 0, "a share between 0 and 1 or a whole number from 1 to"),
        ("pca_components", 0.0, "a share between 0 and 1 or a whole number from 1 to"),
        ("pca_components", 1.0, "a share between 0 and 1 or a whole number from 1 to"),
        ("pca_components", "proper share", "a share between 0 and 1 or a whole number"),
        ("segment_count", "many", "auto or a whole number from 1 to"),
        ("segment_count", 2.5, "auto or a whole number from 1 to"),
        ("segment_count", 11, "at most max_segments"),
        ("segment_count_reason", 2025, "text"),
        ("max_segments", 0, "a whole number from 1 to"),
        ("kmeans_restarts", 0, "a whole number from 1 to"),
        ("stability_refits", 0, "a whole number from 1 to"),
        ("stability_sample_size", 9, "a whole number from 10 to"),
        ("criteria_sample_size", 9, "a whole number from 10 to"),
        ("gap_references", 0, "a whole number from 1 to"),
        ("prediction_strength_splits", 0, "a whole number from 1 to"),
        ("max_rules", 1, "a whole number from 2 to"),
        ("borderline_confidence", 2, "a share from 0 to 1"),
        ("outlier_distance", "far", "a number from 0 to"),
    ],
)
def test_variable_is_refused(name, value, meaning):
    with pytest.raises(ValueError, match=f"The var {name} .*must .*{re.escape(meaning)}"):
        check_vars(**{name: value})


def test_nothing_runs_with_a_number_in_quotation_marks(warehouse):
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("create schema last_build; create table last_build.relations (a int)")
    result = warehouse.dbt("build", "--vars", '{"max_segments": "6"}')
    assert result.returncode != 0
    assert 'The var max_segments is "6"; it must be a whole number from 1 to' in result.stdout
    assert warehouse.rows("select schema_name, table_name from duckdb_tables()") == [
        ("last_build", "relations")
    ]


def test_a_number_arrives_as_the_number_everywhere(warehouse):
    changed = CHANGED | {"as_of_date": datetime.date(2025, 1, 31), "segment_count_reason": "6"}
    result = warehouse.dbt("compile", "--select", "build_info", "--vars", yaml.safe_dump(changed))
    assert result.returncode == 0, result.stdout

    manifest = json.loads((warehouse.path.parent / "target" / "manifest.json").read_text())
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    given = [
        (name, value, changed.get(name, DEFAULTS[name]))
        for model in models
        if model["language"] == "python"
        for name, value in model["config"]["meta"].items()
        if name in DECLARED
    ]
    assert {"max_segments", "pca_components", "random_seed"} <= {name for name, _, _ in given}
    for name, value, expected in given:
        assert (name, type(value), value) == (name, type(expected), expected)

    (compiled,) = [model["compiled_code"] for model in models if model["name"] == "build_info"]
    (settings,) = re.findall(r"'(\{.*\})' as vars", compiled)
    assert json.loads(settings) == DEFAULTS | changed | {"as_of_date": "2025-01-31"}
