"""What is wrong with a photograph in the place where it was filed: wrong sheet, or a photograph filed elsewhere too.

Flags warn and are shown; they never block. A photograph whose own codes name another form takes no part in what the
reader states of this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sirekap.election.contests import TITLE_ID, ContestKind
from sirekap.election.standing import page_numbers
from sirekap.paper.identity import Form
from sirekap.reading.messages import reason
from sirekap.reading.result import PageEvidence, QrReading, Reason
from sirekap.records.models import Photo, PhotoReading, StationContest
from sirekap.records.models.reading import band_filter

NEAR = 3
"""Fingerprints that differ in at most this many of 64 bits are of the same photograph, or of one sheet twice."""

OF_ANOTHER_FORM = frozenset(
    {"wrong_station", "wrong_contest", "wrong_form", "wrong_generation", "witness_copy", "qr_bad", "duplicate"}
)
"""Flags that keep a photograph out of what the reader states of the form it was filed under."""


def flags(evidence: PageEvidence, photo: Photo, row: StationContest) -> tuple[Reason, ...]:
    """Every flag of one photograph: those of the capture gate first, then those of its place."""
    own = [
        *_by_qr(evidence.qr, photo, row),
        *_by_design(evidence, row),
        *_by_page(evidence, photo),
        *_duplicates(photo),
        *_near_duplicates(evidence, row),
    ]
    out: dict[str, Reason] = {}
    for found in (*evidence.flags, *own):
        out.setdefault(found.code, found)
    return tuple(out.values())


def _by_qr(qr: QrReading | None, photo: Photo, row: StationContest) -> Iterator[Reason]:
    if qr is None:
        return
    if qr.check == "bad":
        yield reason("qr_bad")
        return
    if qr.station is not None and qr.station != row.station_id:
        yield reason("wrong_station", seen=qr.station, expected=row.station_id)
    if qr.contest is not None and qr.contest not in (row.contest_id, row.contest.kind):
        yield reason("wrong_contest", seen=qr.contest, expected=row.contest_id)
    if qr.generation is not None and qr.generation != photo.generation:
        yield reason("wrong_generation", seen=qr.generation, expected=photo.generation)


def _by_design(evidence: PageEvidence, row: StationContest) -> Iterator[Reason]:
    design, _, columns = (evidence.template or "").rpartition("-")
    form = next((f for f in Form if f.slug == design), None)
    if form is None:
        return
    kind = ContestKind(row.contest.kind)
    if (form.contest, columns) != (kind, str(row.contest.columns)):
        expected = f"{TITLE_ID[kind]}, {row.contest.columns} kolom suara"
        yield reason("wrong_form", seen=f"{form.title}, {columns} kolom suara", expected=expected)
    if form.is_copy:
        yield reason("witness_copy")


def _by_page(evidence: PageEvidence, photo: Photo) -> Iterator[Reason]:
    page = evidence.page if evidence.page is not None else (evidence.qr.page if evidence.qr else None)
    declared = page_numbers(photo.pages)
    if page is not None and page not in declared:
        yield reason("wrong_page", seen=page, expected=", ".join(str(n) for n in declared))


def _duplicates(photo: Photo) -> Iterator[Reason]:
    elsewhere = Photo.objects.filter(sha256=photo.sha256).exclude(row=photo.row_id).order_by("entry_id")
    where = elsewhere.values_list("row_id", flat=True).first()
    if where is not None:
        yield reason("duplicate", other=where)


def _near_duplicates(evidence: PageEvidence, row: StationContest) -> Iterator[Reason]:
    mark = fingerprint(evidence)
    if not mark:
        return
    others = PhotoReading.objects.filter(band_filter(mark)).exclude(row=row).order_by("entry_id")
    for where, other in others.values_list("row_id", "fingerprint"):
        if distance(mark, other) <= NEAR:
            yield reason("near_duplicate", other=where)
            return


def fingerprint(evidence: PageEvidence) -> str:
    """The page's fingerprint as 16 hex digits; empty when the page was not registered."""
    return f"{evidence.fingerprint & (2**64 - 1):016x}" if evidence.fingerprint and evidence.registered else ""


def distance(one: str, other: str) -> int:
    """Bits in which two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def usable(evidence: PageEvidence, codes: Iterable[str], row: StationContest) -> bool:
    """Whether a page may take part in what the reader states of the form of ``row``."""
    known = evidence.page is not None and evidence.page in row.page_numbers
    return known and evidence.registered and not OF_ANOTHER_FORM & set(codes)
