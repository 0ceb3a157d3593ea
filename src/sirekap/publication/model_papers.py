"""What the public reads of documents and objections: who signed in which capacity, which version, what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sirekap.publication.texts import Text


@dataclass(frozen=True, slots=True)
class Document:
    """A published document in a list: title, paths of file and page from the site's root, hash, time, where it stands.

    ``signed``: whether signatures enough are there, ``None`` for what nobody signs. ``decree``: a decision (SK).
    """

    title: str
    path: str
    sha256: str
    at: datetime
    note: str = ""
    page: str = ""
    signed: bool | None = None
    decree: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature box. ``state``: in words; ``at`` and ``ledger_index`` of what happened to it, if anything."""

    title: Text
    state: Text
    key: str
    at: datetime | None = None
    reason: str = ""
    ledger_index: int | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan of the paper signed in ink: path from the site's root, hash, time."""

    path: str
    sha256: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A figure that differs between two versions; ``place``: the station's page from the root, or empty for a sum."""

    name: str
    place: str
    field: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Cause:
    """An act that changed figures of a sheet: what, at which station (path of its page), why."""

    what: Text
    name: str
    place: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from the version before: station rows, sums, and the acts behind them. ``more``: rows not listed."""

    older: int
    newer: int
    rows: tuple[ChangedCell, ...]
    more: int
    totals: tuple[ChangedCell, ...]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Everything public about one issued document. ``crumbs``: (path from the root, name), ``others``: other issues."""

    document: Document
    id: str
    contest_title: str
    region: str
    region_name: str
    crumbs: tuple[tuple[str, str], ...]
    version: int
    pages: int
    size: int
    figures_sha256: str
    ledger_index: int | None
    signatures: tuple[Signature, ...]
    replaced: bool
    scans: tuple[Scan, ...] = ()
    others: tuple[Document, ...] = ()
    difference: Difference | None = None

    @property
    def refused(self) -> tuple[Signature, ...]:
        """Boxes that somebody would not sign."""
        return tuple(one for one in self.signatures if one.key == "refused")


@dataclass(frozen=True, slots=True)
class Completeness:
    """Sheets (D.Hasil) of a region and those below it: expected, issued in the version in force, signed enough."""

    expected: int
    issued: int
    signed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What one plenary made of an objection; ``remedy``: what it did about it, with the page where that stands."""

    tier: Text
    status: Text
    text: str
    at: datetime
    remedy: Text | None = None
    place: str = ""
    ledger_index: int | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection or special incident as the public may read it. ``attachments``: SHA-256 of files kept inside.

    ``published``: the text for the public, empty when there is none yet: then ``commitment`` stands for it.
    """

    kind: Text
    who: Text
    subject: Text
    name: str
    place: str
    contest: str
    fields: tuple[str, ...]
    published: str
    commitment: str
    at: datetime
    ledger_index: int | None
    standing: Text
    open: bool
    answers: tuple[Answer, ...] = ()
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CourtFact:
    """What the constitutional court's register or a ruling says: in words, its number, the day it is dated."""

    what: Text
    reference: str
    dated: date


@dataclass(frozen=True, slots=True)
class After:
    """What followed a determination: ``state``, what the contest waits for; days are local and included.

    ``petition_until``: last day for a petition. ``due``: last day of what it waits for now, where the law sets one.
    ``pair``, ``decision``, ``reference``, ``at``: of the elected pair, once determined.
    """

    state: Text
    petition_until: date | None
    due: date | None
    late: bool
    court: tuple[CourtFact, ...] = ()
    pair: int | None = None
    pair_name: str = ""
    decision: str = ""
    reference: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Superseded:
    """A determination that a ruling put aside: its number, by what, the ruling's number."""

    decision: str
    basis: Text
    reference: str
    at: datetime
