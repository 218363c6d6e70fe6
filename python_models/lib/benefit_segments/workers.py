"""Run small fits in parallel, one per core."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def single_threaded_workers() -> Iterator[ThreadPoolExecutor]:
    """Give one worker thread per core, each with one BLAS and one OpenMP thread.

    Small fits are faster in parallel than split over threads, and a fit in one thread has the same
    last digits on every machine. OpenMP keeps its limit per calling thread, hence the initializer;
    BLAS keeps one for all, hence the limit around the workers.
    """
    with (
        threadpool_limits(1),
        ThreadPoolExecutor(os.cpu_count(), initializer=threadpool_limits, initargs=(1,)) as workers,
    ):
        yield workers


def in_parallel(
    function: Callable, tasks: Sequence, what: str, report: Callable[[str], None]
) -> list:
    """Return function(task) of every task, in their order; `report` receives the progress.

    The last tasks start first: put those that take longest at the end.
    """
    results = []
    with single_threaded_workers() as workers:
        for result in workers.map(function, reversed(tasks)):
            results.append(result)
            report(f"{what}: {len(results)} of {len(tasks)} finished")
    return results[::-1]
