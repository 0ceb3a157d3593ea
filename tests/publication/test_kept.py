"""What a publishing process keeps between cuts: never another result, and few queries however many stations."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test.utils import CaptureQueriesContext
from support import small_election
from support.small_election import STATIONS, SmallElection, figures, row_id

from sirekap.election.contests import ContestKind
from sirekap.evidence.store import EvidenceStore, open_store
from sirekap.ledger.note import Signer
from sirekap.publication import books, load, load_papers, load_stations, model, paths, publish
from sirekap.records.models import Checkpoint, Contest
from sirekap.workflow import register, sequencing

pytestmark = pytest.mark.django_db
LOG = Signer("small.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
COLUMNS = ("standing", "pages", "last", "counted", "matrix", "stated")


@pytest.fixture
def small() -> SmallElection:
    return small_election.build()


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return open_store(str(tmp_path / "evidence"))


def _same(book: books.Book, other: books.Book) -> bool:
    columns = all(np.array_equal(getattr(book, name), getattr(other, name)) for name in COLUMNS)
    sums = [book.figures(code) == other.figures(code) for digits in load.TIERS for code in book.regions(digits)]
    return columns and all(sums) and (book.codes, book.findings, book.ids) == (other.codes, other.findings, other.ids)


def _head(small: SmallElection) -> model.Cut:
    sequencing.sequence(small.at, LOG)
    head = Checkpoint.objects.order_by("size").last()
    assert head is not None
    return model.Cut(1, small.at, head.size, head.root)


def test_refreshed_rows_equal_rows_read_anew(small: SmallElection, store: EvidenceStore) -> None:
    kept = load.Kept()
    load.source(_head(small), kept)
    first = dict(kept.books)
    small_election.verify(small, store, row_id(STATIONS[1]))
    small_election.photograph(small, store, row_id(STATIONS[4]))
    load.source(_head(small), kept)
    assert kept.books == first
    for contest in Contest.objects.prefetch_related("pairs"):
        anew = books.read(contest)
        assert anew is not None and _same(kept.books[ContestKind(contest.kind)], anew)


def test_rows_are_read_whole_when_the_register_changed_or_the_ledger_is_another(
    small: SmallElection, store: EvidenceStore
) -> None:
    kept = load.Kept()
    load.source(_head(small), kept)
    small_election.verify(small, store, row_id(STATIONS[1]))
    register.close_station(small.administrator, STATIONS[2], "Dilebur ke TPS lain", small.at.date(), small.at)
    load.source(_head(small), kept)
    assert STATIONS[2] not in kept.books[ContestKind.REGENT].codes
    kept.root = "00" * 32
    assert not kept.brought_up(_head(small))


def test_cuts_of_one_process_equal_cuts_of_new_ones(tmp_path: Path, small: SmallElection, store: EvidenceStore) -> None:
    kept = load.Kept()
    for number, station in enumerate(STATIONS[:3]):
        small_election.verify(small, store, row_id(station))
        publish.publish(tmp_path / "kept", store, LOG, small.at + timedelta(minutes=number), kept=kept)
    pages = {p.relative_to(tmp_path / "kept"): p.read_bytes() for p in (tmp_path / "kept").glob("pkw*/**/*.json")}
    whole = publish.publish(tmp_path / "new", store, LOG, small.at + timedelta(minutes=2), whole=True)
    assert whole is not None
    stations = {path: data for path, data in pages.items() if path.name == "data.json"}
    assert {p for p, data in stations.items() if (tmp_path / "new" / p).read_bytes() != data} == set()


def test_closed_station_goes_in_a_partial_cut(tmp_path: Path, small: SmallElection, store: EvidenceStore) -> None:
    publish.publish(tmp_path / "site", store, LOG, small.at)
    register.close_station(small.administrator, STATIONS[2], "Dilebur ke TPS lain", small.at.date(), small.at)
    report = publish.publish(tmp_path / "site", store, LOG, small.at)
    assert report is not None and report.files_removed == len(ContestKind)
    assert not (tmp_path / "site" / paths.page(ContestKind.REGENT, STATIONS[2])).exists()
    assert [path for path in report.paths_written if path.endswith(f"{STATIONS[0]}.html")] == []


@pytest.mark.parametrize("stations", [1, 3])
def test_queries_do_not_grow_with_the_stations(small: SmallElection, store: EvidenceStore, stations: int) -> None:
    for station in STATIONS[:stations]:
        small_election.verify(small, store, row_id(station))
    src = load.source(_head(small), load.Kept())
    only = {ContestKind.REGENT: {code[:n] for code in STATIONS[:stations] for n in (*load.TIERS, 13)}}
    load_papers.of(src)
    with CaptureQueriesContext(connection) as queries:
        views = [
            view
            for batch in load_stations.batches(src, only)
            for _, some in load_stations.villages(src, batch)
            for view in some
        ]
    assert [view.verified for view in views] == [figures(row_id(code)) for code in STATIONS[:stations]]
    assert len(queries) == 13
