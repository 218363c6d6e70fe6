"""Measure the whole job against the alternatives of a user, and against its limits.

    make bench         # 10 and 100 thousand customers, minutes
    make bench-full    # up to 10 million customers (200 million transactions), two hours

Everything runs in rounds, each contender once per round, so that a slow moment of the machine
affects all equally. results/<name>.json is written after every measurement; tables and picture are
made from it at the end. The exit code is 1 when segments disagree, a contender fails, or a run of
the product does not finish. A missed bar is reported; it is no error.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from measure import measure
from report import (
    BEST_SCIKIT_LEARN,
    CARD_CUSTOMERS,
    PEERS,
    SCIKIT_LEARN,
    SIZES,
    Figure,
    Results,
    job,
)
from steps import seconds_of_steps

BENCHMARKS = Path(__file__).resolve().parent
PROJECT = BENCHMARKS.parent
PRODUCT = PROJECT / ".venv" / "bin"
SCRATCH = PROJECT / "target" / "benchmarks"

ROUNDS = {10_000: 3, 100_000: 3, 1_000_000: 3, 10_000_000: 1}
SMALL_END_ROUNDS = 5
TIME_LIMIT = 30 * 60
# Programs that take longer than this are measured once per size.
SECONDS_WORTH_REPEATING = 2 * 60
# A contender is stopped before the operating system begins to kill processes.
MEMORY_GUARD = 0.9 * psutil.virtual_memory().total
THREADS = os.cpu_count()
DATA_SEED, MODEL_SEED = 2025, 42
# 20 transactions per customer.
MONTHS_OF_TRANSACTIONS = 13

# Above this many customers the fit reads a sample of this size: the same work at any size.
SAMPLE_SIZE = 100_000
FIT_LIBRARIES = ("scikit-learn", "scikit-learn-intelex", "faiss", "ours")
# Any number works; the invented insurer has five types of customers.
SEGMENTS_TO_PREDICT = 5

# The work of the peers: no dossier, and every feature counts the same.
SAME_WORK = ("--selector", "without_dossier")
SAME_MODEL = {"benefit_weighting": "none"}


def build_of_ours(**variables) -> tuple[str, ...]:
    """Return the arguments of `dbt build`, including data tests."""
    return (
        *("build", "--exclude-resource-type", "unit_test", *SAME_WORK),
        *("--vars", json.dumps(SAME_MODEL | variables)),
    )


class Benchmark:
    """One run of the benchmark and the file in which it is recorded."""

    def __init__(self, name: str, file: Path):
        self.file = file
        self.run = {
            "name": name,
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": commit(),
            "machine": machine(),
            "versions": {
                "ours": versions(PRODUCT / "python"),
                "peers": versions(sys.executable) | {"java": java_version()},
            },
            "seeds": {"data": DATA_SEED, "model": MODEL_SEED},
            "threads": THREADS,
            "time_limit": TIME_LIMIT,
            "memory_guard": MEMORY_GUARD,
            "measurements": [],
        }
        self.results = Results(self.run)

    def add(self, what: str, contender: str, customers: int, outcome="finished", **numbers) -> None:
        """Record a measurement, so that an interruption loses none."""
        measurement = {
            "what": what,
            "contender": contender,
            "customers": customers,
            "outcome": outcome,
            **numbers,
        }
        self.run["measurements"].append(measurement)
        self.file.write_text(json.dumps(self.run, indent=1) + "\n")
        shown = [
            f"{key} {value:.5g}" for key, value in numbers.items() if isinstance(value, int | float)
        ]
        print(f"{what}, {contender}, {customers:,}: {outcome}", *shown, sep=", ", flush=True)

    def measure(
        self, what, contender, customers, command: list, read_answer=None, **environment: str
    ) -> bool:
        """Run and record one program; return whether it finished.

        `read_answer` returns numbers that the program itself has written: its own
        seconds, for example, when it measures only a part of its work.
        """
        log = SCRATCH / "logs" / f"{what}_{contender}_{customers}.log".replace(" ", "_")
        log.parent.mkdir(parents=True, exist_ok=True)
        measured = measure(command, log, TIME_LIMIT, MEMORY_GUARD, **environment)
        is_finished = measured.outcome == "finished"
        answer = read_answer() if is_finished and read_answer else {}
        self.add(what, contender, customers, **asdict(measured) | answer)
        if not is_finished:
            print(*log.read_text(errors="replace").splitlines()[-20:], sep="\n", flush=True)
        return is_finished

    def has_finished(self, figure: Figure) -> bool:
        """Return whether a program finished in every round."""
        rounds = self.results.rounds(figure)
        return bool(rounds) and all(one["outcome"] == "finished" for one in rounds)

    def is_worth_repeating(self, figure: Figure) -> bool:
        """Return whether a measurement is new or finished in a short time."""
        rounds = self.results.rounds(figure)
        return all(
            measurement["outcome"] == "finished"
            and measurement["seconds"] < SECONDS_WORTH_REPEATING
            for measurement in rounds
        )


class Dbt:
    """The product's dbt with a separate project, warehouse file and folders."""

    def __init__(self, folder: Path, project: Path = PROJECT, **environment: str):
        self.project = project
        self.warehouse = folder / "warehouse.duckdb"
        self.target = folder / "target"
        self.environment = {
            "WAREHOUSE_PATH": str(self.warehouse),
            "THREADS": str(THREADS),
            **environment,
        }
        folder.mkdir(parents=True, exist_ok=True)
        # The first parse of a project is not measured.
        self.call("parse")

    def call(self, *arguments: str) -> None:
        """Run dbt without measuring it; raises CalledProcessError when it fails."""
        subprocess.run(
            self.command(*arguments),
            env=os.environ | self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def command(self, *arguments: str) -> list:
        """Return the command line of dbt with these arguments."""
        anchors = ["--project-dir", self.project, "--profiles-dir", self.project]
        folders = ["--target-path", self.target, "--log-path", self.target / "logs"]
        return [PRODUCT / "dbt", "--no-use-colors", *arguments, *anchors, *folders]

    def remove_warehouse(self) -> None:
        """Delete the warehouse file, so that the next build starts from nothing."""
        for file in self.warehouse.parent.glob("warehouse.duckdb*"):
            shutil.rmtree(file) if file.is_dir() else file.unlink()

    def measure(self, benchmark, what, contender, customers, arguments) -> bool:
        """Measure dbt from an empty warehouse; return whether it finished."""
        self.remove_warehouse()
        return benchmark.measure(
            what, contender, customers, self.command(*arguments), **self.environment
        )


def measure_size(benchmark: Benchmark, customers: int, raw: Path) -> None:
    """Run all measurements for one number of customers."""
    jobs = SCRATCH / "jobs"
    build = Dbt(jobs / "ours_build", RAW_DATA_DIR=str(raw))
    run = Dbt(jobs / "ours_run", RAW_DATA_DIR=str(raw))
    for _ in range(ROUNDS[customers]):
        for peer in PEERS:
            if benchmark.is_worth_repeating(job(peer, customers)):
                measure_peer(benchmark, "job", peer, customers, raw, jobs / peer)
        if benchmark.is_worth_repeating(job("ours_build", customers)):
            build.measure(benchmark, "job", "ours_build", customers, build_of_ours())
        if benchmark.is_worth_repeating(job("ours_run", customers)):
            measure_run_of_ours(benchmark, customers, raw, run)
            run.remove_warehouse()
    if benchmark.has_finished(job("ours_build", customers)):
        compare_segments(benchmark, customers, raw, build)
    shutil.rmtree(jobs)


def measure_peer(benchmark, what, peer, customers, raw: Path, output: Path, *options) -> bool:
    """Measure the program of one peer; return whether it finished."""
    shutil.rmtree(output, ignore_errors=True)
    program = BENCHMARKS / "contenders" / f"{peer}.py"
    command = [sys.executable, program, "--raw", raw, "--output", output, *options]
    return benchmark.measure(what, peer, customers, command)


def measure_run_of_ours(benchmark: Benchmark, customers: int, raw: Path, dbt: Dbt) -> None:
    """Measure `dbt run`, its steps, and the limits of the steps."""
    dbt.remove_warehouse()
    # `dbt run` expects the reference seeds of an earlier `dbt build`.
    dbt.call("seed")
    run = ("run", *SAME_WORK, "--vars", json.dumps(SAME_MODEL))
    if not benchmark.measure("job", "ours_run", customers, dbt.command(*run), **dbt.environment):
        return
    for step, seconds in seconds_of_steps(dbt.target).items():
        benchmark.add(step, "ours_run", customers, seconds=seconds)
    (scoring,) = dbt.target.glob("compiled/**/int_customer_assignments.sql")
    limits = ask_product(
        "limits.py",
        *("--raw", raw, "--warehouse", dbt.warehouse),
        *("--scoring", scoring, "--threads", THREADS),
    )
    for what, repeats in limits.items():
        for seconds in repeats:
            benchmark.add(what, "DuckDB", customers, seconds=seconds)
    measure_peers_of_steps(benchmark, customers, dbt)


def measure_peers_of_steps(benchmark: Benchmark, customers: int, dbt: Dbt) -> None:
    """Measure the peers for the scoring alone and, where it matters, the fit alone."""
    folder = dbt.warehouse.parent / "export"
    ask_product("export.py", "--warehouse", dbt.warehouse, "--output", folder)
    features = folder / "customer_features.parquet"
    command = [sys.executable, BENCHMARKS / "contenders" / "predict.py", "--features", features]
    command += ["--output", folder, "--segment-count", SEGMENTS_TO_PREDICT]
    benchmark.measure(
        *("scoring alone", "scikit-learn", customers, command),
        read_answer=lambda: {"seconds": read_json(folder / "stages.json")["score"]},
    )
    for library in FIT_LIBRARIES if customers == SAMPLE_SIZE else ():
        python = PRODUCT / "python" if library == "ours" else sys.executable
        command = [python, BENCHMARKS / "contenders" / "fit.py", "--library", library]
        command += ["--points", folder / "points.npy", "--output", folder / "fit.json"]
        benchmark.measure(
            *("fit alone", library, customers, command),
            read_answer=lambda: read_json(folder / "fit.json"),
        )
    shutil.rmtree(folder)


def read_json(file: Path) -> dict:
    """Return the content of a JSON file."""
    return json.loads(file.read_text())


def compare_segments(benchmark: Benchmark, customers: int, raw: Path, build: Dbt) -> None:
    """Record whether the segments of all finished programs agree, and their WCSS.

    A program that chose another number of segments than the first peer runs once more with that
    number.
    """
    jobs = build.warehouse.parent.parent
    # A stopped program may have left an incomplete file.
    finished = [peer for peer in PEERS if benchmark.has_finished(job(peer, customers))]
    files = {peer: jobs / peer / "segments.parquet" for peer in finished}
    if files:
        compare_with_first(benchmark, customers, raw, build, files)
    found = ask_about_segments("wcss", build, files)
    best = min(wcss for name, wcss in found["wcss"].items() if name in SCIKIT_LEARN)
    for name, wcss in (found["wcss"] | {BEST_SCIKIT_LEARN: best}).items():
        benchmark.add("wcss", name, customers, wcss=wcss, segment_count=found["segment_count"])


def compare_with_first(
    benchmark: Benchmark, customers: int, raw: Path, build: Dbt, files: dict[str, Path]
) -> None:
    """Record the agreement of all programs with the first file, at its number of segments."""
    found = ask_about_segments("agreement", build, files)
    count = found["segment_counts"][found["reference"]]
    others = [name for name, index in found["adjusted_rand_index"].items() if index is None]
    for name in others:
        what = f"job with {count} segments"
        if name == "ours":
            build = Dbt(files[found["reference"]].parents[1] / "again", RAW_DATA_DIR=str(raw))
            arguments = build_of_ours(segment_count=count)
            build.measure(benchmark, what, "ours_build", customers, arguments)
        else:
            options = ("--segment-count", count)
            measure_peer(benchmark, what, name, customers, raw, files[name].parent, *options)
    if others:
        found = ask_about_segments("agreement", build, files)
    for name, index in found["adjusted_rand_index"].items():
        benchmark.add(
            *("agreement", name, customers),
            adjusted_rand_index=index,
            reference=found["reference"],
            segment_count=found["segment_counts"][name],
        )


def ask_about_segments(question: str, build: Dbt, files: dict[str, Path]) -> dict:
    """Return the answer of quality.py about a warehouse and the peers' files."""
    segments = [f"{name}={file}" for name, file in files.items()]
    return ask_product(
        "quality.py", question, "--warehouse", build.warehouse, "--segments", *segments
    )


def ask_product(program: str, *arguments) -> dict:
    """Run a program of this folder with the product's environment; return its answer."""
    command = [PRODUCT / "python", BENCHMARKS / program, *arguments]
    answer = subprocess.run(
        [str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(answer.stdout or "null")


def measure_small_end(benchmark: Benchmark) -> None:
    """Measure the main job on a card file beside dbt's own start-up."""
    cards = SCRATCH / "cards"
    cards.mkdir(parents=True, exist_ok=True)
    public = Path(os.environ.get("EXTERNAL_DATA_DIR", "")) / "cc_general" / "CC GENERAL.csv"
    if public.exists():
        shutil.copy(public, cards / "credit_card_usage.csv")
    else:
        write_card_file(cards / "credit_card_usage.csv")
    benchmark.run["card_data"] = "CC GENERAL" if public.exists() else "generated"

    main_job = Dbt(SCRATCH / "small_end", RAW_DATA_DIR=str(cards))
    start_up = Dbt(SCRATCH / "start_up", write_project_of_one_model(SCRATCH / "select_one"))
    for _ in range(SMALL_END_ROUNDS):
        start_up.measure(benchmark, "start-up", "dbt", 0, ("build",))
        main_job.measure(benchmark, "job", "ours_build", CARD_CUSTOMERS, build_of_ours())


def write_card_file(file: Path) -> None:
    """Write a card file as large as CC GENERAL, from the generator."""
    with TemporaryDirectory() as folder:
        # Six out of ten customers have a card.
        generate(2 * CARD_CUSTOMERS, Path(folder), "csv")
        lines = (Path(folder) / "credit_card_usage.csv").read_text().splitlines(keepends=True)
    file.write_text("".join(lines[: CARD_CUSTOMERS + 1]))


def write_project_of_one_model(folder: Path) -> Path:
    """Write the smallest dbt project; its build takes as long as dbt takes to start."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "models" / "one.sql").write_text("select 1 as one\n")
    (folder / "dbt_project.yml").write_text(
        "{name: one, profile: one, flags: {send_anonymous_usage_stats: false}}\n"
    )
    (folder / "profiles.yml").write_text(
        "{one: {target: dev, outputs: {dev: "
        "{type: duckdb, path: \"{{ env_var('WAREHOUSE_PATH') }}\"}}}}\n"
    )
    return folder


def generate(customers: int, output: Path, form: str) -> None:
    """Write the raw files of an invented insurer."""
    command = [PRODUCT / "python", PROJECT / "scripts" / "generate_demo_insurer.py"]
    command += ["--customers", customers, "--months", MONTHS_OF_TRANSACTIONS]
    command += ["--seed", DATA_SEED, "--format", form, "--no-defects", "--output", output]
    subprocess.run([str(word) for word in command], check=True)


def commit() -> str:
    """Return the commit that is measured, with -dirty when files differ from it."""
    command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def machine() -> dict:
    """Return the facts about the machine that the numbers depend on."""
    processor = platform.processor()
    if (file := Path("/proc/cpuinfo")).exists():
        named = (line for line in file.read_text().splitlines() if line.startswith("model name"))
        processor = next(named, processor).split(":")[-1].strip()
    return {
        "cores": os.cpu_count(),
        "processor": processor,
        "memory_bytes": psutil.virtual_memory().total,
        "system": platform.platform(),
    }


def versions(python: Path) -> dict[str, str]:
    """Return the version of Python and of every package in an environment."""
    program = (
        "import importlib.metadata as metadata, json, platform;"
        "found = {one.metadata['Name'].lower(): one.version for one in metadata.distributions()};"
        "print(json.dumps({'python': platform.python_version(), **dict(sorted(found.items()))}))"
    )
    answer = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def java_version() -> str:
    """Return the version of Java, on which Spark runs."""
    if not shutil.which("java"):
        return "none"
    answer = subprocess.run(["java", "-version"], check=True, capture_output=True, text=True)
    return answer.stderr.split('"')[1]


def main() -> None:
    """Read the arguments, measure, write the report, and fail when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", required=True, help="of the files in benchmarks/results")
    parser.add_argument("--sizes", type=int, nargs="+", choices=SIZES, default=[*SIZES])
    parser.add_argument(
        "--data",
        type=Path,
        help="folder with a folder of raw files per size; what is missing is generated and kept",
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stop what is being measured
    os.environ.pop("MEMORY_LIMIT", None)  # as shipped

    shutil.rmtree(SCRATCH, ignore_errors=True)
    results = BENCHMARKS / "results"
    results.mkdir(exist_ok=True)
    benchmark = Benchmark(arguments.name, results / f"{arguments.name}.json")
    measure_small_end(benchmark)
    for customers in sorted(arguments.sizes):
        raw = (arguments.data or SCRATCH / "data").resolve() / str(customers)
        if not raw.exists():
            print(f"generating {customers:,} customers", flush=True)
            generate(customers, raw, "parquet")
        measure_size(benchmark, customers, raw)
        if not arguments.data:
            shutil.rmtree(raw)
    shutil.rmtree(SCRATCH)

    for program in ("report.py", "plot.py"):
        subprocess.run([sys.executable, BENCHMARKS / program, benchmark.file], check=True)
    problems = benchmark.results.problems()
    print(*problems, sep="\n")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
