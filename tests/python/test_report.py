"""The report says what the marts say, to every reader, in one file that asks for nothing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe

from conftest import PROJECT, Warehouse
from reporting.palette import COLOURS, segment_colours

SVG = "{http://www.w3.org/2000/svg}"


def run(database: Path, output: Path, **environment) -> subprocess.CompletedProcess:
    """Write the report as a user does."""
    command = [sys.executable, PROJECT / "scripts" / "write_report.py"]
    return subprocess.run(
        [*command, "--database", database, "--output", output],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


class Report:
    """A page, and the database it speaks of."""

    def __init__(self, database: Path, page: Path):
        self.database = database
        self.page = page
        self.text = page.read_text(encoding="utf-8")
        self.root = ElementTree.fromstring(self.text)

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def find(self, identifier: str) -> ElementTree.Element:
        (found,) = [node for node in self.root.iter() if node.get("id") == identifier]
        return found

    def numbers(self, table: str) -> list[list[float | None]]:
        """Return the values of a table row by row, rows without any left out."""
        rows = [list(row.iter("data")) for row in self.find(table).iter("tr")]
        return [
            [float(cell.get("value")) if cell.get("value") else None for cell in row]
            for row in rows
            if row
        ]

    def words(self, node: ElementTree.Element) -> str:
        return " ".join(" ".join(node.itertext()).split())

    def drawings(self, section: str) -> list[list[str]]:
        """Return the texts in each chart of a section."""
        charts = self.find(section).iter(f"{SVG}svg")
        return [[self.words(text) for text in chart.iter(f"{SVG}text")] for chart in charts]


def write(database: Path, folder: Path) -> Report:
    """Write the report about a database, without a PDF."""
    result = run(database, folder / "report.html", CHROMIUM=shutil.which("true"))
    # A browser that prints nothing is said to be one; the page is there all the same.
    assert "The page is written, the PDF is not" in result.stderr, result.stderr
    return Report(database, folder / "report.html")


def publish(warehouse: Warehouse, folder: Path) -> Path:
    """Publish a build and return the published file."""
    result = warehouse.publish(folder / "published")
    assert result.returncode == 0, result.stderr
    return folder / "published" / "current" / "segments.duckdb"


def changed_copy(report: Report, change: str, folder: Path) -> Path:
    """Return a copy of the file behind a report, with one change."""
    copy = folder / "changed.duckdb"
    shutil.copyfile(report.database, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(change)
    return copy


@pytest.fixture(scope="module")
def report(published, tmp_path_factory) -> Report:
    return write(published / "segments.duckdb", tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def ten(demo, tmp_path_factory) -> Report:
    """Ten segments, without the dossier."""
    folder = tmp_path_factory.mktemp("ten")
    warehouse = demo.copy(folder).build("--vars", "{segment_count: 10}", dossier=False)
    return write(publish(warehouse, folder), folder)


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> Report:
    """Two customers who are alike."""
    folder = tmp_path_factory.mktemp("one")
    (folder / "customers.csv").write_text("customer_id,joined_on\nann,2020-01-01\nbob,2020-01-01\n")
    warehouse = Warehouse(folder / "warehouse.duckdb").build(raw_data=folder)
    return write(publish(warehouse, folder), folder)


@pytest.fixture(scope="module")
def own_report(own, tmp_path_factory) -> Report:
    """A feature table of the user's own, with benefits of its own."""
    folder = tmp_path_factory.mktemp("own_report")
    return write(publish(own, folder), folder)


@pytest.fixture(params=["report", "ten", "one", "own_report"])
def any_report(request) -> Report:
    return request.getfixturevalue(request.param)


MARTS = {
    "curve-data": """
        select segment_count, wcss, 1 - explained_share, explained_share, wcss_reduction
        from marts.wcss_curve order by segment_count
    """,
    "benefits-data": """
        select holders, penetration, penetration_index, white_space
        from marts.segment_benefit_profiles order by benefit, segment_id
    """,
    "inputs": """
        select read_rows, used_rows, rejected_rows, rejected_share
        from marts.input_row_counts where location is not null order by input
    """,
    "votes": """
        select segment_count from marts.segment_count_votes
        where space = 'pca' order by segment_count nulls last, criterion
    """,
}


def as_floats(rows: list[tuple]) -> list[list[float | None]]:
    return [[None if value is None else float(value) for value in row] for row in rows]


@pytest.mark.parametrize("table", MARTS)
def test_numbers_of_a_table_are_those_of_its_mart(report, table):
    assert report.numbers(table) == as_floats(report.rows(MARTS[table]))


def test_sizes_are_those_of_the_marts(any_report):
    expected = any_report.rows(
        "select customers, customer_share from marts.segment_profiles order by segment_id"
    )
    assert [row[:2] for row in any_report.numbers("sizes-data")] == as_floats(expected)
    shown = [row.find("th") for row in any_report.find("sizes-data").iter("tr")][1:]
    names = any_report.rows(
        "select segment_id, segment_name from marts.segment_profiles order by 1"
    )
    assert [any_report.words(row) for row in shown] == [f"{id} {name}" for id, name in names]


def test_shares_of_the_volume_are_those_of_the_marts(report):
    expected = report.rows("""
        select total_balance, total_balance / sum(total_balance) over (), mean_balance
        from marts.segment_profiles order by segment_id
    """)
    for found, row in zip(report.numbers("sizes-data"), expected, strict=True):
        assert found[2:] == pytest.approx(row)


def test_every_feature_is_shown_as_in_its_mart(any_report):
    expected = any_report.rows("""
        select
            feature,
            any_value(average),
            list(index_vs_average order by segment_id),
            list(mean order by segment_id)
        from marts.segment_feature_profiles group by feature order by feature
    """)
    rows = [row for row in any_report.root.iter("tr") if row.get("data-feature")]
    shown = {row.get("data-feature"): row for row in rows}
    assert sorted(shown) == [feature for feature, *_ in expected]
    for feature, average, indexes, means in expected:
        cells = [cell.get("value") for cell in shown[feature].iter("data")]
        numbers = [average, *(value for pair in zip(indexes, means, strict=True) for value in pair)]
        assert cells == ["" if value is None else str(value) for value in numbers]


def test_texts_are_the_rounded_values(any_report):
    cut = {
        row[1]
        for table in any_report.root.iter("table")
        if table.get("id") == "variants"
        for row in (list(row.iter("data")) for row in table.iter("tr"))
        if row
    }
    for cell in any_report.root.iter("data"):
        written = re.match(r"-?[\d,]+(\.\d+)?%?", any_report.words(cell))
        if not written:
            assert cell.get("value") == ""
            continue
        figure = written[0]
        digits = len(figure.rstrip("%").partition(".")[2])
        scale = 100 if figure.endswith("%") else 1
        value = float(figure.rstrip("%").replace(",", ""))
        # Similarities are cut, so that they never read better than they are.
        most = 1 if cell in cut else 0.5000001
        assert abs(value - scale * float(cell.get("value"))) <= most * 10**-digits


def test_charts_show_the_numbers_of_the_marts(report):
    shares = report.rows("select customer_share from marts.segment_profiles")
    for texts in report.drawings("sizes"):
        assert {f"{share:.1%} of customers" for (share,) in shares} <= set(texts)
    held = report.rows("select penetration from marts.segment_benefit_profiles")
    for texts in report.drawings("benefits"):
        assert {f"{penetration:.1%}" for (penetration,) in held} <= set(texts)
    chosen = report.rows("select segment_count from marts.wcss_curve where is_chosen")
    for texts in report.drawings("number"):
        assert f"{chosen[0][0]} segments" in texts


def test_the_heatmap_shows_the_most_telling_features_of_each_benefit(report):
    expected = report.rows("""
        select label, list(format('{:,.0f}', index_vs_average) order by segment_id)
        from (
            select *, dense_rank() over (
                partition by role, benefit order by eta_squared desc, feature
            ) as place
            from marts.segment_feature_profiles
        )
        where place <= 5
        group by all
    """)
    assert len(expected) == 23
    for texts in report.drawings("differences"):
        assert {label[0].upper() + label[1:] for label, _ in expected} <= set(texts)
        cells = sorted(cell for _, indexes in expected for cell in indexes)
        heads = ["1", "2", "3", "4", "5"]
        assert sorted(text for text in texts if re.fullmatch(r"[\d,]+", text)) == sorted(
            cells + heads
        )


def test_the_map_shows_a_bounded_sample_of_everyone(report):
    numbers = report.numbers("map-data")
    assert sum(row[0] for row in numbers) == 1000
    assert "A sample of 1,000 of the 3,000 customers" in report.words(report.find("map"))
    centres = report.rows("""
        select coordinate from marts.segment_centroids
        where component <= 2 order by segment_id, component
    """)
    assert [value for row in numbers for value in row[1:]] == [value for (value,) in centres]


def test_every_segment_has_its_card(any_report):
    cards = any_report.find("cards").findall("article")
    segments = any_report.rows("""
        select segment_id, segment_name, message, description
        from marts.segment_profiles order by segment_id
    """)
    for card, (id, name, message, description) in zip(cards, segments, strict=True):
        said = any_report.words(card)
        assert any_report.words(next(card.iter("h3"))) == f"{id} {name}"
        assert (message or "Not agreed yet.") in said
        assert (description or "") in said
        told = any_report.rows(f"""
            select sentence from marts.segment_cards
            where segment_id = {id} and evidence_number = 1
            and topic in ('stands_out', 'does_not_stand_out', 'stability', 'certainty')
        """)
        assert all(sentence in said for (sentence,) in told)


def test_the_answer_is_three_sentences_with_the_numbers_of_the_marts(report):
    answer = [report.words(item) for item in report.find("answer").iter("li")]
    assert len(answer) == 3
    profiles = report.rows("select segment_name, customer_share from marts.segment_profiles")
    assert all(f'"{name}" ({share:.1%})' in answer[0] for name, share in profiles)
    shares = report.rows("select distinct benefit, bcss_share from marts.segment_benefit_profiles")
    for benefit, share in shares:
        assert benefit.replace("_", " ") in answer[1].lower()
        assert f"{share:.1%}" in answer[1]
    verdict, reason = report.rows("""
        select verdict, verdict_reason from marts.segment_count_scores
        where is_chosen and space = 'pca'
    """)[0]
    assert verdict in answer[2]
    # As many as in the reason, which stands beside it.
    assert re.search(r"\d of \d votes", answer[2])[0] in reason


def assert_dossier_is_left_out(report: Report):
    assert "left out of this build" in report.words(report.find("number"))
    assert not [node for node in report.root.iter() if node.get("id") in ("votes", "variants")]
    assert "How to recognise them" not in report.text


def test_the_dossier_may_be_left_out(ten):
    assert_dossier_is_left_out(ten)


def test_the_dossier_is_told(report):
    said = report.words(report.find("number"))
    (reason,) = report.rows("""
        select verdict_reason from marts.segment_count_scores where is_chosen and space = 'pca'
    """)[0]
    assert reason in said
    variants = report.rows("""
        select segment_count, avg(adjusted_rand_index), avg(share_of_customers_who_stay)
        from marts.pipeline_variants group by transform, has_components, segment_count
    """)
    for found, row in zip(sorted(report.numbers("variants")), sorted(variants), strict=True):
        assert found == pytest.approx(row)
    robust = report.rows("select mean_assignment_robustness from marts.segment_reliability")
    cards = report.words(report.find("cards"))
    assert all(f"in {share:.1%} of the cases" in cards for (share,) in robust)


def test_one_segment_is_not_compared(one):
    assert "form 1 segment." in one.words(one.find("answer"))
    for section in ("number", "differences", "benefits", "map"):
        assert one.drawings(section) == []
    assert "one segment is everyone" in one.words(one.find("differences"))
    assert "Nobody holds any of the benefits." in one.words(one.find("benefits"))


def test_benefits_of_the_users_own_are_shown(own_report):
    assert "(branch and savings)" in own_report.words(own_report.find("asked"))
    assert "Savings" in own_report.drawings("benefits")[0]
    assert "Wide" in own_report.words(own_report.find("rejected"))


def test_who_holds_a_benefit_has_at_least_one_of_it(report, tmp_path):
    most_unevenly = (
        'Wealth management is held most unevenly: 100.0% of "Active investors" and'
        ' 2.5% of "Borrowing families" have at least one wealth account.'
    )
    assert most_unevenly in report.words(report.find("benefits"))
    # A company need not say what one of it is called.
    change = "create or replace macro wording.one_benefit_in_words(benefit) as null"
    unnamed = write(changed_copy(report, change, tmp_path), tmp_path)
    assert '"Borrowing families" have it.' in unnamed.words(unnamed.find("benefits"))


def test_without_benefits_that_are_held_the_report_says_so(own_report, tmp_path):
    change = "delete from marts.segment_benefit_profiles"
    none = write(changed_copy(own_report, change, tmp_path), tmp_path)
    assert "does not say of any benefit" in none.words(none.find("benefits"))
    assert "What sets them apart most is" in none.words(none.find("answer"))


def test_every_chart_has_a_name_a_finding_and_its_numbers(any_report):
    figures = list(any_report.root.iter("figure"))
    assert len(figures) >= 4
    for figure in figures:
        assert figure.get("aria-label")
        assert any_report.words(figure.find("figcaption")).endswith((".", ")"))
        if list(figure.iter(f"{SVG}svg")):
            assert list(figure.find("details").iter("data"))


def test_a_segment_has_one_colour_everywhere(report):
    colours = segment_colours([1, 2, 3, 4, 5])
    for section in ("sizes", "differences", "benefits", "map"):
        for chart in report.find(section).iter(f"{SVG}svg"):
            used = {path.get("fill") for path in chart.iter(f"{SVG}path")}
            used |= {path.get("stroke") for path in chart.iter(f"{SVG}path")}
            assert set(colours.values()) <= used
            assert not used & (set(COLOURS) - set(colours.values()))


def test_colours_follow_the_number_and_do_not_meet():
    assert segment_colours([2, 3]) == {2: COLOURS[1], 3: COLOURS[2]}
    assert segment_colours([2, 12])[2] == COLOURS[1]
    assert len(set(segment_colours([2, 12, 22, 4]).values())) == 4
    assert len(set(segment_colours(list(range(7, 17))).values())) == 10
    assert len(segment_colours(list(range(1, 25)))) == 24


def test_the_same_publication_gives_the_same_bytes(report, tmp_path):
    assert write(report.database, tmp_path).page.read_bytes() == report.page.read_bytes()


def test_the_page_asks_for_nothing(any_report):
    asking = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "use"}
    for node in any_report.root.iter():
        assert node.tag.rpartition("}")[2].lower() not in asking
        for name, value in node.attrib.items():
            if name.rpartition("}")[2] in ("href", "src", "srcset", "data"):
                assert value.startswith("#"), value
            assert not name.startswith("on")
            assert "url(" not in value
    style = any_report.root.find("head/style").text
    assert "url(" not in style
    assert "@import" not in style


def test_no_customer_is_named(report):
    said = set(re.findall(r"\w+", report.text))
    customers = {id for (id,) in report.rows("select customer_id from marts.customer_segments")}
    assert customers
    assert not said & customers


def test_the_page_is_not_written_where_the_pdf_goes(report, tmp_path):
    result = run(report.database, tmp_path / "report.pdf")
    assert result.returncode == 1
    assert "Give it the suffix .html" in result.stderr
    assert not (tmp_path / "report.pdf").exists()


def test_a_missing_publication_is_said(tmp_path):
    result = run(tmp_path / "segments.duckdb", tmp_path / "report.html")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        f"There is no publication at {tmp_path / 'segments.duckdb'}. Make one with: make publish"
    )


@pytest.mark.parametrize(
    "change", ["drop table marts.build_info", "alter table marts.wcss_curve drop reason"]
)
def test_a_publication_of_another_version_is_said(report, tmp_path, change):
    result = run(changed_copy(report, change, tmp_path), tmp_path / "report.html")
    assert result.returncode == 1
    assert "does not have the marts of this version" in result.stderr.splitlines()[-1]
    assert "make publish" in result.stderr.splitlines()[-1]
    assert not (tmp_path / "report.html").exists()


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / "segments.duckdb").write_text("no database")
    result = run(tmp_path / "segments.duckdb", tmp_path / "report.html")
    assert result.returncode == 1
    assert "cannot be read" in result.stderr.splitlines()[-1]


def test_the_current_publication_is_what_is_read(published, tmp_path):
    result = subprocess.run(
        [sys.executable, PROJECT / "scripts" / "write_report.py", "--output", tmp_path / "r.html"],
        env=os.environ | {"PUBLISHED_DIR": str(published.parent), "PATH": "", "CHROMIUM": ""},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert "No PDF: no Chromium is installed." in result.stdout
    assert (tmp_path / "r.html").exists()


def test_the_report_is_printed(report, chromium, tmp_path):
    result = run(report.database, tmp_path / "report.html", CHROMIUM=chromium)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def open_page(browser, report: Report, width: int):
    """Open the report offline; the second value lists what the page asked for."""
    page = browser.new_context(offline=True, viewport={"width": width, "height": 900}).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.page.as_uri())
    return page, asked


@pytest.mark.parametrize("width", [360, 1280])
def test_a_browser_finds_nothing_missing_and_nothing_in_the_way(browser, any_report, width):
    page, asked = open_page(browser, any_report, width)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": tags}).response
    assert not found["violations"], [rule["id"] for rule in found["violations"]]
    assert len(found["passes"]) > 20
    assert page.evaluate(OVERFLOW) <= 0
    assert asked == [any_report.page.as_uri()]


def test_each_width_has_its_own_drawing(browser, report):
    for width, shown, hidden in ((1280, ".wide", ".narrow"), (360, ".narrow", ".wide")):
        page, _ = open_page(browser, report, width)
        assert all(drawing.is_visible() for drawing in page.locator(f"{shown} svg").all())
        assert not any(drawing.is_visible() for drawing in page.locator(f"{hidden} svg").all())


def test_paper_holds_every_table_and_nothing_is_cut(browser, any_report):
    # A4 is 794 px wide, 61 px of them margin on each side.
    page, _ = open_page(browser, any_report, 672)
    page.emulate_media(media="print")
    assert page.evaluate(OVERFLOW) <= 0
    for table in page.locator("details table").all():
        assert table.bounding_box()["height"] > 20
