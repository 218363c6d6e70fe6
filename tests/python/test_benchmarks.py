"""What the benchmark concludes from its measurements; the measuring itself is no test."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from quality import adjusted_rand_index, within_sum_of_squares
from report import BARS, Bar, Results, contenders_table, job, job_cell, markdown
from steps import seconds_of_steps

PROJECT = Path(__file__).parents[2]
RECORDED = sorted((PROJECT / "benchmarks" / "results").glob("*.json"))
MILLION = 1_000_000


def measured(contender, *seconds, outcome="finished", **other):
    return [
        {
            "what": "job",
            "contender": contender,
            "customers": MILLION,
            "outcome": outcome,
            "seconds": second,
            "peak_bytes": 2**30,
            **other,
        }
        for second in seconds
    ]


def results(*measurements):
    return Results({"measurements": [one for rounds in measurements for one in rounds]})


HALF = Bar("ours ÷ notebook", job("ours_build", MILLION), job("notebook", MILLION), 1 / 2)


@pytest.mark.parametrize(
    ("ours", "notebook", "verdict"),
    [
        (measured("ours_build", 9, 5, 1), measured("notebook", 10), "met"),
        (measured("ours_build", 9, 6, 1), measured("notebook", 10), "missed"),
        (measured("ours_build", 5), measured("notebook", 10, outcome="out of time"), "met"),
        (measured("ours_build", 6), measured("notebook", 10, outcome="out of time"), "undecided"),
        (measured("ours_build", 6, outcome="out of time"), measured("notebook", 10), "missed"),
        (measured("ours_build", 5, outcome="out of time"), measured("notebook", 10), "undecided"),
        (measured("ours_build", 5), measured("notebook", 10, outcome="failed"), "not measured"),
        (measured("ours_build", 5), [], "not measured"),
    ],
)
def test_a_bar_is_met_only_by_what_is_known(ours, notebook, verdict):
    assert results(ours, notebook).verdict(HALF) == verdict


def test_a_failure_under_less_memory_misses_its_bar():
    (bar,) = (bar for bar in BARS if bar.figure.field == "failures")
    run = {"what": bar.figure.what, "customers": bar.figure.customers}
    assert results(measured("ours_build", 5, **run)).verdict(bar) == "met"
    stopped = measured("ours_build", 5, outcome="out of memory", **run)
    assert results(stopped).verdict(bar) == "missed"


def test_the_table_shows_bounds_and_how_a_run_ended():
    found = results(
        measured("notebook", 3, outcome="out of memory"),
        measured("ours_build", 1, 2, 30),
        measured("spark_mllib", 1, outcome="failed"),
    )
    assert job_cell(found, "notebook", MILLION) == "> 3.0 s, > 1.00 GiB: out of memory"
    assert job_cell(found, "ours_build", MILLION) == "2.0 s, 1.00 GiB"
    assert job_cell(found, "spark_mllib", MILLION) == "failed"
    assert job_cell(found, "polars_sklearn", MILLION) == ""


@pytest.mark.parametrize(
    ("measurement", "problem"),
    [
        (measured("ours", 1, what="agreement", adjusted_rand_index=0.989), "0.9890 with notebook"),
        (measured("ours", 1, what="agreement", adjusted_rand_index=None), "as many segments"),
        (measured("notebook", 1, outcome="failed"), "failed"),
        (measured("ours_build", 1, outcome="out of memory"), "out of memory"),
        (measured("notebook", 1, outcome="out of memory"), None),
        (measured("ours", 1, what="agreement", adjusted_rand_index=0.99), None),
    ],
)
def test_disagreement_and_broken_runs_are_problems(measurement, problem):
    measurement[0]["reference"] = "notebook"
    problems = results(measurement).problems()
    assert [problem in found for found in problems] == ([True] if problem else [])


def test_quality_is_measured_as_scikit_learn_does():
    random = np.random.default_rng(0)
    points = random.normal(size=(500, 3)) + random.integers(0, 3, (500, 1)) * 4
    fits = [KMeans(count, n_init=1, random_state=0).fit(points) for count in (3, 4)]
    assert within_sum_of_squares(points, fits[0].labels_) == pytest.approx(fits[0].inertia_)
    one, other = (fit.labels_.tolist() for fit in fits)
    rows = list(zip(one, other, strict=True))
    pairs = [(*pair, rows.count(pair)) for pair in set(rows)]
    assert adjusted_rand_index(pairs) == pytest.approx(adjusted_rand_score(one, other))


def test_steps_are_read_from_what_dbt_recorded(demo):
    records = json.loads((demo.path.parent / "target" / "run_results.json").read_text())
    steps = seconds_of_steps(demo.path.parent / "target")
    python = [r["execution_time"] for r in records["results"] if ".fit_" in r["unique_id"]]
    assert max(python) <= steps["fit"] <= sum(python) + 0.1
    assert 0 < steps["scoring"] < records["elapsed_time"]
    # The dossier and the hook at the end come long after the features.
    assert 0 < steps["features"] < records["elapsed_time"]


def test_steps_of_a_run_without_the_dossier_are_read_too(demo, tmp_path):
    target = demo.path.parent / "target"
    records = json.loads((target / "run_results.json").read_text())
    dossier = ("fit_segment_count_criteria", "fit_pipeline_variants")
    records["results"] = [
        result for result in records["results"] if not result["unique_id"].endswith(dossier)
    ]
    (tmp_path / "run_results.json").write_text(json.dumps(records))
    shutil.copy(target / "manifest.json", tmp_path)
    assert 0 < seconds_of_steps(tmp_path)["fit"] < seconds_of_steps(target)["fit"]


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_the_report_shows_the_recorded_run(file):
    report = file.with_suffix(".md").read_text()
    assert report == markdown(json.loads(file.read_text()), file.with_suffix(".svg").name)


def test_the_page_on_performance_shows_the_recorded_run():
    run = json.loads((PROJECT / "benchmarks" / "results" / "full.json").read_text())
    page = (PROJECT / "docs" / "performance.md").read_text()
    assert "\n".join(contenders_table(Results(run))) in page
