"""From the database to what stands beside the figures of a page: documents, objections, regions received.

Read once per cut, before further processes are started; `Papers.beside` puts a region's part into its view.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.db.models import Max, Model, QuerySet

from sirekap.election.contests import ContestKind
from sirekap.paper.documents.model import DocumentKind
from sirekap.publication import load, load_objections, load_received, model, model_papers
from sirekap.publication.books import Book
from sirekap.publication.texts import Text, say
from sirekap.records.models import (
    Document,
    DocumentRefusal,
    DocumentScan,
    DocumentSignature,
    SheetVersion,
)
from sirekap.workflow.documents import SHEETS
from sirekap.workflow.sheet_status import SheetState, SheetStatus, sheet_statuses

Fact = TypeVar("Fact", bound=Model)
FOLDER = "dokumen"
METER_DIGITS = 4
"""Down to this tier a region's page says how many of its sheets are issued and signed."""
TITLES: dict[str, Text] = {
    DocumentKind.DHASIL_KECAMATAN: say("D.HASIL KECAMATAN-KWK"),
    DocumentKind.DHASIL_KABKO: say("D.HASIL KABKO-KWK"),
    DocumentKind.DHASIL_PROV: say("D.HASIL PROV-KWK"),
    DocumentKind.SK_HASIL: say("Keputusan penetapan hasil"),
    DocumentKind.SK_TERPILIH: say("Keputusan penetapan pasangan calon terpilih"),
    DocumentKind.BERITA_ACARA: say("Berita acara rapat pleno"),
    DocumentKind.KEJADIAN_KHUSUS: say("D.KEJADIAN KHUSUS DAN/ATAU KEBERATAN"),
    DocumentKind.DAFTAR_HADIR: say("Daftar hadir rapat pleno"),
    DocumentKind.TANDA_TERIMA: say("Tanda terima salinan"),
    DocumentKind.BAHAN_PLENO: say("Bahan rapat pleno"),
}
"""Kind of document -> its name, in the order of a list."""
DECREES = (DocumentKind.SK_HASIL, DocumentKind.SK_TERPILIH)
_ORDER = {str(kind): place for place, kind in enumerate(TITLES)}
PROVINCE_DIGITS, DISTRICT_DIGITS = 2, 6
IDS = 400
"""Keys in one query."""


def path(document: object, suffix: str = "pdf") -> str:
    """Where a document's file or page lies, from the site's root; ``document``: its id."""
    return f"{FOLDER}/{document}.{suffix}"


@dataclass
class Papers:
    """What one cut knows beside the figures. ``newest``: region -> newest ledger index about its documents."""

    newest: dict[str, int]
    objections: load_objections.Objections
    received: dict[str, tuple[model.Received, ...]]
    """Contest -> regions that other nodes counted."""
    sheets: dict[str, dict[str, SheetStatus]] = field(default_factory=dict)
    """Contest -> region -> its sheet in force."""
    documents: dict[str, list[Document]] = field(default_factory=dict)
    """Region -> its documents."""
    versions: dict[tuple[str, str], list[SheetVersion]] = field(default_factory=dict)
    """Region and contest -> versions of its sheet, oldest first."""
    newest_inside: dict[str, int] = field(init=False)
    """The same as ``newest``, of a region and all those below it."""

    def __post_init__(self) -> None:
        self.newest_inside = {}
        for region, index in self.newest.items():
            for code in (region[:digits] for digits in (2, 4) if digits <= len(region)):
                self.newest_inside[code] = max(self.newest_inside.get(code, -1), index)

    def changed(self, since: int) -> list[str]:
        """Regions whose documents changed at that ledger index or later."""
        return [region for region, index in self.newest.items() if index >= since]

    def read(self, regions: Iterable[str] | None) -> None:
        """Read the documents of these regions, or of all. A region that is not read shows none."""
        wanted = None if regions is None else sorted(set(regions) & set(self.newest))
        self.documents, self.versions = _documents(wanted), _versions(wanted)

    def beside(self, src: load.Source, view: model.RegionView) -> model.RegionView:
        """The region's view with its documents, objections and received regions."""
        contest = src.books[view.kind].contest.pk
        documents = tuple(self.listed(view.code, contest))
        objections, told = self.objections.of_region(src, view.code, contest)
        known = self.received.get(contest, ()) if len(view.code) == PROVINCE_DIGITS else ()
        received = tuple(one for one in known if one.code.startswith(view.code))
        index = max(self._newest(view.code), told, *(one.ledger_index for one in received), -1)
        cut = max(view.cut, src.stamp(index), key=lambda cut: cut.number) if index >= 0 else view.cut
        complete = self.completeness(src, view.kind, view.code) if len(view.code) <= METER_DIGITS else None
        return replace(
            view, documents=documents, objections=objections, received=received, cut=cut, completeness=complete
        )

    def _newest(self, code: str) -> int:
        return (self.newest if len(code) > METER_DIGITS else self.newest_inside).get(code, -1)

    def listed(self, region: str, contest: str) -> Iterable[model_papers.Document]:
        """A region's documents in one contest, those of its sessions for every contest."""
        found = [d for d in self.documents.get(region, ()) if d.contest_id in (None, contest)]
        found.sort(key=lambda d: (_ORDER[d.kind], -d.version, -d.entry_id))
        return (self.entry(document) for document in found)

    def entry(self, document: Document) -> model_papers.Document:
        """A document as a list names it."""
        return model_papers.Document(
            title=self.title(document),
            path=path(document.pk),
            sha256=document.cursor.sha256,
            at=document.at,
            note=self.state(document),
            page=path(document.pk, "html"),
            signed=None if document.kind == DocumentKind.BAHAN_PLENO else document.cursor.complete,
            decree=document.kind in DECREES,
        )

    def title(self, document: Document) -> Text:
        """What a document is, in words, with its version from the second on."""
        name = TITLES[document.kind]
        return say("%(name)s, versi %(n)s", name=name, n=document.version) if document.version > 1 else name

    def state(self, document: Document) -> Text:
        """Where a document stands, in words."""
        if document.kind == DocumentKind.BAHAN_PLENO:
            return say("Bahan rapat, tidak ditandatangani")
        if self.replaced(document):
            newest = self.of_sheet(document)[-1].version
            return say("Digantikan versi %(n)s", n=newest) if newest > document.version else say("Bukan angka terakhir")
        if document.kind in SHEETS and not self.of_sheet(document):
            return say("Rapatnya belum ditutup")
        return say("Lengkap ditandatangani") if document.cursor.complete else say("Menunggu tanda tangan")

    def replaced(self, document: Document) -> bool:
        """Whether the sheet in force says something else than this one."""
        if document.kind not in SHEETS or not (known := self.of_sheet(document)):
            return False
        return (known[-1].version, known[-1].figures_sha256) != (document.version, document.figures_sha256)

    def of_sheet(self, document: Document) -> list[SheetVersion]:
        """Versions of a document's sheet, oldest first."""
        return self.versions.get((document.region_id, document.contest_id or ""), [])

    def completeness(self, src: load.Source, kind: ContestKind, code: str) -> model_papers.Completeness | None:
        """Sheets of a region and below: of every district, regency and, for the governor, province of the contest."""
        book = src.books[kind]
        own = book.contest.region
        tiers = [digits for digits in (2, 4, 6) if digits >= max(len(own), len(code))]
        inside = [c for digits in tiers for c in ([code] if digits == len(code) else book.children(code, digits))]
        codes = [c for c in inside if c.startswith(own)]
        if not codes:
            return None
        if book.contest.pk not in self.sheets:
            self.sheets[book.contest.pk] = sheet_statuses(book.contest.pk)
        found = [self.sheets[book.contest.pk].get(c) for c in codes]
        issued = [status for status in found if status is not None and status.document is not None]
        signed = sum(status.state is SheetState.SIGNED for status in issued)
        return model_papers.Completeness(len(codes), len(issued), signed)


def papers(src: load.Source) -> Papers:
    """What changed when, and what is read once; documents follow with `Papers.read`."""
    out = Papers(newest_by_region(), load_objections.read(src), load_received.read(src))
    for book in src.books.values():
        if out.newest:
            out.sheets[book.contest.pk] = sheet_statuses(book.contest.pk)
        else:
            out.sheets[book.contest.pk] = {}
    return out


def newest_by_region() -> dict[str, int]:
    """Region -> ledger index of the newest entry about its documents or the versions of its sheets."""
    out: dict[str, int] = defaultdict(lambda: -1)
    for facts, column in (
        (Document, "region_id"),
        (DocumentSignature, "document__region_id"),
        (DocumentRefusal, "document__region_id"),
        (DocumentScan, "document__region_id"),
        (SheetVersion, "region_id"),
    ):
        found = facts.objects.order_by().values_list(column).annotate(newest=Max("entry__leaf__index"))
        for region, index in found:
            out[region] = max(out[region], -1 if index is None else index)
    return dict(out)


def _documents(regions: list[str] | None) -> dict[str, list[Document]]:
    out: dict[str, list[Document]] = defaultdict(list)
    found = Document.objects.select_related("cursor").order_by("entry_id")
    for document in found if regions is None else _some(found, regions):
        out[document.region_id].append(document)
    return out


def _versions(regions: list[str] | None) -> dict[tuple[str, str], list[SheetVersion]]:
    out: dict[tuple[str, str], list[SheetVersion]] = defaultdict(list)
    found = SheetVersion.objects.order_by("version")
    for version in found if regions is None else _some(found, regions):
        out[version.region_id, version.contest_id].append(version)
    return out


def _some(found: QuerySet[Fact], regions: list[str]) -> Iterator[Fact]:
    for start in range(0, len(regions), IDS):
        yield from found.filter(region_id__in=regions[start : start + IDS])


def of(src: load.Source) -> Papers:
    """The papers of this cut, read once."""
    if "papers" not in src.shared:
        src.shared["papers"] = papers(src)
        src.shared["papers"].read(None)
    found: Papers = src.shared["papers"]
    return found


def read_due(src: load.Source, known: Papers, only: Mapping[ContestKind, set[str]], since: int) -> None:
    """Read the documents of every region that a cut of what changed shows: those due and those of whole contests."""
    due = {code for codes in only.values() for code in codes if len(code) <= DISTRICT_DIGITS}
    known.read(due | set(known.changed(since)) | {book.contest.region for book in src.books.values()})


def region(src: load.Source, kind: ContestKind, code: str) -> model.RegionView:
    """A region's view as its page shows it, with what stands beside the figures."""
    return of(src).beside(src, load.region(src, kind, code))


def with_due(
    src: load.Source, known: Papers, only: Mapping[ContestKind, set[str]], since: int
) -> dict[ContestKind, set[str]]:
    """The pages due, and those due because of documents, objections or regions received though no figure changed."""
    out = defaultdict(set, {kind: set(codes) for kind, codes in only.items()})
    places = [*known.changed(since), *known.objections.changed(since)]
    for kind, book in src.books.items():
        for place in places:
            out[kind] |= {c for c in (place[:n] for n in (*load.TIERS, 13) if n <= len(place)) if _has(book, c)}
        for one in known.received.get(book.contest.pk, ()):
            if one.ledger_index >= since:
                out[kind].add(one.code[:2])
    return dict(out)


def _has(book: Book, code: str) -> bool:
    return book.place(code) is not None if len(code) == 13 else code in book
