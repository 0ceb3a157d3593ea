"""All that a cut writes for machines beside its pages: tables, NIST's format, the feed, the commission's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Max

from sirekap.election.contests import ContestKind
from sirekap.publication import (
    atom,
    commission_files,
    load,
    load_outcome,
    load_papers,
    model,
    nist,
    open_data,
    open_data_page,
    paths,
)
from sirekap.publication.books import Book
from sirekap.publication.load import Source
from sirekap.publication.nist import Unit
from sirekap.publication.open_data import Changed
from sirekap.publication.site import SiteWriter
from sirekap.records.models import Determination, Document, Leaf

FEED = "data/atom.xml"
NIST = "data/nist"
DOCUMENTS_SHOWN = 50
"""Documents in the feed, the newest."""


def add_open_files(writer: SiteWriter, src: Source, only: Changed | None) -> None:
    """Write what is due; ``only``: kinds with the codes that changed, ``None`` for everything.

    Must run after the cut's villages are written, and before `SiteWriter.finish`.
    """
    only = None if only is None else own_changes(only)
    resources = open_data.add_tables(writer, src, only)
    open_data.add_package(writer, src, resources)
    for kind, book in src.books.items():
        if only is None or only.get(kind) or not writer.has(nist_path(book)):
            writer.add_file(nist_path(book), nist_report(src, kind, book))
    writer.add_file(FEED, feed(src, writer.site))
    commission = speaks_commission(src)
    reports = [nist_path(book).removeprefix("data/") for book in src.books.values()]
    official = all(src.official(book.contest) for book in src.books.values())
    open_data_page.add_page(writer, src.cut, resources, reports, official=official, commission=commission)
    if commission:
        commission_files.add_commission(writer, src, only, image_base())


def own_changes(only: Changed) -> dict[ContestKind, set[str]]:
    """Of the pages to render those whose own contest changed: stations, villages that lost one, their ancestors."""
    out = {}
    for kind, codes in only.items():
        low = [code for code in codes if len(code) >= 10]
        if low:
            out[kind] = {code[:n] for code in low for n in (*load.TIERS, 13) if n <= len(code)}
    return out


def nist_path(book: Book) -> str:
    """Where a contest's report lies."""
    return f"{NIST}/{book.contest.pk}.json"


def speaks_commission(src: Source) -> bool:
    """``SIREKAP_COMMISSION_JSON``; unset means: at the size of one regency."""
    chosen: bool | None = settings.CONFIG.commission_json
    return not open_data.is_large(src) if chosen is None else chosen


def image_base() -> str:
    """Before the path of a photograph: ``SIREKAP_PUBLIC_URL``, or the root of whatever host serves the files."""
    return (settings.CONFIG.public_url or "").rstrip("/") + "/"


def nist_report(src: Source, kind: ContestKind, book: Book) -> bytes:
    """The report of one contest; a large site's goes down to the regencies only."""
    contest = book.contest
    outcome = load_outcome.outcome(src, contest)
    stamp = open_data.own_cut(src, book, contest.region)
    about = nist.Contest(
        kind=kind,
        region=contest.region,
        title=contest.title,
        election=src.election.name,
        voting_day=src.election.voting_day,
        pairs=book.pairs,
        official=src.official(contest),
        simulated=src.election.simulated,
        made_at=stamp.at,
        cut=stamp.number,
        winner=outcome.winner if outcome else None,
        elected=outcome.elected if outcome else False,
    )
    units = list(_units(src, book, stations=not open_data.is_large(src)))
    return json.dumps(nist.report(about, units), ensure_ascii=False, separators=(",", ":")).encode()


def _units(src: Source, book: Book, *, stations: bool) -> Iterator[Unit]:
    for code in load.region_codes(book):
        if code.startswith(book.contest.region) and (stations or len(code) <= 4):
            found = book.tally.region(code)
            counted = int(found.counted)
            name = load.display_name(code, src.names[code])
            yield Unit(code, name, book.figures(code) if counted else None, counted, found.stations)
    for index, code in enumerate(book.codes if stations else ()):
        figures = book.row(index)
        yield Unit(code, f"TPS {code[-3:]}", figures, int(figures is not None), 1)


def feed(src: Source, site: model.SiteInfo) -> bytes:
    """The Atom feed as it stands with this cut."""
    identity = f"{src.election.pk} {src.cuts[0].ledger_root}"
    return atom.feed(site.title, identity, src.cuts, _announcements(src), open_data.label(src))


def _announcements(src: Source) -> Iterator[atom.Announcement]:
    for book in src.books.values():
        contest = book.contest
        for found in Determination.objects.filter(contest=contest).order_by("entry_id"):
            leaf = Leaf.objects.filter(entry_id=found.entry_id).first()
            if leaf is not None:
                yield atom.Announcement(
                    f"{contest.title}: hasil ditetapkan, keputusan nomor {found.decision_number}",
                    found.at,
                    str(load_outcome.explanation(found, contest)),
                    paths.page(ContestKind(contest.kind), contest.region),
                    leaf.index,
                )
    yield from _complete(src)


def _complete(src: Source) -> Iterator[atom.Announcement]:
    """The newest documents whose signatures are complete; each is announced when its last needed one came."""
    found = Document.objects.filter(cursor__complete=True).select_related("cursor", "region")
    found = found.annotate(last=Max("signatures__entry__leaf__index"), signed=Max("signatures__at"))
    papers = load_papers.of(src)
    for document in found.filter(last__isnull=False).order_by("-last")[:DOCUMENTS_SHOWN]:
        region = load.display_name(document.region_id, document.region.name)
        yield atom.Announcement(
            f"{papers.title(document)}, {region}: lengkap ditandatangani",
            document.signed,
            f"SHA-256 {document.cursor.sha256}",
            load_papers.path(document.pk, "html"),
            document.last,
            "document",
        )
