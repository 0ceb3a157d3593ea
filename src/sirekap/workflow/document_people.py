"""Who signs a document of a session: chair and members of the body, the witnesses present; refusals with reasons."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace

from sirekap.election.conduct import Capacity
from sirekap.election.roles import Role
from sirekap.paper.documents.model import SignatureState, Signer
from sirekap.records.models import Attendance, DocumentRefusal, Mandate, Pair, Person, SessionCursor


def names_of(persons: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Person -> name; those whose name was erased are missing."""
    return dict(Person.objects.filter(pk__in=set(persons)).values_list("pk", "name"))


def board(region: str) -> list[tuple[Capacity, uuid.UUID]]:
    """Chair and members of a region's body, in the order of their appointment."""
    roles = {Role.CHAIR.value: Capacity.CHAIR, Role.MEMBER.value: Capacity.MEMBER}
    active = Mandate.objects.filter(region=region, role__in=list(roles), end__isnull=True).order_by("entry_id")
    found = [(roles[mandate.role], mandate.person_id) for mandate in active]
    chairs = [item for item in found if item[0] is Capacity.CHAIR]
    return [*chairs[-1:], *(item for item in found if item[0] is Capacity.MEMBER)]


def attended(session: SessionCursor) -> list[Attendance]:
    """The latest record of everybody at a session, in order of their first arrival."""
    latest: dict[tuple[str, object, object], Attendance] = {}
    for record in Attendance.objects.filter(session=session).order_by("entry_id"):
        key = (record.capacity, record.pair_id, record.person_id or record.commitment)
        latest[key] = record
    return list(latest.values())


def signers_of(session: SessionCursor, contest: str | None, version: int = 1) -> tuple[Signer, ...]:
    """Chair, members and the witnesses of a contest's pairs, with what is known of each.

    Of those whose signature was refused on an earlier issue of the same version, the reason.
    """
    records = attended(session)
    present = {record.person_id for record in records if record.present}
    absent = {record.person_id for record in records if not record.present} - present - {None}
    people = board(session.region_id)
    names = names_of([person for _, person in people] + [r.person_id for r in records if r.person_id])
    signers = [
        Signer(
            capacity,
            names.get(person, ""),
            state=SignatureState.ABSENT if person in absent else SignatureState.AWAITED,
            key=str(person),
        )
        for capacity, person in people
    ]
    signers += _witnesses(records, contest, names)
    return tuple(_refused(session, contest, version, signers))


def _witnesses(records: list[Attendance], contest: str | None, names: dict[uuid.UUID, str]) -> list[Signer]:
    """One a pair of the contest; a pair without a witness at a session with an attendance list was absent."""
    if contest is None:
        return []
    listed = [record for record in records if record.capacity == Capacity.WITNESS.value]
    out = []
    for pair in Pair.objects.filter(contest_id=contest).order_by("number"):
        here = [record for record in listed if record.pair_id == pair.pk and record.present]
        if here:
            person = here[0].person_id
            out.append(
                Signer(
                    Capacity.WITNESS,
                    names.get(person, "") if person else "",
                    pair=pair.number,
                    key=str(person) if person else "",
                )
            )
        else:
            state = SignatureState.ABSENT if records else SignatureState.AWAITED
            out.append(Signer(Capacity.WITNESS, pair=pair.number, state=state))
    return out


def _refused(session: SessionCursor, contest: str | None, version: int, signers: list[Signer]) -> list[Signer]:
    earlier = DocumentRefusal.objects.filter(
        document__session=session, document__contest_id=contest, document__version=version
    ).select_related("document")
    reasons: dict[tuple[str, int | None, str | None], str] = {}
    for refusal in earlier.order_by("entry_id"):
        person = next((p for field, _, _, p in refusal.document.boxes if field == refusal.field), None)
        reasons[refusal.capacity, refusal.pair, person] = refusal.reason
    return [
        replace(signer, state=SignatureState.REFUSED, reason=reason)
        if (reason := reasons.get((signer.capacity.value, signer.pair, signer.key or None)))
        else signer
        for signer in signers
    ]
