"""What a long Python model says in the log."""

import time

import pytest
from dbt_common.events.event_manager_client import cleanup_event_logger, get_event_manager

from benefit_segments import progress


@pytest.fixture
def logged():
    messages = []
    get_event_manager().add_callback(lambda event: messages.append(event.info.msg))
    yield messages
    cleanup_event_logger()


def test_a_short_step_says_nothing(logged):
    report = progress.reporter("k-means")
    report("1 of 2")
    report("2 of 2")
    assert logged == []


def test_a_long_step_says_how_far_it_is_after_every_pause(logged, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", 0.2)
    report = progress.reporter("k-means")
    report("1 of 4")
    time.sleep(0.25)
    report("2 of 4")
    report("3 of 4")
    time.sleep(0.25)
    report("4 of 4")
    assert logged == ["k-means: 2 of 4", "k-means: 4 of 4"]
