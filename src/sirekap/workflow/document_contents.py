"""What a document says, gathered from the facts, as `sirekap.paper.documents` takes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from sirekap.election.contests import Contest as ElectionContest
from sirekap.election.contests import ContestKind
from sirekap.election.contests import Pair as ElectionPair
from sirekap.election.plenary import SessionState
from sirekap.election.sheet import SheetFigures
from sirekap.election.standing import Tier
from sirekap.paper.documents.model import (
    Body,
    DocumentData,
    DocumentKind,
    Head,
    Paper,
    Recapitulation,
    Rendered,
    Signer,
)
from sirekap.records.models import (
    Contest,
    Determination,
    Elected,
    Election,
    Region,
    SessionCursor,
    SheetVersion,
    StationContest,
)
from sirekap.records.ranges import within
from sirekap.workflow.determination import FINAL_TIER
from sirekap.workflow.document_people import signers_of
from sirekap.workflow.errors import Refused
from sirekap.workflow.sheets import sheet_of

Subject = SessionCursor | Determination | Elected
"""What a document is issued of."""

DHASIL = {
    Tier.DISTRICT: DocumentKind.DHASIL_KECAMATAN,
    Tier.REGENCY: DocumentKind.DHASIL_KABKO,
    Tier.PROVINCE: DocumentKind.DHASIL_PROV,
}
"""The sheet of each tier."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A document that can be rendered: its data, its contest and version as they stand in the entry."""

    data: DocumentData
    contest: str | None
    version: int

    @property
    def signers(self) -> tuple[Signer, ...]:
        """Everybody who signs it, in the order of the page."""
        return tuple(getattr(self.data.body, "signers", ()))

    def rendered(self) -> Rendered:
        """The unsigned file."""
        from sirekap.paper.documents.rendering import render

        return render(self.data)


def place_of(subject: Subject) -> tuple[int, str]:
    """Tier and region of the body that issues a document."""
    if isinstance(subject, SessionCursor):
        return subject.tier, subject.region_id
    contest = subject.contest
    return int(FINAL_TIER[ContestKind(contest.kind)]), contest.region


def contents(
    kind: DocumentKind, subject: Subject, contest: str | None, document: uuid.UUID, at: datetime, *, venue: str = ""
) -> Contents:
    """The contents of a document of this kind; raises `Refused` where kind and subject do not belong together."""
    head = _head(kind, subject, document, at)
    if isinstance(subject, SessionCursor):
        if kind in DHASIL.values() and DHASIL[Tier(subject.tier)] is not kind:
            raise _other_kind(kind)
        if kind in DHASIL.values():
            return _recapitulation(head, subject, _contest_of(subject, contest), venue)
        from sirekap.workflow.document_session_bodies import BODIES

        make: Callable[[SessionCursor, str | None, str], tuple[Body, str | None]] | None = BODIES.get(kind)
        if make is None:
            raise _other_kind(kind)
        body, chosen = make(subject, contest, venue)
        return Contents(DocumentData(head, body), chosen, 1)
    from sirekap.workflow.document_decrees import decree

    made = decree(kind, subject)
    if made is None:
        raise _other_kind(kind)
    body, number = made
    return Contents(DocumentData(replace(head, number=number), body), subject.contest_id, 1)


def _other_kind(kind: DocumentKind) -> Refused:
    return Refused(
        "document_kind",
        f"Dokumen “{kind.value}” tidak dibuat dari rapat atau keputusan ini.",
        f"The document “{kind.value}” is not made from this session or decision.",
        400,
    )


def _contest_of(session: SessionCursor, contest: str | None) -> str:
    if contest is None and len(session.contests) == 1:
        return str(session.contests[0])
    if contest not in session.contests:
        raise Refused(
            "contest",
            "Sebutkan pemilihan yang lembarnya dibuat; harus ada dalam agenda rapat ini.",
            "Name the contest whose sheet is made; it must be on this session's agenda.",
            400,
        )
    return str(contest)


def _head(kind: DocumentKind, subject: Subject, document: uuid.UUID, at: datetime) -> Head:
    election = Election.objects.get()
    _, region = place_of(subject)
    address = (settings.CONFIG.public_url or "https://sirekap.invalid").rstrip("/")
    return Head(
        kind=kind,
        id=str(document),
        region=region,
        names=names_for(region),
        year=str(election.voting_day.year),
        at=at,
        page_url=f"{address}/dokumen/{document}.html",
        simulated=election.simulated,
        size=Paper.A4,
    )


def names_for(region: str) -> dict[str, str]:
    """Code -> name of a region, those above it and those below it."""
    above = [region[:digits] for digits in (2, 4) if digits < len(region)]
    found = Region.objects.filter(within("code", region)) | Region.objects.filter(code__in=above)
    return dict(found.values_list("code", "name"))


def contest_data(pk: str) -> ElectionContest:
    """A contest with its pairs, as the pure rooms take it."""
    contest = Contest.objects.prefetch_related("pairs").get(pk=pk)
    pairs = tuple(
        ElectionPair(pair.number, pair.name, pair.colour, pair.commission_id)
        for pair in sorted(contest.pairs.all(), key=lambda pair: pair.number)
    )
    return ElectionContest(ContestKind(contest.kind), contest.region, pairs, contest.title)


def _recapitulation(head: Head, session: SessionCursor, contest: str, venue: str) -> Contents:
    figures = sheet_of(session, contest)
    version = _version(session, contest, figures)
    body = Recapitulation(
        contest=contest_data(contest),
        figures=figures,
        signers=signers_of(session, contest, version),
        opened=session.opened_at,
        closed=session.closed_at,
        venue=venue,
        generations=_generations(session, contest),
    )
    return Contents(DocumentData(replace(head, version=version), body), contest, version)


def _version(session: SessionCursor, contest: str, figures: SheetFigures) -> int:
    """The version these figures are, or will be when the session closes."""
    versions = SheetVersion.objects.filter(region_id=session.region_id, contest_id=contest).order_by("version")
    latest = versions.last()
    if latest is None:
        return 1
    settled = session.state == SessionState.CLOSED.value or latest.figures_sha256 == figures.figures_sha256()
    return int(latest.version) if settled else int(latest.version) + 1


def _generations(session: SessionCursor, contest: str) -> dict[str, str]:
    """Station -> kind and number of its count, where it is not the regular first."""
    from sirekap.records.models import Generation

    rows = StationContest.objects.filter(within("pk", session.region_id), contest_id=contest, generation__gt=1)
    current = dict(rows.values_list("pk", "generation"))
    found = Generation.objects.filter(row_id__in=list(current)).values_list("row_id", "generation", "kind")
    return {row[:13]: f"{kind} {number}" for row, number, kind in found if current[row] == number}
