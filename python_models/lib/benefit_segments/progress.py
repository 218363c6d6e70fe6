"""The progress of a long Python model: a dbt event, for its log and the line of `make segments`."""

import time
from collections.abc import Callable

from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note

# Seconds of silence before the next line.
PAUSE = 2


def reporter(what: str) -> Callable[[str], None]:
    """Return a function that logs the progress of `what`, at most once in `PAUSE` seconds."""
    spoken = time.monotonic()

    def report(progress: str) -> None:
        nonlocal spoken
        if time.monotonic() - spoken >= PAUSE:
            spoken = time.monotonic()
            fire_event(Note(msg=f"{what}: {progress}"))

    return report
