"""What a company declares, and what surrounds a build, is checked before anything runs."""

import os
import re
import subprocess
import sys

import duckdb
import jinja2
import pytest

from conftest import PROJECT

SCHEMAS = ["staging", "marts", "features"]
INPUTS = ("customers", "benefit_accounts")


class Refused(Exception):
    """The message with which a macro stops the run."""


def render(*files):
    """Return an environment and the text of macros and tests, to run without dbt."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    return environment, "".join((PROJECT / file).read_text() for file in files)


def check_declarations(
    names=("visits",), formats=(), database="warehouse", raw_data="raw", declared=None
):
    """Run the macro on features of these names, rows of input_formats and rows of other files."""

    def refuse(message):
        raise Refused(message)

    def fetch_rows(query):
        relation = duckdb.sql(query)
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    nodes = {
        f"model.benefit_segments.{schema}": {"schema": schema, "columns": {}} for schema in SCHEMAS
    }
    nodes["model.benefit_segments.customer_segments"] = {
        "schema": "marts",
        "columns": {"customer_id": {}, "segment_id": {}},
    }
    entry = {"role": "profiling", "unit": "count", "benefit": "all"}
    nodes["model.benefit_segments.customer_features"] = {
        "schema": "features",
        "columns": {name: {"name": name, "config": {"meta": entry}} for name in names},
    }
    environment, text = render("macros/front_door/check_declarations.sql")
    columns = ("input", "date_format", "decimal_sign")
    module = environment.from_string(
        text,
        globals={
            "execute": True,
            "env_var": lambda name, default: raw_data,
            "target": {"database": database},
            "graph": {"nodes": nodes},
            "modules": {"re": re},
            "exceptions": {"raise_compiler_error": refuse},
            "fetch_rows": fetch_rows,
            "list_inputs": lambda: [*INPUTS, "app_logins"],
            "source_problem": lambda feature, transaction_types: None,
            "declared_columns": dict,
            "read_seed": lambda name: [{"unit": "count"}],
            "read_declared": lambda name: (
                [dict(zip(columns, row, strict=True)) for row in formats if name == "input_formats"]
                + (declared or {}).get(name, [])
            ),
        },
    ).module
    module.check_declarations()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"names": ["age_years", "default_value", "value", "balance", "component_score"]},
        {"formats": [("customers", "%d.%m.%Y", ","), ("app_logins", None, ".")]},
        {"formats": [("customers", "%b %d, %Y %I:%M %p", None)]},
        {"formats": [("customers", "%-d/%-m/%Y", None)]},
        {"declared": {"benefits": [{"is_owed": "TRUE", "weight": " 0.5"}, {"weight": None}]}},
        {"declared": {"segment_playbook_claims": [{"segment_id": "1", "threshold": "-1e-3"}]}},
    ],
)
def test_declarations_are_accepted(given):
    check_declarations(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"raw_data": " "}, "RAW_DATA_DIR is set but empty"),
        ({"database": "Staging"}, "names the database Staging, which is also the name of a schema"),
        ({"database": "raw_inputs"}, "names the database raw_inputs"),
        ({"database": "main"}, "names the database main"),
        ({"names": []}, "/customer_features.yml is missing or lists no features"),
        (
            {"declared": {"benefits": [{"is_owed": "no"}, {"is_owed": "owed"}]}},
            "benefits.csv, row 2: is_owed is owed; it must be true or false.",
        ),
        (
            {"declared": {"benefits": [{"weight": "-1"}]}},
            "benefits.csv, row 1: weight is -1; it must be a number above 0.",
        ),
        (
            {"declared": {"segment_playbook": [{"segment_id": "one"}]}},
            "segment_playbook.csv, row 1: segment_id is one; it must be a whole number.",
        ),
        (
            {"declared": {"segment_playbook_claims": [{"threshold": "75%"}]}},
            "segment_playbook_claims.csv, row 1: threshold is 75%; it must be a number.",
        ),
        ({"names": ["order"]}, "the name order, which is a reserved word of SQL"),
        ({"names": ["left"]}, "the name left, which is a reserved word of SQL"),
        ({"names": ["segment_id"]}, "the name segment_id, which is a column of another table"),
        ({"names": ["component_2"]}, "the name component_2, which is a column of another table"),
        ({"names": ["features"]}, "the name features, which is a column of another table"),
        ({"formats": [("cards", "%d/%m/%Y", None)]}, "row 1: there is no input cards, only cust"),
        ({"formats": [("customers", None, ";")]}, "decimal_sign is ;; it must be . or , or empty"),
        (
            {"formats": [("customers", None, ","), ("customers", None, ".")]},
            "input_formats.csv, row 2: the input customers has a line before",
        ),
        *(
            ({"formats": [("customers", date_format, None)]}, f"date_format is {date_format}; it")
            for date_format in (
                "DD/MM/YYYY",
                "%d/%m",
                "%d/%m/%y",
                "%d/%m/%Y %Z",
                "%d/%m/%Y%",
                "%Y'%m%d",
            )
        ),
    ],
)
def test_declarations_are_refused(given, message):
    with pytest.raises(Refused, match=re.escape(message)):
        check_declarations(**given)


@pytest.mark.parametrize(
    "name",
    ["RAW_DATA_DIR", "COMPANY_DIR", "WAREHOUSE_PATH", "PUBLISHED_DIR", "THREADS", "MEMORY_LIMIT"],
)
def test_an_empty_setting_stops_the_build_at_once(name):
    result = subprocess.run(
        [sys.executable, PROJECT / "scripts" / "build.py"],
        env=os.environ | {name: ""},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert f"{name} is set but empty. Unset it, or name a" in result.stderr


@pytest.mark.parametrize("name", ["COMPANY_DIR", "WAREHOUSE_PATH", "THREADS", "MEMORY_LIMIT"])
def test_an_empty_setting_stops_dbt_too(warehouse, name):
    result = warehouse.dbt("build", **{name: ""})
    assert result.returncode != 0
    assert f"{name} is set but empty" in result.stdout
    assert not warehouse.path.exists()


@pytest.mark.parametrize("database", ["temp", "SYSTEM", "it's", 'a"b'])
def test_names_that_no_database_can_have_are_refused(warehouse, tmp_path, database):
    path = tmp_path / f"{database}.duckdb"
    result = warehouse.dbt("run", "--select", "base_customers", WAREHOUSE_PATH=str(path))
    assert result.returncode != 0
    assert f"WAREHOUSE_PATH names the database {database}" in result.stdout
