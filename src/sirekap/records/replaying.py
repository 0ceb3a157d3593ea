"""The ledger alone is enough: export its entries, replay them into an empty database, compare states."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from sirekap.ledger import canonical
from sirekap.ledger.checkpoint import parse_checkpoint
from sirekap.ledger.errors import CanonicalError
from sirekap.ledger.log_reader import PublishedLog
from sirekap.ledger.note import split_note
from sirekap.ledger.tree import Frontier, leaf_hash
from sirekap.records import cursors, journal, locks, projections, totals
from sirekap.records.ledger_folder import folder_reader
from sirekap.records.models import (
    Attendance,
    Contest,
    ContestCursor,
    ContestReopened,
    Correction,
    CorrectionField,
    CourtRecord,
    Determination,
    Document,
    DocumentCursor,
    DocumentRefusal,
    DocumentScan,
    DocumentSignature,
    Elected,
    Entry,
    FigureSet,
    Generation,
    ItemDecision,
    ItemReopened,
    Leaf,
    LogRotation,
    Mandate,
    NodeListing,
    NodeMerge,
    NodeOpening,
    Objection,
    ObjectionAnswer,
    ObjectionAttachment,
    ObjectionPublished,
    Pair,
    PanelChange,
    Photo,
    PhotoReading,
    ReceivedRegion,
    Region,
    RegionHold,
    RegionLock,
    RegionTaken,
    RegionUnlock,
    SessionCursor,
    SessionEvent,
    SheetVersion,
    Statement,
    StatementSeen,
    Station,
    StationChange,
    StationContest,
    Verification,
    Witness,
)
from sirekap.records.models.base import held_back

BATCH = 500
"""Entries per transaction."""
PUBLISHED = "buku-besar"
"""The ledger's folder in a published site."""

SECTIONS: dict[str, tuple[Any, ...]] = {
    "register": (Region, Contest, Pair, Station, StationChange, Mandate),
    "cursors": (StationContest,),
    "sessions": (SessionCursor,),
    "contests": (ContestCursor,),
    "photos": (Photo,),
    "readings": (PhotoReading,),
    "figures": (FigureSet,),
    "statements": (Statement, StatementSeen),
    "verifications": (Verification,),
    "generations": (Generation,),
    "corrections": (Correction, CorrectionField),
    "decisions": (SessionEvent, ItemDecision, RegionTaken, Determination, Elected),
    "conduct": (ItemReopened, Attendance, PanelChange),
    "objections": (Objection, ObjectionAttachment, ObjectionPublished, ObjectionAnswer),
    "sheets": (SheetVersion,),
    "court": (ContestReopened, CourtRecord),
    "documents": (Document, DocumentSignature, DocumentRefusal, DocumentScan, DocumentCursor),
    "nodes": (RegionLock, RegionUnlock, NodeOpening, NodeMerge, NodeListing, ReceivedRegion, RegionHold),
    "log": (LogRotation, Witness),
}
"""Section of :func:`state_digest` -> tables it covers, every column except those of `LOCAL`."""

# Keys sort alike under every collation, except those of CorrectionField, which end in a word.
LOCAL = ("last_seq", "entry_id")
"""Columns that hold this database's own numbering of entries."""


class ReplayError(Exception):
    """A replay that cannot be done; ``text_id`` and ``text_en`` say what to do."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


def export(path: Path) -> int:
    """Write every sequenced entry, in leaf order, one line of canonical JSON each; returns their number."""
    count = 0
    with path.open("wb") as out:
        for content in Leaf.objects.order_by("index").values_list("entry__content", flat=True).iterator(BATCH):
            out.write(bytes(content) + b"\n")
            count += 1
    return count


def entries_in(source: Path) -> Iterator[bytes]:
    """Canonical bytes of every entry in a file of :func:`export`, or in the ledger of a published site's folder.

    Raises `LedgerError` for a folder whose entries do not match its own tree.
    """
    if not source.is_dir():
        with source.open("rb") as file:
            for line in file:
                yield line.removesuffix(b"\n")
        return
    folder = next((f for f in (source / PUBLISHED, source) if (f / "checkpoint").is_file()), None)
    if folder is None:
        raise ReplayError(
            f"Folder {source} tidak memuat buku besar terbitan ({PUBLISHED}/checkpoint).",
            f"The folder {source} holds no published ledger ({PUBLISHED}/checkpoint).",
        )
    head = parse_checkpoint(split_note((folder / "checkpoint").read_bytes())[0])
    yield from PublishedLog(folder_reader(folder), head.size).entries()


def root_of(source: Path, size: int | None = None) -> tuple[int, bytes]:
    """Number of entries in a source (at most ``size``) and the root of their tree."""
    frontier = Frontier()
    for entry in islice(entries_in(source), size):
        frontier.append(leaf_hash(entry))
    return frontier.size, frontier.root()


def replay_file(
    source: Path, checkpoint: tuple[int, bytes] | None = None, progress: Callable[[int], None] | None = None
) -> int:
    """Insert the entries of a source (see :func:`entries_in`) into an empty database; returns their number.

    ``checkpoint``: (size, root) that the source must contain, checked before anything is inserted.
    Raises `ReplayError`; after an error in the middle the database is of no use.
    """
    if Entry.objects.exists():
        raise ReplayError(
            "Basis data ini sudah berisi entri. Pakai basis data kosong.",
            "This database holds entries already. Use an empty one.",
        )
    if checkpoint is not None and root_of(source, checkpoint[0]) != checkpoint:
        raise ReplayError(
            "Berkas ini tidak cocok dengan titik periksa buku besar. Ambil ulang dari sumbernya.",
            "This file does not match the ledger's checkpoint. Fetch it again from its source.",
        )
    entries, frontier = entries_in(source), Frontier()
    while batch := list(islice(entries, BATCH)):
        _replay_batch(batch, frontier)
        if progress:
            progress(len(batch))
    return frontier.size


@transaction.atomic
def _replay_batch(batch: list[bytes], frontier: Frontier) -> None:
    entries, contents = [], []
    for number, raw in enumerate(batch, start=frontier.size + 1):
        with _named(number):
            contents.append(canonical.loads(raw))
            entries.append(journal.entry_of(raw, contents[-1]))
    Entry.objects.bulk_create(entries)
    numbered = zip(range(frontier.size + 1, frontier.size + len(batch) + 1), entries, contents, strict=True)
    for together, group in groupby(numbered, key=lambda item: item[1].kind in projections.OF_ROW):
        _project(list(group), together)
    Leaf.objects.bulk_create([Leaf(index=frontier.size + i, entry=entry) for i, entry in enumerate(entries)])
    frontier.append_many(entry.leaf_hash for entry in entries)
    state = locks.sequencer_state()
    state.size, state.frontier = frontier.size, frontier.to_hex()
    state.save()


def _project(group: list[tuple[int, Entry, dict[str, Any]]], together: bool) -> None:
    """Apply entries in order. Those about single rows only touch these rows and are stored ``together``."""
    if not together:
        for number, entry, content in group:
            with _named(number):
                projections.apply(entry, content["actor"], content["body"])
        return
    with _named(group[0][0]):
        rows = StationContest.objects.select_related("contest").in_bulk(
            {content["body"]["row"] for _, _, content in group}
        )
    with held_back(), cursors.held_back():
        for number, entry, content in group:
            with _named(number):
                projections.apply(entry, content["actor"], content["body"], rows[content["body"]["row"]])


@contextmanager
def _named(number: int) -> Iterator[None]:
    """Errors in the block become a `ReplayError` that names the entry."""
    try:
        yield
    except (CanonicalError, LookupError, TypeError, ValueError, ObjectDoesNotExist) as error:
        raise ReplayError(
            f"Entri ke-{number} rusak atau tidak dikenal ({error}). Ambil ulang berkasnya.",
            f"Entry {number} is damaged or unknown ({error}). Fetch the file again.",
        ) from error


def state_digest() -> dict[str, str]:
    """Section -> SHA-256 of what this database says, independent of engine and of entry numbering.

    Sections are those of `SECTIONS`, and ``totals``: the sums of every region in every contest.
    """
    out = {name: _digest(models) for name, models in SECTIONS.items()}
    digest = hashlib.sha256()
    for contest in Contest.objects.order_by("pk"):
        digest.update(canonical.dumps([contest.pk, totals.of_contest(contest.pk)]))
    return out | {"totals": digest.hexdigest()}


def _digest(models: tuple[Any, ...]) -> str:
    digest = hashlib.sha256()
    for model in models:
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in LOCAL]
        digest.update(canonical.dumps([model._meta.label, names]))
        rows = model.objects.order_by("pk").values_list(*names).iterator(2000)
        for row in sorted(rows) if model is CorrectionField else rows:
            digest.update(canonical.dumps([_plain(value) for value in row]))
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime):
        return journal.timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
