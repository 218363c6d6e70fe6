"""Turn the measurements of a run into Markdown: medians, ratios and the bars.

    python benchmarks/report.py benchmarks/results/full.json

A measurement is a dict with `what`, `contender`, `customers`, `outcome` and the numbers.
The numbers of a run that did not finish are lower bounds, and are marked as such.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SIZES = {10_000: "10 k", 100_000: "100 k", 1_000_000: "1 M", 10_000_000: "10 M"}
MILLION, TEN_MILLION = 1_000_000, 10_000_000
CARD_CUSTOMERS = 8_950
GIBIBYTE = 2**30
LEAST_AGREEMENT = 0.99

PEERS = {
    "notebook": "pandas + scikit-learn notebook",
    "polars_sklearn": "Polars + scikit-learn",
    "spark_mllib": "Spark MLlib",
}
OURS = {"ours_build": "ours: `dbt build`, with tests", "ours_run": "ours: `dbt run`"}
CONTENDERS = PEERS | OURS
# Programs whose WCSS is that of scikit-learn on all customers; quality.py fits the last one.
SCIKIT_LEARN = ("notebook", "polars_sklearn", "scikit-learn, n_init = 10")
BEST_SCIKIT_LEARN = "best scikit-learn"


@dataclass(frozen=True)
class Figure:
    """Names a number: the median of `field` over the rounds of one measurement."""

    what: str
    contender: str
    customers: int
    field: str = "seconds"


@dataclass(frozen=True)
class Estimate:
    """A number, exact or a bound: `bound` is empty, 'at least' or 'at most'."""

    value: float
    bound: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar: `figure` divided by `over` must be at most `most`."""

    what: str
    figure: Figure
    over: Figure | float
    most: float


def job(contender: str, customers: int, field: str = "seconds") -> Figure:
    """Name a figure of a whole job."""
    return Figure("job", contender, customers, field)


# The peers run no tests, so `dbt run` does the same work and `dbt build` does more.
BARS = (
    *(
        Bar(
            f"{name} ÷ {PEERS[peer]}: {unit} at {SIZES[size]}",
            job(ours, size, field),
            job(peer, size, field),
            most,
        )
        for peer, size, field, unit, most in (
            ("notebook", MILLION, "seconds", "time", 1 / 10),
            ("notebook", MILLION, "peak_bytes", "peak memory", 1 / 4),
            ("polars_sklearn", MILLION, "seconds", "time", 1 / 3),
            ("polars_sklearn", TEN_MILLION, "seconds", "time", 1 / 3),
            ("spark_mllib", MILLION, "seconds", "time", 1 / 8),
        )
        for ours, name in (("ours_run", "`dbt run`"), ("ours_build", "`dbt build`"))
    ),
    *(
        Bar(
            f"WCSS of our segments ÷ best full-data scikit-learn at {name}",
            Figure("wcss", "ours", size, "wcss"),
            Figure("wcss", BEST_SCIKIT_LEARN, size, "wcss"),
            1.001,
        )
        for size, name in SIZES.items()
    ),
    Bar(
        "features ÷ scan of the raw files at 10 M",
        Figure("features", "ours_run", TEN_MILLION),
        Figure("scan", "DuckDB", TEN_MILLION),
        4,
    ),
    Bar(
        "scoring ÷ copy of the feature table at 10 M",
        Figure("scoring", "ours_run", TEN_MILLION),
        Figure("copy", "DuckDB", TEN_MILLION),
        2.5,
    ),
    Bar(
        "the fit, all Python models: 10 M ÷ 1 M",
        Figure("fit", "ours_run", TEN_MILLION),
        Figure("fit", "ours_run", MILLION),
        1.2,
    ),
    Bar(
        "peak memory of `dbt build` at 10 M, GiB",
        job("ours_build", TEN_MILLION, "peak_bytes"),
        GIBIBYTE,
        8,
    ),
    Bar(
        "failures of `dbt build` at 10 M, with DuckDB's memory_limit at 4 GiB",
        job("ours_build", TEN_MILLION, "failures"),
        1,
        0,
    ),
    Bar(
        "growth of the whole job: 10 M ÷ 1 M",
        job("ours_build", TEN_MILLION),
        job("ours_build", MILLION),
        11,
    ),
    Bar(
        "small end: main job on 8,950 card customers ÷ `dbt build` of one `select 1`",
        job("ours_build", CARD_CUSTOMERS),
        Figure("start-up", "dbt", 0),
        2.5,
    ),
)


class Results:
    """The measurements of one run, and the statements about them."""

    def __init__(self, run: dict):
        self.run = run
        self.measurements = run["measurements"]
        sizes = {measurement["customers"] for measurement in self.measurements}
        self.sizes = [size for size in SIZES if size in sizes]

    def rounds(self, figure: Figure) -> list[dict]:
        """Return the measurements behind a figure, without failed ones."""
        return [
            measurement
            for measurement in self.measurements
            if (measurement["what"], measurement["contender"], measurement["customers"])
            == (figure.what, figure.contender, figure.customers)
        ]

    def estimate(self, figure: Figure | float) -> Estimate | None:
        """Return the median of a figure over its rounds; None if it was not measured."""
        if not isinstance(figure, Figure):
            return Estimate(figure)
        rounds = self.rounds(figure)
        outcomes = [measurement["outcome"] for measurement in rounds]
        if figure.field == "failures":
            failures = len(outcomes) - outcomes.count("finished")
            return Estimate(failures) if rounds else None
        if not rounds or "failed" in outcomes:
            return None
        value = median(measurement[figure.field] for measurement in rounds)
        return Estimate(value, "" if set(outcomes) == {"finished"} else "at least")

    def ratio(self, figure: Figure, over: Figure | float) -> Estimate | None:
        """Return figure ÷ over; None if either is unknown or both are lower bounds."""
        above, below = self.estimate(figure), self.estimate(over)
        if above is None or below is None or (above.bound and below.bound):
            return None
        return Estimate(above.value / below.value, above.bound or ("at most" * bool(below.bound)))

    def verdict(self, bar: Bar) -> str:
        """Return met, missed, undecided (the bounds allow both) or not measured."""
        ratio = self.ratio(bar.figure, bar.over)
        if ratio is None:
            return "not measured"
        is_met = ratio.value <= bar.most
        if ratio.bound == ("at least" if is_met else "at most"):
            return "undecided"
        return "met" if is_met else "missed"

    def problems(self) -> list[str]:
        """Return the problems: segments that disagree, and runs that failed.

        A peer may run out of time or memory; the product may not.
        """
        problems = []
        for one in self.measurements:
            said = f"{one['what']}, {one['contender']}, {one['customers']:,} customers: "
            may_stop = one["contender"] in PEERS and one["outcome"].startswith("out of")
            if one["outcome"] != "finished" and not may_stop:
                problems.append(said + one["outcome"])
            if one["what"] == "agreement":
                index, reference = one["adjusted_rand_index"], one["reference"]
                if index is None:
                    problems.append(f"{said}not as many segments as {reference}")
                elif index < LEAST_AGREEMENT:
                    problems.append(f"{said}adjusted Rand index {index:.4f} with {reference}")
        return problems


def contenders_table(results: Results) -> list[str]:
    """Return time and peak memory of the whole job, contenders x sizes."""
    lines = table_head("", [f"{SIZES[size]} customers" for size in results.sizes])
    for contender, label in CONTENDERS.items():
        cells = [job_cell(results, contender, size) for size in results.sizes]
        lines.append(table_row(label, cells))
    start_up = results.estimate(Figure("start-up", "dbt", 0))
    cells = [seconds(start_up)] + ["same"] * (len(results.sizes) - 1)
    return [*lines, table_row("start-up: `dbt build` of one `select 1`", cells)]


def job_cell(results: Results, contender: str, size: int) -> str:
    """Return one whole job as time and memory, and how it ended if it did not finish."""
    rounds = results.rounds(job(contender, size))
    if not rounds:
        return ""
    if any(measurement["outcome"] == "failed" for measurement in rounds):
        return "failed"
    cell = ", ".join(
        (
            seconds(results.estimate(job(contender, size))),
            gibibytes(results.estimate(job(contender, size, "peak_bytes"))),
        )
    )
    stopped = [
        measurement["outcome"] for measurement in rounds if measurement["outcome"] != "finished"
    ]
    return f"{cell}: {stopped[0]}" if stopped else cell


def ratios_table(results: Results) -> list[str]:
    """Return time and memory of `dbt build` divided by those of each peer."""
    lines = table_head("`dbt build` ÷", [SIZES[size] for size in results.sizes])
    for peer, label in PEERS.items():
        for field, unit in (("seconds", "time"), ("peak_bytes", "peak memory")):
            ratios = [
                results.ratio(job("ours_build", size, field), job(peer, size, field))
                for size in results.sizes
            ]
            lines.append(table_row(f"{label}, {unit}", [number(ratio) for ratio in ratios]))
    return lines


def steps_table(results: Results) -> list[str]:
    """Return the seconds of every step that was measured besides the whole jobs."""
    steps = dict.fromkeys(
        (measurement["what"], measurement["contender"])
        for measurement in results.measurements
        if measurement["customers"] in SIZES
        and "seconds" in measurement
        and not measurement["what"].startswith(("job", "fit alone"))
    )
    lines = table_head("seconds", [SIZES[size] for size in results.sizes])
    for what, contender in steps:
        cells = [seconds(results.estimate(Figure(what, contender, size))) for size in results.sizes]
        lines.append(table_row(f"{what}, {CONTENDERS.get(contender, contender)}", cells))
    return lines


def fits_table(results: Results) -> list[str]:
    """Return time and quality of the k-means fit alone, by library."""
    fits = [one for one in results.measurements if one["what"] == "fit alone" and "wcss" in one]
    best = {
        count: min(one["wcss"][count] for one in fits) for one in fits[:1] for count in one["wcss"]
    }
    lines = table_head("library", ["seconds", "worst WCSS ÷ best, 1 to 10 segments"])
    for library in dict.fromkeys(one["contender"] for one in fits):
        figure = Figure("fit alone", library, fits[0]["customers"])
        worst = max(
            one["wcss"][count] / best[count]
            for one in fits
            if one["contender"] == library
            for count in best
        )
        lines.append(table_row(library, [seconds(results.estimate(figure)), f"{worst:.6f}"]))
    return lines


def segments_table(results: Results) -> list[str]:
    """Return agreement with the reference and WCSS relative to the best scikit-learn."""
    lines = table_head("", [SIZES[size] for size in results.sizes])
    for contender in dict.fromkeys(
        measurement["contender"]
        for measurement in results.measurements
        if measurement["what"] == "agreement"
    ):
        cells = []
        for size in results.sizes:
            found = results.rounds(Figure("agreement", contender, size))
            cells.append(agreement_cell(found[0]) if found else "")
        lines.append(table_row(f"adjusted Rand index of {contender}, with", cells))
    for contender in dict.fromkeys(
        measurement["contender"]
        for measurement in results.measurements
        if measurement["what"] == "wcss" and measurement["contender"] != BEST_SCIKIT_LEARN
    ):
        ratios = [
            results.ratio(
                Figure("wcss", contender, size, "wcss"),
                Figure("wcss", BEST_SCIKIT_LEARN, size, "wcss"),
            )
            for size in results.sizes
        ]
        cells = [f"{ratio.value:.6f}" if ratio else "" for ratio in ratios]
        lines.append(table_row(f"WCSS of {contender} ÷ best scikit-learn", cells))
    return lines


def agreement_cell(measurement: dict) -> str:
    """Return an adjusted Rand index and the program compared with."""
    index = measurement["adjusted_rand_index"]
    shown = "other number of segments" if index is None else f"{index:.4f}"
    return f"{shown} ({measurement['reference']})"


def bars_table(results: Results) -> list[str]:
    """Return every bar with its measurement."""
    lines = table_head("bar", ["at most", "measured", ""])
    for bar in BARS:
        ratio = results.ratio(bar.figure, bar.over)
        verdict = results.verdict(bar)
        shown = f"**{verdict}**" if verdict in ("missed", "undecided") else verdict
        lines.append(table_row(bar.what, [f"{bar.most:.4g}", number(ratio, ".5g"), shown]))
    return lines


def single_runs(results: Results) -> str:
    """Say which whole jobs ran once rather than in every round."""
    most = max(len(results.rounds(job(c, s))) for c in CONTENDERS for s in results.sizes)
    once = [
        f"{CONTENDERS[contender]} at {SIZES[size]}"
        for size in results.sizes
        for contender in CONTENDERS
        if len(results.rounds(job(contender, size))) == 1
    ]
    said = f"Medians of {most} runs." if most > 1 else "One run each."
    return said + (f" One run only: {'; '.join(once)}." if once and most > 1 else "")


def markdown(run: dict, plot: str) -> str:
    """Return the whole report; `plot` is the file name of the picture."""
    results = Results(run)
    machine = run["machine"]
    sections = {
        "Whole job": [
            *contenders_table(results),
            "",
            single_runs(results) + " Time is wall clock; memory is the resident memory",
            "of all processes of a contender at its highest. > marks a lower bound.",
            "",
            f"![Time and peak memory against the number of customers]({plot})",
        ],
        "Ratios": ratios_table(results),
        "Bars": bars_table(results),
        "Steps and limits": steps_table(results),
        "The fit alone: the same 100 thousand customers, all numbers of segments": (
            fits_table(results)
        ),
        "Do the segments agree, and are they as tight": segments_table(results),
    }
    lines = [
        f"# Benchmark {run['name']}, {run['started_at'][:10]}",
        "",
        f"{machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_bytes'] / GIBIBYTE:.0f} GiB, {machine['system']}. "
        f"Commit {run['commit']}. {versions_line(run['versions'])}",
    ]
    for title, section in sections.items():
        lines += ["", f"## {title}", "", *section]
    return "\n".join(lines) + "\n"


def versions_line(versions: dict) -> str:
    """Name the versions of the main programs; the JSON file has all versions."""
    shown = [
        f"{package} {version}"
        for environment, packages in versions.items()
        for package, version in packages.items()
        if package in SHOWN_PACKAGES[environment]
    ]
    return ", ".join(shown) + "."


SHOWN_PACKAGES = {
    "ours": ("python", "dbt-core", "dbt-duckdb", "duckdb", "scikit-learn"),
    "peers": ("pandas", "polars", "pyspark", "java"),
}


def table_head(corner: str, columns: list[str]) -> list[str]:
    """Return the head of a Markdown table whose numbers are aligned right."""
    return [table_row(corner, columns), "|---|" + "---:|" * len(columns)]


def table_row(label: str, cells: list[str]) -> str:
    """Return one line of a Markdown table."""
    return f"| {label} | {' | '.join(cells)} |".replace("  ", " ")


def number(estimate: Estimate | None, form: str = ".3g") -> str:
    """Write an estimate, with < or > if it is a bound; an empty text if there is none."""
    if estimate is None:
        return ""
    mark = {"": "", "at least": "> ", "at most": "< "}[estimate.bound]
    return f"{mark}{estimate.value:{form}}"


def seconds(estimate: Estimate | None) -> str:
    """Write a duration."""
    if estimate is None:
        return ""
    form = ",.0f" if estimate.value >= 100 else ".1f" if estimate.value >= 1 else ".2f"
    return f"{number(estimate, form)} s"


def gibibytes(estimate: Estimate) -> str:
    """Write an amount of memory."""
    return f"{number(Estimate(estimate.value / GIBIBYTE, estimate.bound), '.2f')} GiB"


def with_table(page: str, file: Path, table: list[str]) -> str:
    """Return the page with this table in its place, if it has a place for this file."""
    start, end = f"<!-- from {file.name} -->\n", "<!-- end of the table -->"
    before, found, rest = page.partition(start)
    if not found:
        return page
    return "".join((before, start, "\n".join(table), "\n", end, rest.partition(end)[2]))


def main() -> None:
    """Write the tables beside the JSON file of a run, and the first one into docs/."""
    file = Path(sys.argv[1])
    run = json.loads(file.read_text())
    file.with_suffix(".md").write_text(markdown(run, file.with_suffix(".svg").name))
    page = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
    page.write_text(with_table(page.read_text(), file, contenders_table(Results(run))))


if __name__ == "__main__":
    main()
