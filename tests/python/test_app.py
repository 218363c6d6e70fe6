"""The app shows what is published and moves customers as the model does; in a real browser too."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from app_server import free_port, wait_for_app
from conftest import PROJECT, Shelf

# Customers whose smallest change lies within what was observed, of several segments.
CUSTOMERS = """
    select
        drivers.customer_id,
        drivers.feature,
        drivers.label,
        drivers.unit,
        drivers.changed_value,
        own.segment_name,
        second.segment_name as second_segment_name
    from marts.customer_drivers as drivers
    inner join marts.segment_profiles as own using (segment_id)
    inner join marts.segment_profiles as second
        on drivers.second_segment_id = second.segment_id
    where
        drivers.is_smallest_change
        and drivers.is_within_observed_range
    qualify
        row_number() over (partition by drivers.segment_id order by drivers.customer_id desc) = 1
    order by drivers.segment_id
"""


# -- The pages, without a browser --


def texts(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(element.value for element in [*page.markdown, *page.info, *page.warning])


def test_without_a_publication_the_app_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PUBLISHED_DIR", str(tmp_path / "published"))
    page = AppTest.from_file(PROJECT / "app" / "segments.py", default_timeout=30).run()
    assert not page.exception
    assert [error.value for error in page.error] == [
        f"There is no publication in {tmp_path}/published. Make one with: make segments"
    ]
    assert not page.title


def test_customers_stay_where_they_are_until_the_smallest_change(open_page, demo, shelf):
    customers = demo.rows(CUSTOMERS)
    assert len(customers) > 1
    for customer_id, _, label, _, value, segment, second_segment in customers:
        page = open_page("what_if", shelf.folder)
        page.text_input(key="customer").set_value(customer_id).run()
        assert page.subheader[0].value == f"{customer_id} stays in {segment}"
        as_is, with_these_values = page.table[0].value.iloc[:, 1:].to_numpy().tolist()
        assert as_is == with_these_values
        page.button[0].click().run()
        assert page.number_input[0].label.startswith(label)
        assert page.number_input[0].value == pytest.approx(value, rel=1e-9)
        assert page.subheader[0].value == f"{customer_id} would be in {second_segment}"


def test_a_moved_value_belongs_to_its_customer(open_page, shelf):
    page = open_page("what_if", shelf.folder)
    page.text_input(key="customer").set_value("P0000002").run()
    before = page.number_input[0].value
    page.number_input[0].set_value(before + 1).run()
    page.text_input(key="customer").set_value("P0000003").run()
    page.text_input(key="customer").set_value("P0000002").run()
    assert page.number_input[0].value == before


def test_what_is_unknown_may_stay_unknown(open_page, demo, shelf):
    customer_id, feature = demo.rows("""
        select customer_id, feature from marts.customer_drivers
        where value is null and driver_rank <= 3 order by customer_id limit 1
    """)[0]
    page = open_page("what_if", shelf.folder)
    page.text_input(key="customer").set_value(customer_id).run()
    (asked,) = (one for one in page.number_input if one.key.startswith(f"{feature} "))
    assert asked.value is None
    assert "is assumed" in asked.placeholder
    assert " stays in " in page.subheader[0].value


def test_an_unknown_customer_is_no_error(open_page, shelf):
    page = open_page("what_if", shelf.folder)
    page.text_input(key="customer").set_value("no_such_one").run()
    assert texts(page) == r"There is no customer no\_such\_one in this publication."


def change(shelf: Shelf, folder: Path, *statements: str) -> None:
    """Publish the current publication with some changes."""
    shutil.copytree(shelf.folder / "current", folder)
    file = folder / "segments.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        for statement in statements:
            connection.execute(statement)
    shelf.put(folder)


def test_an_audience_is_of_those_who_may_be_written_to_where_that_is_known(
    open_page, shelf, tmp_path
):
    assert "does not say who consented" in texts(open_page("audience", shelf.folder))
    change(
        shelf,
        tmp_path / "with_audiences",
        """
        create table marts.message_audiences as
        select customer_id from marts.customer_segments order by customer_id limit 1000
        """,
    )
    page = open_page("audience", shelf.folder)
    assert not page.warning
    everybody = page.multiselect(key="audience").options
    page.multiselect(key="audience").set_value(everybody).run()
    assert page.get("download_button")[0].label == "Download 1,000 customers"


def test_names_and_what_is_unknown_are_written_as_they_are(open_page, shelf, tmp_path):
    change(
        shelf,
        tmp_path / "changed",
        """
        update marts.segment_profiles
        set segment_name = 'Käufer *treu* § 9 €' where segment_id = 1
        """,
        """
        update marts.segment_benefit_profiles
        set white_space = null, penetration_index = null where benefit = 'loan'
        """,
        """
        update marts.segment_feature_profiles
        set smd_vs_rest = null, is_beyond_measure = true where feature = 'loan_balance'
        """,
    )
    page = open_page("profile", shelf.folder)
    assert not page.exception
    assert page.header[0].value == r"Käufer \*treu\* § 9 €"
    benefits, features = page.table[0].value, page.table[1].value
    loan = benefits[benefits["benefit"] == "loan"].iloc[0]
    assert loan["do not hold it yet"] == "unknown"
    balance = features[features["feature"] == "loan balance"].iloc[0]
    assert balance["difference in standard deviations"] == "no overlap"


# -- The app in a browser --


@pytest.fixture(scope="module")
def app(published, tmp_path_factory):
    """The address of the running app, and the folder that it reads."""
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    shelf.put(published)
    port = free_port()
    log = shelf.folder / "log"
    settings = ["--server.port", str(port), "--server.headless", "true"]
    with open(log, "w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", PROJECT / "app" / "segments.py", *settings],
            cwd=shelf.folder,
            env=os.environ | {"PUBLISHED_DIR": str(shelf.folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = wait_for_app(process, port)
    yield address, shelf
    process.terminate()
    process.wait()
    # Streamlit would say so if it had asked the internet for the address of the machine.
    assert f"  URL: {address}" in log.read_text()
    assert "External URL" not in log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.fixture
def page(app, published, browser):
    """A page of the app; nothing in it may ask for anything outside of this machine."""
    address, shelf = app
    shelf.put(published)
    page = browser.new_page(viewport={"width": 1280, "height": 1600})
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    wait_until_shown(page)
    yield page
    page.close()
    assert requests
    assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []


def wait_until_shown(page: Page) -> None:
    """Wait until the app has done what was asked for."""
    page.locator("[data-test-script-state=notRunning]").wait_for()


def choose(page: Page, label: str, option: str) -> None:
    wait_until_shown(page)
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def go_to(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_choosing_a_segment_a_benefit_and_a_feature(page, demo):
    name, customers = demo.rows("""
        select segment_name, format('{:,}', customers) from marts.segment_profiles
        order by segment_id desc limit 1
    """)[0]
    choose(page, "Segment", name)
    expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(customers)
    (sentence,) = demo.rows(f"""
        select sentence from marts.segment_cards
        where segment_name = '{name}' and position = 2 and evidence_number = 1
    """)[0]
    expect(page.get_by_text(sentence)).to_be_visible()

    choose(page, "Benefit", "loan")
    labels = demo.rows(f"""
        select label from marts.segment_feature_profiles
        where segment_name = '{name}' and benefit = 'loan' order by rank_in_segment
    """)
    features = page.get_by_test_id("stTable").nth(1)
    expect(features.locator("tbody tr")).to_have_count(len(labels))
    expect(features.locator("tbody tr").first).to_contain_text(labels[0][0])

    choose(page, "Feature", "loan repayments")
    means = demo.rows("""
        select format('{:,.0f}', mean) from marts.segment_feature_profiles
        where feature = 'loan_repayments' and mean >= 10 order by segment_id
    """)
    for (mean,) in means:
        expect(page.get_by_test_id("stTable").nth(2)).to_contain_text(mean)


def test_typing_the_smallest_change_moves_the_customer(page, demo):
    customer_id, _, label, unit, value, segment, second_segment = demo.rows(CUSTOMERS)[0]
    go_to(page, "What if")
    page.get_by_role("textbox", name="Customer", exact=True).fill(customer_id)
    page.get_by_role("textbox", name="Customer", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=3)).to_have_text(f"{customer_id} stays in {segment}")
    wait_until_shown(page)
    field = page.get_by_label(f"{label} ({unit})", exact=True)
    if not field.is_visible():
        choose(page, "Features to move", label)
    field.fill(repr(value))
    field.press("Enter")
    expect(page.get_by_role("heading", level=3)).to_have_text(
        f"{customer_id} would be in {second_segment}"
    )


def test_downloading_an_audience(page, demo, tmp_path):
    wanted = demo.rows("""
        select customer_id, cast(segment_id as varchar), segment_name
        from marts.customer_segments where segment_id = 1 and not is_borderline
        order by customer_id
    """)
    go_to(page, "Audience")
    choose(page, "Segments", wanted[0][2])
    page.keyboard.press("Escape")
    page.get_by_text("With borderline customers").click()
    button = page.get_by_role("button", name=f"Download {len(wanted):,} customers")
    with page.expect_download() as download:
        button.click()
    download.value.save_as(tmp_path / "audience.csv")
    with open(tmp_path / "audience.csv", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["customer_id", "segment_id", "segment_name"]
    assert [tuple(row) for row in rows] == wanted


def test_a_publication_in_mid_session_is_seen_at_the_next_click(
    page, app, published, renamed, demo
):
    _, shelf = app
    first, second = demo.rows("""
        select segment_name from marts.segment_profiles order by segment_id limit 2
    """)
    shown = page.get_by_text(f"Publication {published.resolve().name},")
    expect(shown).to_be_visible()
    choose(page, "Segment", second[0])
    expect(page.get_by_role("heading", level=2)).to_have_text(second[0])
    shelf.put(renamed)
    choose(page, "Benefit", "loan")
    expect(shown).to_be_hidden()
    expect(page.get_by_text(f"Publication {renamed.resolve().name},")).to_be_visible()
    # The segment that was chosen is no more; the page starts again from the first.
    expect(page.get_by_role("heading", level=2)).to_have_text(f"New {first[0]}")
    go_to(page, "What if")
    expect(page.get_by_role("heading", level=3)).to_contain_text("stays in New ")
