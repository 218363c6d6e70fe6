"""Put facts, findings and charts together as one HTML page, and print it."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import jinja2

from reporting import charts, findings, palette, words
from reporting.facts import Facts, Row

HERE = Path(__file__).parent

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def by_segment(rows: list[Row]) -> dict[int, Row]:
    """Return one row per segment by its number."""
    return {row["segment_id"]: row for row in rows}


def by_feature(features: list[Row]) -> dict[str, list[list[Row]]]:
    """Return the rows of each feature under its heading, in the given order."""
    groups: dict[str, dict[str, list[Row]]] = {}
    for row in features:
        group = groups.setdefault(charts.group_name(row), {})
        group.setdefault(row["feature"], []).append(row)
    return {name: list(group.values()) for name, group in groups.items()}


def by_topic(facts: Facts) -> dict[int, dict[str, list[str]]]:
    """Return the sentences on the card of each segment by topic."""
    cards = {row["segment_id"]: {} for row in facts["segments"]}
    for row in facts["cards"]:
        cards[row["segment_id"]].setdefault(row["topic"], []).append(row["sentence"])
    return cards


def draw(facts: Facts, chosen: list[Row], colours: dict[int, str]) -> dict[str, list[str] | None]:
    """Return each chart as a wide and a narrow SVG, or None if there is nothing to draw.

    `chosen` are the features of the heatmap.
    """
    drawings = {
        "curve": lambda width: charts.draw_curve(facts["segment_counts"], width),
        "sizes": lambda width: charts.draw_sizes(facts["segments"], colours, width),
        "heatmap": lambda width: charts.draw_heatmap(chosen, facts["segments"], colours, width),
        "penetration": lambda width: charts.draw_penetration(facts["benefits"], colours, width),
        "map": lambda width: charts.draw_map(
            facts["points"], facts["centroids"], facts["components"], colours, width
        ),
    }
    drawn = {}
    for name, drawing in drawings.items():
        pair = [drawing(charts.WIDE), drawing(charts.NARROW)]
        drawn[name] = pair if all(pair) else None
    return drawn


def describe_build(build: Row, settings: dict[str, object]) -> list[tuple[str, str]]:
    """Return what is known about the build, and each of its settings."""
    known = {name: value for name, value in build.items() if name != "vars" and value is not None}
    lines = [(words.column(name), str(value)) for name, value in known.items()]
    lines += [
        (f"Setting {name}", json.dumps(settings[name], ensure_ascii=False))
        for name in sorted(settings)
    ]
    return lines


def write_page(facts: Facts) -> str:
    """Return the report. The same facts give the same page, byte by byte."""
    colours = palette.segment_colours([row["segment_id"] for row in facts["segments"]])
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    build = facts["build"][0]
    settings = json.loads(build["vars"])
    chosen = charts.choose_features(facts["features"])
    return environment.get_template("report.html.j2").render(
        facts=facts,
        build=build,
        settings=settings,
        build_lines=describe_build(build, settings),
        segments=facts["segments"],
        counts=facts["segment_counts"],
        charts=draw(facts, chosen, colours),
        chip={id: (colour, palette.text_on(colour)) for id, colour in colours.items()},
        palette=palette,
        shown=len({row["feature"] for row in chosen}),
        known=len({row["feature"] for row in facts["features"]}),
        most_shown=max((row["rank_in_benefit"] for row in chosen), default=0),
        features=by_feature(facts["features"]),
        cards=by_topic(facts),
        rules=by_segment(facts["rules"]),
        robustness=by_segment(facts["robustness"]),
        findings=findings,
        words=words,
    )


def find_chromium() -> str | None:
    """Return the browser that prints: the one that CHROMIUM names, or an installed one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)


def print_page(page: Path, pdf: Path, chromium: str) -> None:
    """Print a page to a PDF file.

    Raises subprocess.CalledProcessError or OSError if the browser fails.
    """
    # The sandbox of Chromium does not run as root, the user of most containers.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as profile:
        printed = Path(profile) / "report.pdf"
        command = [chromium, "--headless", "--disable-gpu", "--no-pdf-header-footer", *sandbox]
        command += [f"--user-data-dir={profile}", f"--print-to-pdf={printed}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, text=True)
        shutil.copyfile(printed, pdf)
