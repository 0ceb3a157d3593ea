"""The pages of one cut, in this process or in several that read the same state of the database."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sirekap.election.contests import ContestKind
from sirekap.evidence.store import EvidenceStore
from sirekap.publication import document_pages, load, load_front, load_papers, load_stations, model, open_files
from sirekap.publication.site import Part, SiteWriter
from sirekap.records import snapshot

Advance = Callable[[int, int], None]
"""Told of (finished, all) station pages."""
Only = Mapping[ContestKind, set[str]] | None
Batch = load_stations.Batch | tuple[tuple[ContestKind, str], ...]
PARALLEL_FROM = 300
"""Station pages from which further processes are started."""
REGIONS = 40
"""Regions written together."""


def render(
    root: Path, src: load.Source, store: EvidenceStore, since: int | None, advance: Advance, processes: int = 1
) -> model.Report:
    """Write every page, or those that changed at ledger index ``since`` or later, their ancestors, the documents and
    the open data.
    """
    only = load.changed(src, since) if since is not None else None
    since = None if only is None else since
    papers = load_papers.papers(src)
    if only is None or since is None:
        papers.read(None)
    else:
        only = load_papers.with_due(src, papers, only, since)
        load_papers.read_due(src, papers, only, since)
    src.shared["papers"] = papers
    writer = SiteWriter(root, load_front.site_info(src), partial=since is not None)
    total = load.station_count(src, only)
    done = 0
    for finished in _villages(_Work(writer, src, only), total, processes):
        done += finished
        advance(done, total)
    document_pages.add(writer, src, papers, store, since)
    load_front.add_pages(writer, src, since)
    open_files.add_open_files(writer, src, only)
    return writer.finish()


@dataclass(slots=True)
class _Work:
    """What every process works on; children inherit it."""

    writer: SiteWriter
    src: load.Source
    only: Only

    def batch(self, batch: Batch) -> int:
        """Write some villages, or some regions above them; returns the station pages among them."""
        done = 0
        if not isinstance(batch, load_stations.Batch):
            for kind, code in batch:
                self.writer.add_region(load_papers.region(self.src, kind, code))
            return 0
        for (kind, village), stations in load_stations.villages(self.src, batch):
            self.writer.add_village(load_papers.region(self.src, kind, village), stations)
            done += len(stations)
        return done


def _villages(work: _Work, total: int, processes: int) -> Iterator[int]:
    """Write all villages due; yields the station pages of each finished batch."""
    batches: list[Batch] = [*load_stations.batches(work.src, work.only), *_above(work.src, work.only)]
    large = processes > 1 and total >= PARALLEL_FROM and snapshot.can_join()
    parts = _in_processes(work, batches, processes) if large else None
    yield from (work.batch(batch) for batch in batches) if parts is None else parts


def _above(src: load.Source, only: Only) -> Iterator[tuple[tuple[ContestKind, str], ...]]:
    """The regions due above the villages, some together."""
    due = [
        (kind, code)
        for kind, book in src.books.items()
        for digits in load.TIERS[:-1]
        for code in book.regions(digits)
        if only is None or code in only.get(kind, ())
    ]
    for start in range(0, len(due), REGIONS):
        yield tuple(due[start : start + REGIONS])


_job: tuple[_Work, list[Batch], object] | None = None
_joined: bool | None = None
_open = ExitStack()


def _in_processes(work: _Work, batches: list[Batch], processes: int) -> Iterator[int] | None:
    """As above with further processes; ``None`` when one of them could not read this process's state."""
    global _job
    _job = (work, batches, snapshot.state())
    pool = ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork"))
    first = [pool.submit(_part, number) for number in range(min(processes, len(batches)))]
    found = [future.result() for future in first]
    if None in found:
        pool.shutdown()
        return None
    return _collect(work, pool, [part for part in found if part is not None], len(first), len(batches))


def _collect(work: _Work, pool: ProcessPoolExecutor, parts: list[Part], start: int, stop: int) -> Iterator[int]:
    with pool:
        for part in parts:
            yield work.writer.adopt(part)
        for later in pool.map(_part, range(start, stop)):
            if later is None:
                raise RuntimeError("a process of this cut lost the state of the database it was to render")
            yield work.writer.adopt(later)


def _part(number: int) -> Part | None:
    """In a child: write one batch; ``None`` when this child does not see its parent's state."""
    global _joined
    if _job is None:
        raise RuntimeError("nothing to render here")
    work, batches, state = _job
    if _joined is None:
        _joined = snapshot.join(_open, state)
    if not _joined:
        return None
    work.writer.begin_part()
    return work.writer.end_part(work.batch(batches[number]))
