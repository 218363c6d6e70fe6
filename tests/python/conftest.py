"""Shared builds: each one is a real dbt run in a process of its own, as a user starts it."""

import contextlib
import json
import os
import pty
import shutil
import subprocess
import sys
import termios
from itertools import islice
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import sync_playwright
from streamlit.testing.v1 import AppTest

from own_feature_table import CUSTOMERS, declare
from publish import point_current_at
from reporting.page import find_chromium

PROJECT = Path(__file__).parents[2]
DBT = Path(sys.executable).with_name("dbt")
# The environment of a shell in which nothing was exported and nothing activated.
NOTHING_SET = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.environ["HOME"]}

# Everything the builds and the environments left in the project.
LEFT_BEHIND = shutil.ignore_patterns(
    ".git",
    ".venv*",
    "__pycache__",
    ".*_cache",
    "target",
    "logs",
    "*.duckdb*",
    "published",
    "report",
)


class Warehouse:
    """A warehouse file that dbt builds and tests read, of the demo insurer or another company."""

    def __init__(self, path: Path, project: Path = PROJECT, company: Path | None = None):
        self.path = path
        self.project = project
        self.company = company

    def dbt(self, *arguments, raw_data: Path | None = None, cwd=PROJECT, **environment):
        """Run dbt on this file; the result holds returncode and stdout."""
        settings = {"WAREHOUSE_PATH": str(self.path), **environment}
        if raw_data is not None:
            settings["RAW_DATA_DIR"] = str(raw_data)
        if self.company is not None:
            settings["COMPANY_DIR"] = str(self.company)
        anchors = ["--project-dir", self.project, "--profiles-dir", self.project]
        folders = ["--target-path", self.path.parent / "target"]
        folders += ["--log-path", self.path.parent / "logs"]
        return subprocess.run(
            [DBT, "--no-use-colors", *arguments, *anchors, *folders],
            cwd=cwd,
            env=os.environ | settings,
            capture_output=True,
            text=True,
        )

    def build(self, *arguments, dossier=True, **settings) -> "Warehouse":
        """Build models and data tests, or fail with what dbt printed."""
        if not dossier:
            arguments = *arguments, "--exclude", "tag:dossier"
        result = self.dbt("build", "--exclude-resource-type", "unit_test", *arguments, **settings)
        assert result.returncode == 0, result.stdout
        return self

    def publish(self, published: Path, *arguments, **environment):
        """Run scripts/publish.py on this file; the result holds returncode and stderr."""
        settings = {"WAREHOUSE_PATH": str(self.path), "PUBLISHED_DIR": str(published)}
        return subprocess.run(
            [sys.executable, PROJECT / "scripts" / "publish.py", *arguments],
            env=os.environ | settings | environment,
            capture_output=True,
            text=True,
        )

    def copy(self, folder: Path) -> "Warehouse":
        """Return a copy of the file, to be changed."""
        shutil.copy(self.path, folder / self.path.name)
        return Warehouse(folder / self.path.name, self.project, self.company)

    def rows(self, query: str, *parameters) -> list[tuple]:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def frame(self, query: str):
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(query).df()


@pytest.fixture
def warehouse(tmp_path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse.duckdb")


def run_in_terminal(command: list[str], **environment) -> tuple[int, str]:
    """Run a command in a terminal of 80 columns; return its exit code and all that it wrote."""
    terminal, end = pty.openpty()
    termios.tcsetwinsize(end, (24, 80))
    # The tests may run below `make test`; a make of its own says so in more lines.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    settings = inherited | {"TERM": "xterm", "CI": "", **environment}
    process = subprocess.Popen(
        command, cwd=PROJECT, env=settings, stdin=end, stdout=end, stderr=end
    )
    os.close(end)
    written = b""
    # Where nobody writes any more, Linux raises and macOS returns nothing.
    with contextlib.suppress(OSError):
        while more := os.read(terminal, 65536):
            written += more
    os.close(terminal)
    return process.wait(), written.decode()


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory) -> tuple[Warehouse, str]:
    """What `make segments` left and wrote to the terminal, for the demo insurer at the defaults."""
    folder = tmp_path_factory.mktemp("demo")
    warehouse = Warehouse(folder / "warehouse.duckdb")
    code, written = run_in_terminal(
        ["make", "--old-file", ".venv/installed", "segments"],
        PATH=f"{DBT.parent}:{os.environ['PATH']}",
        WAREHOUSE_PATH=str(warehouse.path),
        PUBLISHED_DIR=str(folder / "published"),
        DBT_TARGET_PATH=str(folder / "target"),
        DBT_LOG_PATH=str(folder / "logs"),
    )
    assert code == 0, written
    return warehouse, written


@pytest.fixture(scope="session")
def demo(demo_run) -> Warehouse:
    """The demo insurer, built at the defaults."""
    return demo_run[0]


@pytest.fixture(scope="session")
def published(demo, tmp_path_factory) -> Path:
    """The publication of the demo insurer: what everybody but dbt reads."""
    folder = tmp_path_factory.mktemp("demo") / "published"
    result = demo.publish(folder)
    assert result.returncode == 0, result.stderr
    return folder / "current"


@pytest.fixture(scope="session")
def documented(demo) -> Path:
    """What dbt wrote about the demo: manifest, catalog, semantic manifest and one page of HTML."""
    result = demo.dbt("docs", "generate", "--static", HTTPS_PROXY="http://127.0.0.1:9")
    assert result.returncode == 0, result.stdout
    return demo.path.parent / "target"


@pytest.fixture(scope="session")
def manifest(documented) -> dict:
    return json.loads((documented / "manifest.json").read_text())


@pytest.fixture(scope="session")
def marts(manifest) -> dict[str, dict]:
    """What the manifest says of every mart, by name."""
    nodes = manifest["nodes"].values()
    marts = {node["name"]: node for node in nodes if node["schema"] == "marts"}
    return {name: node for name, node in marts.items() if node["resource_type"] == "model"}


@pytest.fixture(scope="session")
def own(tmp_path_factory) -> Warehouse:
    """A company whose only input is a table of features, in the warehouse."""
    folder = tmp_path_factory.mktemp("own")
    warehouse = Warehouse(folder / "warehouse.duckdb", company=declare(folder / "company"))
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(CUSTOMERS)
    return warehouse.build("--vars", "{input_relations: {wide: crm.wide}, segment_count: 2}")


def run_as_printed(command: str, folder: Path, **environment: str) -> str:
    """Run a command that was printed, where nothing else is set; return what it prints."""
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=NOTHING_SET | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert result.returncode == 0, result.stdout
    return result.stdout


@pytest.fixture(scope="session")
def clone(tmp_path_factory) -> Path:
    """A copy of the project with the environment at hand, as `make` would have installed it."""
    clone = tmp_path_factory.mktemp("clone") / "benefit_segments"
    shutil.copytree(PROJECT, clone, ignore=LEFT_BEHIND)
    (clone / "warehouse").mkdir(exist_ok=True)
    programs = clone / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("lib", "pyvenv.cfg"):
        (clone / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    for program in (Path(sys.prefix) / "bin").iterdir():
        if not program.name.lower().startswith("activate"):
            (programs / program.name).symlink_to(program)
    (programs / "activate").write_text(f'export PATH="{programs}:$PATH"\n')
    for installed in ("installed", "installed-app", "installed-dev"):
        (clone / ".venv" / installed).touch()

    # Data of your own where the README has them: little, for there are several builds.
    own = clone / "path" / "to" / "folder"
    own.mkdir(parents=True)
    with (PROJECT / "data" / "demo" / "credit_card_usage.csv").open() as cards:
        (own / "credit_card_usage.csv").write_text("".join(islice(cards, 60)))
    return clone


@pytest.fixture(scope="session")
def external_data() -> Path:
    """Folder of public data sets that are too large to bundle."""
    folder = Path(os.environ.get("EXTERNAL_DATA_DIR", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data sets are not there: EXTERNAL_DATA_DIR={folder}")
    return folder


@pytest.fixture(scope="session")
def card_folder(external_data, tmp_path_factory) -> Path:
    """The public card file as raw input."""
    folder = tmp_path_factory.mktemp("cc_general")
    shutil.copy(external_data / "cc_general" / "CC GENERAL.csv", folder / "credit_card_usage.csv")
    return folder


@pytest.fixture(scope="session")
def cards(card_folder, tmp_path_factory) -> Warehouse:
    """The public card file, built at the defaults."""
    warehouse = Warehouse(tmp_path_factory.mktemp("cards") / "warehouse.duckdb")
    return warehouse.build(raw_data=card_folder)


@pytest.fixture(scope="session")
def run_summary():
    """What scripts/print_summary.py prints for a warehouse, errors included."""

    def run(warehouse: Warehouse) -> str:
        result = subprocess.run(
            [sys.executable, PROJECT / "scripts" / "print_summary.py"],
            env=os.environ | {"WAREHOUSE_PATH": str(warehouse.path)},
            capture_output=True,
            text=True,
        )
        return result.stdout + result.stderr

    return run


@pytest.fixture(scope="session")
def renamed(demo, tmp_path_factory) -> Path:
    """A later publication, in which every segment has another name."""
    later = demo.copy(tmp_path_factory.mktemp("renamed"))
    with duckdb.connect(str(later.path)) as connection:
        for mart in ("segment_profiles", "customer_segments"):
            connection.execute(f"update marts.{mart} set segment_name = 'New ' || segment_name")
        for table in ("marts.build_info", "last_build.relations"):
            connection.execute(f"update {table} set run_id = 'renamed'")
    folder = later.path.parent / "published"
    result = later.publish(folder)
    assert result.returncode == 0, result.stderr
    return folder / "current"


class Shelf:
    """A folder of publications, where the link `current` is swapped while clients read."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.file = folder / "current" / "segments.duckdb"

    def put(self, publication: Path) -> None:
        """Publish: the last step of scripts/publish.py."""
        point_current_at(self.folder, str(publication.resolve()))


@pytest.fixture
def shelf(published, tmp_path) -> Shelf:
    """A folder of its own for each test, in which `published` is current."""
    shelf = Shelf(tmp_path)
    shelf.put(published)
    return shelf


@pytest.fixture(scope="session")
def chromium() -> str:
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium is installed, and CHROMIUM names none")
    return program


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(monkeypatch):
    """Run one page of the app without a browser, on a folder of publications."""

    def run(view: str, folder: Path) -> AppTest:
        monkeypatch.setenv("PUBLISHED_DIR", str(folder))
        return AppTest.from_string(
            f"""
            from publication import newest_publication
            from views import {view}
            {view}.show(newest_publication())
            """,
            default_timeout=30,
        ).run()

    return run
