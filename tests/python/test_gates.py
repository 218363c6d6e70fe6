"""What holds for the description of the project: rules, documentation, who reads what."""

import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import PROJECT

BOUNCER = PROJECT / ".venv-bouncer" / "bin" / "dbt-bouncer"
# Marts without a key: rows that may have none, and two whose key a test on all customers checks.
WITHOUT_KEY = {"rejected_rows", "customer_segments", "customer_robustness"}


@pytest.fixture(scope="module")
def bounce(tmp_path_factory):
    """Run dbt-bouncer on a folder that dbt wrote; return its exit code and every outcome."""
    assert BOUNCER.exists(), (
        "dbt-bouncer is not there. Install it with: make .venv-bouncer/installed"
    )

    def run(artefacts) -> tuple[int, list[dict]]:
        report = tmp_path_factory.mktemp("bounced") / "report.json"
        config = ["--config-file", PROJECT / "dbt-bouncer.yml"]
        result = subprocess.run(
            [BOUNCER, "run", *config, "--output-file", report],
            # It reads the folder `target` of what it takes for the project.
            env=os.environ | {"DBT_PROJECT_DIR": str(artefacts.parent)},
            capture_output=True,
            text=True,
        )
        assert report.exists(), result.stdout + result.stderr
        return result.returncode, json.loads(report.read_text())

    return run


def failures(outcomes: list[dict]) -> list[str]:
    failed = [outcome for outcome in outcomes if outcome["outcome"] != "success"]
    return [f"{outcome['check_run_id']}: {outcome['failure_message']}" for outcome in failed]


def changed_copy(artefacts, folder, change):
    """Return a copy of what dbt wrote, with the manifest changed."""
    copy = folder / "target"
    copy.mkdir()
    shutil.copy(artefacts / "catalog.json", copy)
    manifest = json.loads((artefacts / "manifest.json").read_text())
    change(manifest)
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


def test_the_project_keeps_its_rules(documented, bounce):
    code, outcomes = bounce(documented)
    assert (failures(outcomes), code) == ([], 0)
    # A rule whose pattern fits nothing would always hold.
    rules = re.findall(r"- name: (check_\w+)", (PROJECT / "dbt-bouncer.yml").read_text())
    applied = {tuple(outcome["check_run_id"].split(":")[:2]) for outcome in outcomes}
    assert sorted(name for name, _ in applied) == sorted(rules)


def test_a_mart_without_description_is_refused(documented, bounce, tmp_path):
    def forget(manifest):
        manifest["nodes"]["model.benefit_segments.segment_profiles"]["description"] = ""

    code, outcomes = bounce(changed_copy(documented, tmp_path, forget))
    assert code == 1
    refused = "\n".join(failures(outcomes))
    assert "begins with the grain" in refused
    assert "ends with a query to try" in refused


def test_a_mart_without_contract_is_refused(documented, bounce, tmp_path):
    def forget(manifest):
        node = manifest["nodes"]["model.benefit_segments.segment_profiles"]
        node["contract"]["enforced"] = False

    code, outcomes = bounce(changed_copy(documented, tmp_path, forget))
    assert (len(failures(outcomes)), code) == (1, 1)


def test_every_mart_has_a_key(manifest, marts):
    tests = manifest["nodes"].values()
    unique = {
        node["attached_node"].split(".")[-1]
        for node in tests
        if node.get("test_metadata", {}).get("name") == "unique" and node["attached_node"]
    }
    keyed = {
        name
        for name, node in marts.items()
        for holder in (node, *node["columns"].values())
        for constraint in holder["constraints"]
        if constraint["type"] == "primary_key"
    }
    tables = {name for name, node in marts.items() if node["config"]["materialized"] == "table"}
    assert len(tables) > 20
    assert tables - unique - keyed == WITHOUT_KEY


def test_every_column_of_a_seed_or_source_is_described(manifest):
    nodes = (manifest["nodes"] | manifest["sources"]).values()
    columns = [
        (f"{node['name']}.{name}", column["description"])
        for node in nodes
        if node["resource_type"] in ("seed", "source")
        for name, column in node["columns"].items()
    ]
    assert len(columns) > 30
    assert [name for name, description in columns if not description] == []


def test_the_documentation_is_one_page_that_explains_the_way_of_the_data(documented, manifest):
    page = (documented / "static_index.html").read_text()
    assert "are grouped by how they use each benefit" in page
    overview = manifest["docs"]["doc.benefit_segments.__overview__"]["block_contents"]
    named = set(re.findall(r"`([a-z_]+)`", overview))
    models = {node["name"] for node in manifest["nodes"].values()}
    schemas = {node["schema"] for node in (manifest["nodes"] | manifest["sources"]).values()}
    assert {"customer_features", "segment_profiles"} <= named
    settings = (PROJECT / "dbt_project.yml").read_text()
    columns = {name for node in manifest["nodes"].values() for name in node["columns"]}
    unknown = named - models - schemas - columns
    assert [name for name in unknown if f"\n  {name}:" not in settings] == []


def test_an_exposure_depends_on_every_mart_that_it_reads(manifest, marts):
    exposures = {exposure["name"]: exposure for exposure in manifest["exposures"].values()}
    assert set(exposures) == {"managers_report", "self_service_app", "sql_clients"}
    for exposure in exposures.values():
        expected = set(marts)
        if exposure["config"]["meta"]:
            roots = [PROJECT / path for path in exposure["config"]["meta"]["reads"]]
            assert [root for root in roots if not root.exists()] == []
            files = [file for root in roots for file in (root, *root.rglob("*")) if file.is_file()]
            sources = [file.read_text() for file in files if file.suffix in (".py", ".sql", ".j2")]
            expected &= set(re.findall(r"\bmarts\.([a-z_]+)", "\n".join(sources)))
        depends_on = {node.split(".")[-1] for node in exposure["depends_on"]["nodes"]}
        assert (exposure["name"], depends_on) == (exposure["name"], expected)
