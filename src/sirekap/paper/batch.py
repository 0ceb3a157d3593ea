"""A village, district or regency of sheets into a folder, on all cores; every file is complete or absent."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from sirekap.keys import Key
from sirekap.paper.frame import Heading
from sirekap.paper.printing import CHUNK, Size, Station, print_each, print_forms

ALONE = 2 * CHUNK
"""Up to so many forms are printed in this process: starting others takes longer."""


@dataclass(frozen=True, slots=True)
class Order:
    """Forms of one contest for these stations. ``name`` begins the names of their files."""

    heading: Heading
    stations: tuple[Station, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Printed:
    """One file written."""

    path: Path
    forms: int
    pages: int
    bytes: int


def print_to(
    folder: Path, orders: Sequence[Order], *, size: Size = Size.A4, key: Key | None = None, workers: int | None = None
) -> Iterator[Printed]:
    """One file a station and contest, ``folder/<village>/<station>-<name>.pdf``; yields as files are written.

    ``workers``: processes; by default one a core where it pays, else none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    work = [
        (folder, Order(order.heading, order.stations[start : start + CHUNK], order.name), size, key)
        for order in orders
        for start in range(0, len(order.stations), CHUNK)
    ]
    forms = sum(len(order.stations) for order in orders)
    count = workers if workers is not None else (0 if forms <= ALONE else min(os.cpu_count() or 1, len(work)))
    if count <= 1:
        for job in work:
            yield from _files(*job)
        return
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in as_completed([pool.submit(_all_files, *job) for job in work]):
            yield from future.result()


def print_one(path: Path, order: Order, *, size: Size = Size.A4, key: Key | None = None) -> Printed:
    """All forms of one order in one file, station after station; without stations one blank form."""
    stations = order.stations or (None,)
    data = print_forms(order.heading, stations, size=size, key=key)
    return _write(path, data, len(stations), order.heading.pages)


def _all_files(folder: Path, order: Order, size: Size, key: Key | None) -> list[Printed]:
    return list(_files(folder, order, size, key))


def _files(folder: Path, order: Order, size: Size, key: Key | None) -> Iterator[Printed]:
    for station, data in print_each(order.heading, order.stations, size=size, key=key):
        path = folder / station.code[:10] / f"{station.code}-{order.name}.pdf"
        yield _write(path, data, 1, order.heading.pages)


def _write(path: Path, data: bytes, forms: int, pages: int) -> Printed:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
    return Printed(path, forms, forms * pages, len(data))
