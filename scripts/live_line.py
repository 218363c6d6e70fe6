"""Show the progress of a long step: in one changing line on a terminal, else in plain lines."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from rich.console import Console
from rich.live import Live
from rich.text import Text

# Seconds before the first line when lines cannot change. Each pause is twice as long as the
# previous one, up to the longest, so that a build of hours prints few lines and still shows that it
# is running.
PAUSE = 10
LONGEST_PAUSE = 300


class Line:
    """The elapsed time and the result of `tell`, which is called each time the line is shown."""

    def __init__(self, tell: Callable[[], str]):
        self.tell = tell
        self.started = time.monotonic()

    @property
    def elapsed(self) -> str:
        """Minutes and seconds since the start."""
        minutes, seconds = divmod(int(time.monotonic() - self.started), 60)
        return f"{minutes}:{seconds:02}"

    def __str__(self) -> str:
        return f"{self.elapsed}  {self.tell()}"

    def __rich__(self) -> Text:
        return Text(str(self), no_wrap=True, overflow="ellipsis")


@contextmanager
def live_line(tell: Callable[[], str]) -> Iterator[Line]:
    """Show what `tell` returns while the block runs.

    On a terminal the line changes in place and disappears at the end; other output is printed above
    it. If stdout is not a terminal, or CI is set, plain lines are printed, the first after `PAUSE`
    seconds.
    """
    line = Line(tell)
    console = Console()
    in_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
    if sys.stdout.isatty() and not console.is_dumb_terminal and not in_ci:
        with Live(line, console=console, transient=True):
            yield line
        return

    ended = Event()

    def speak() -> None:
        pause = PAUSE
        while not ended.wait(pause):
            print(line, flush=True)
            pause = min(2 * pause, LONGEST_PAUSE)

    speaker = Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield line
    finally:
        ended.set()
        speaker.join()
