"""What is wrong with a photograph in the place where it was filed: wrong sheet, or a photograph filed elsewhere too.

Flags warn and are shown; they never block. A photograph whose own codes name another form takes no part in what the
reader states of this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sirekap.election.contests import ContestKind
from sirekap.election.standing import page_numbers
from sirekap.paper import templates
from sirekap.paper.identity import Form, layout_name
from sirekap.reading.expected import NEAR_DUPLICATE, Expected, compare
from sirekap.reading.messages import reason
from sirekap.reading.numbers import plain_figures
from sirekap.reading.result import PageEvidence, Reason
from sirekap.records.models import Photo, PhotoReading, StationContest
from sirekap.records.models.reading import band_filter
from sirekap.records.readings import OF_ANOTHER_FORM

OTHER_SHEET = 2
"""Plainly read figures that differ between two sheets whose fingerprints are alike; one may be a misread digit."""
FORMS = {ContestKind.GOVERNOR: Form.CHASIL_GOVERNOR, ContestKind.REGENT: Form.CHASIL_REGENT}


def flags(evidence: PageEvidence, photo: Photo, row: StationContest) -> tuple[Reason, ...]:
    """Every flag of one photograph: those of the capture gate first, then those of its place."""
    own = [
        *_by_its_codes(evidence, photo, row),
        *_duplicates(photo),
        *_near_duplicates(evidence, row),
    ]
    out: dict[str, Reason] = {}
    for found in (*evidence.flags, *own):
        out.setdefault(found.code, found)
    return tuple(out.values())


def _by_its_codes(evidence: PageEvidence, photo: Photo, row: StationContest) -> Iterator[Reason]:
    """What the tags and the QR say, against where the photograph was filed."""
    if evidence.qr is not None and evidence.qr.check == "bad":
        yield reason("qr_bad")
    form = FORMS[ContestKind(row.contest.kind)]
    declared = page_numbers(photo.pages)
    expected = Expected(
        contest=row.contest_id,
        station=row.station_id,
        page=declared[0] if evidence.page not in declared and len(declared) == 1 else None,
        generation=photo.generation,
        form=form.slug if _geometry_known(evidence.template) else None,
    )
    yield from compare(evidence, expected)
    if evidence.page is not None and evidence.page not in declared and len(declared) > 1:
        yield reason("wrong_page", seen=evidence.page, expected=", ".join(str(n) for n in declared))
    own = layout_name(form, row.contest.columns)
    if evidence.template is not None and evidence.template != own and evidence.template.startswith(f"{form.slug}-"):
        columns = evidence.template.removeprefix(f"{form.slug}-")
        yield reason(
            "wrong_form",
            seen=f"{form.title} dengan {columns} kolom suara",
            expected=f"{row.contest.columns} kolom suara",
        )


def _geometry_known(template: str | None) -> bool:
    """False for the commission's own design, which is no wrong form though no figure of it is read."""
    return template in templates.names() and templates.get(str(template)).geometry_known


def _duplicates(photo: Photo) -> Iterator[Reason]:
    elsewhere = Photo.objects.filter(sha256=photo.sha256).exclude(row=photo.row_id).order_by("entry_id")
    where = elsewhere.values_list("row_id", flat=True).first()
    if where is not None:
        yield reason("duplicate", other=where)


def _near_duplicates(evidence: PageEvidence, row: StationContest) -> Iterator[Reason]:
    mark = fingerprint(evidence)
    if not mark:
        return
    alike = PhotoReading.objects.filter(band_filter(mark), template=evidence.template or "", page=evidence.page)
    others = alike.exclude(row=row).order_by("entry_id")
    plain = plain_figures(evidence.fields)
    for where, other, fields in others.values_list("row_id", "fingerprint", "fields"):
        close = (int(mark, 16) ^ int(other, 16)).bit_count() < NEAR_DUPLICATE
        if close and not _says_otherwise(plain, fields):
            yield reason("near_duplicate", other=where)
            return


def _says_otherwise(plain: Mapping[str, int], fields: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether two readings plainly differ in so many figures that they cannot be of one sheet."""
    both = [name for name in plain if name in fields and fields[name]["value"] is not None]
    return sum(plain[name] != fields[name]["value"] for name in both) >= OTHER_SHEET


def fingerprint(evidence: PageEvidence) -> str:
    """The page's fingerprint as 16 hex digits; empty when the page was not registered."""
    return f"{evidence.fingerprint & (2**64 - 1):016x}" if evidence.fingerprint and evidence.registered else ""


def usable(evidence: PageEvidence, codes: Iterable[str], row: StationContest) -> bool:
    """Whether a page may take part in what the reader states of the form of ``row``."""
    known = evidence.page is not None and evidence.page in row.page_numbers
    return known and evidence.registered and not OF_ANOTHER_FORM & set(codes)
