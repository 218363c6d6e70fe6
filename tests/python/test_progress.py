"""What a long Python model says in the log."""

import pytest

import progress


@pytest.fixture
def logged(monkeypatch):
    events = []
    monkeypatch.setattr(progress, "fire_event", lambda event: events.append(event.message()))
    return events


def test_a_short_step_says_nothing(logged):
    report = progress.reporter("k-means")
    report("1 of 2")
    report("2 of 2")
    assert logged == []


def test_a_long_step_says_how_far_it_is_after_every_pause(logged, monkeypatch):
    clock = iter([0.0, 1.9, 2.0, 2.0, 3.9, 4.5, 4.5])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    report = progress.reporter("k-means")
    for done in range(1, 5):
        report(f"{done} of 4")
    assert logged == ["k-means: 2 of 4", "k-means: 4 of 4"]
