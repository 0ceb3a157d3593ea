"""The tasks of `bench.reading`, spread over processes of one thread each, with a progress bar on stderr."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2

from bench import reading_crops, reading_peers, reading_photos
from bench.reading_crops import Outcome, Task
from bench.reading_peers import Number
from bench.reading_photos import LARGE, SENT, FormSeen, Lied, Seen
from bench.second_renderer import glyphs

if TYPE_CHECKING:
    from bench.reading import Sizes


@dataclass(slots=True)
class Found:
    """Everything that the figures are made of. Keys of ``crops``: the names of `bench.reading.Sizes`."""

    crops: dict[str, list[Outcome]] = field(default_factory=dict)
    whole: list[tuple[FormSeen, ...]] = field(default_factory=list)
    wide: list[tuple[Seen, ...]] = field(default_factory=list)
    lies: list[Lied] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


CROPS = {
    "typical": ("typical", SENT, "form", True),
    "typical_12mp": ("typical", LARGE, "form", True),
    "hard": ("hard", SENT, "form", True),
    "hard_12mp": ("hard", LARGE, "form", False),
    "shift": ("typical", SENT, "form", False),
    "shift_12mp": ("typical", LARGE, "form", False),
    "other": ("typical", SENT, "other", False),
    "other_12mp": ("typical", LARGE, "other", False),
}
"""Profile, long side, what is in the boxes, and whether forms are judged."""


Keep = Callable[[Found], None]
KEPT_EVERY = 250
"""Results after which what there is so far is kept."""


def work(sizes: Sizes, seed: int, hands: str, workers: int, keep: Keep = lambda found: None) -> Found:
    """Run everything. Raises ``OSError`` when the writers' digits cannot be had.

    ``keep`` is given what there is after every `KEPT_EVERY` results and after every row.
    """
    found = Found()
    found.crops = {name: [] for name in CROPS}
    found.notes["hands"] = glyphs.source(hands).name
    shift = _shift(hands, found)
    with _runner(workers, hands) as run:
        for name, (profile, side, boxes, judged) in CROPS.items():
            source = shift if name.startswith("shift") else hands
            count = getattr(sizes, name) if source else 0
            tasks = [Task(seed, n, profile, side, source or "", boxes, judged) for n in range(count)]
            _timed(found, name, run, reading_crops.run, tasks, found.crops[name], keep)
        photos: tuple[tuple[str, Callable[[Task], Any], str], ...] = (
            ("whole", reading_photos.whole_form, "typical"),
            ("wide", reading_photos.one_page, "wide"),
            ("lies", reading_photos.lie, "typical"),
        )
        for name, make, profile in photos:
            tasks = [Task(seed, n, profile, LARGE, hands) for n in range(getattr(sizes, name))]
            _timed(found, name, run, make, tasks, getattr(found, name), keep)
        pages = [Task(seed, n, "typical", SENT, hands) for n in range(sizes.peers)]
        numbers: list[list[Number]] = []
        _timed(found, "peers", run, reading_peers.numbers, pages, numbers, keep)
        found.numbers = [number for page in numbers for number in page]
    return found


def _shift(hands: str, found: Found) -> str | None:
    """Where the hands of the shift rows come from."""
    if hands == "drawn":
        found.notes["shift"] = "drawn hands: no shift"
        return "drawn"
    try:
        found.notes["shift"] = glyphs.source("semeion").name
    except OSError as error:
        found.notes["shift"] = f"null: {error}"
        return None
    return "semeion"


def _timed(
    found: Found,
    name: str,
    run: Callable[..., Iterator[Any]],
    make: Callable[[Task], Any],
    tasks: Sequence[Task],
    out: list[Any],
    keep: Keep,
) -> None:
    began = time.perf_counter()
    for result in run(name, make, tasks):
        out.append(result)
        found.seconds[name] = round(time.perf_counter() - began, 1)
        if len(out) % KEPT_EVERY == 0 or len(out) == len(tasks):
            keep(found)


@contextmanager
def _runner(workers: int, hands: str) -> Iterator[Callable[..., Iterator[Any]]]:
    """A function that gives the results of tasks in order, made in ``workers`` processes or, for 0, in this one."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        *Progress.get_default_columns()[:2],
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[unit]}"),
    )
    pool = (
        ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_start, initargs=(hands,))
        if workers
        else None
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def run(name: str, make: Callable[[Task], Any], tasks: Sequence[Task]) -> Iterator[Any]:
            if not tasks:
                return
            bar = progress.add_task(f"{name:14}", total=len(tasks), unit="")
            chunk = max(min(len(tasks) // (8 * max(workers, 1)), 8), 1)
            results: Iterable[Any] = pool.map(make, tasks, chunksize=chunk) if pool else map(make, tasks)
            for result in results:
                progress.advance(bar)
                yield result

        try:
            yield run
        finally:
            if pool:
                pool.shutdown(cancel_futures=True)


def _start(hands: str) -> None:
    """Once in each process: one thread, and everything loaded before anything is timed."""
    cv2.setNumThreads(1)
    reading_photos.one_page(Task(0, 0, "typical", LARGE, hands))
