"""Run a program and measure it together with every process it starts."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

SECONDS_BETWEEN_SAMPLES = 0.05
# What programs print when memory runs out before the benchmark stops them.
MEMORY_ERRORS = ("MemoryError", "OutOfMemory", "Out of Memory", "Cannot allocate memory")


@dataclass
class Measurement:
    """What one run took. If the run did not finish, every number is a lower bound."""

    outcome: str  # finished, out of time, out of memory, failed
    seconds: float
    cpu_seconds: float  # user and system, all processes
    peak_bytes: int  # resident memory, all processes at the same moment
    load_before: float  # load average of the last minute when the run began


def measure(
    command: list, log: Path, time_limit: float, memory_guard: float, **environment: str
) -> Measurement:
    """Run `command` to its end, or to the limits in seconds and bytes, then stop it.

    Its output goes to the file `log`. `environment` is added to the environment of this process.
    """
    load_before = os.getloadavg()[0]
    outcome = None
    with log.open("w") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            env=os.environ | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        tree = ProcessTree(process.pid)
        try:
            while True:
                ended, status, usage = os.wait4(process.pid, os.WNOHANG)
                seconds = time.perf_counter() - started
                if ended:
                    break
                resident = tree.sample()
                if outcome is None and seconds > time_limit:
                    outcome = "out of time"
                if outcome is None and resident > memory_guard:
                    outcome = "out of memory"
                if outcome is not None:
                    tree.kill()
                time.sleep(SECONDS_BETWEEN_SAMPLES)
        finally:  # also when someone interrupts the benchmark
            tree.kill()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measurement(
        outcome=outcome or outcome_of(process.returncode, log),
        seconds=seconds,
        # The sum of the kernel omits children that were not waited for; the samples omit the end of
        # each process.
        cpu_seconds=max(usage.ru_utime + usage.ru_stime, tree.cpu_seconds),
        # ru_maxrss is in kilobytes, covers only the largest process, and misses no peak.
        peak_bytes=max(tree.peak_bytes, usage.ru_maxrss * 1024),
        load_before=load_before,
    )


def outcome_of(returncode: int, log: Path) -> str:
    """Return how a program ended that the benchmark did not stop."""
    if returncode == 0:
        return "finished"
    printed = log.read_text(errors="replace")
    killed_by_kernel = returncode == -signal.SIGKILL
    if killed_by_kernel or any(error in printed for error in MEMORY_ERRORS):
        return "out of memory"
    return "failed"


class ProcessTree:
    """A process and its descendants, seen by sampling."""

    def __init__(self, pid: int):
        self.root = psutil.Process(pid)
        self.peak_bytes = 0
        self._cpu_seconds: dict[psutil.Process, float] = {}

    @property
    def cpu_seconds(self) -> float:
        """User and system seconds of every process at its last sample."""
        return sum(self._cpu_seconds.values())

    def sample(self) -> int:
        """Return the resident bytes of all processes now, and remember the highest."""
        resident = 0
        for process in self._processes():
            try:
                with process.oneshot():
                    resident += process.memory_info().rss
                    spent = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            self._cpu_seconds[process] = spent.user + spent.system
        self.peak_bytes = max(self.peak_bytes, resident)
        return resident

    def kill(self) -> None:
        """End every process seen so far that still runs."""
        for process in {*self._cpu_seconds, *self._processes()}:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue

    def _processes(self) -> list[psutil.Process]:
        try:
            return [self.root, *self.root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []
