"""The conduct of a session: who attends, whether there is a quorum, and panels that read villages side by side."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sirekap.election.conduct import BODY, LABEL_EN, LABEL_ID, PANELS, Capacity, Quorum
from sirekap.election.plenary import SessionState
from sirekap.election.roles import Capability, Role
from sirekap.election.standing import Tier
from sirekap.records import limits
from sirekap.records.journal import Acting, append
from sirekap.records.models import Attendance, Mandate, Pair, PanelChange, Person, SessionCursor, SessionEvent
from sirekap.workflow.agenda import agenda_rows
from sirekap.workflow.errors import Refused, not_found, out_of_scope
from sirekap.workflow.people import Actor, commitment
from sirekap.workflow.sessions import VILLAGE_LENGTH, locked_session

MANDATE_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9 ./\-]{3,60}")
"""The number of a mandate letter. Personal names do not belong here: it stands in the ledger."""


@dataclass(frozen=True, slots=True)
class Panel:
    """An open panel: its number (1 to 4), its villages in code order, who presides there, and since when."""

    number: int
    villages: tuple[str, ...]
    lead: uuid.UUID
    since: datetime


def _unfinished(session_id: uuid.UUID) -> SessionCursor:
    session = locked_session(session_id)
    if session.state == SessionState.CLOSED:
        raise Refused("session_closed", "Rapat ini sudah ditutup.", "This session is closed.")
    return session


@transaction.atomic
def record_attendance(
    actor: Actor,
    session_id: uuid.UUID,
    capacity: Capacity | str,
    at: datetime,
    *,
    pair: str | None = None,
    person: uuid.UUID | None = None,
    mandate: str = "",
    present: bool = True,
) -> None:
    """Somebody comes to a session, or leaves it (``present=False``). Raises `Refused`.

    ``person``: id of a registered `Person`, whose name stays outside the ledger (`people.register_person`); chair and
    members must be named and hold that office in the region. ``pair``: id of the candidate pair
    (``pkwkk-3216-1``) that a witness is mandated by, with the number of the ``mandate`` letter.
    """
    session = _unfinished(session_id)
    acting = actor.acting(Capability.PREPARE_PLENARY, session.region_id)
    as_what = _capacity(capacity)
    _check_witness(session, as_what, pair, mandate.strip())
    who = _attending(session, as_what, person)
    last = Attendance.objects.filter(session=session, person_id=person).order_by("entry_id").last()
    if person is not None and (last is not None and last.present) == present:
        raise Refused(
            "already_recorded",
            "Kehadiran orang ini sudah tercatat demikian.",
            "This person's attendance is recorded so already.",
        )
    body = {
        "session": str(session.pk),
        "capacity": as_what.value,
        "pair": pair,
        "person": str(person) if person else None,
        "commitment": commitment(bytes(who.salt), who.name) if who else "",
        "mandate": mandate.strip(),
        "present": present,
    }
    append("attendance.recorded", acting, at, body)


def _capacity(capacity: Capacity | str) -> Capacity:
    if capacity not in list(Capacity):
        raise Refused("capacity", "Pilih kedudukan orang yang hadir.", "Choose in what capacity they attend.", 400)
    return Capacity(capacity)


def _check_witness(session: SessionCursor, capacity: Capacity, pair: str | None, mandate: str) -> None:
    known = pair is not None and Pair.objects.filter(pk=pair, contest_id__in=session.contests).exists()
    if (capacity is Capacity.WITNESS) != known or (pair is not None and not known):
        raise Refused(
            "pair",
            "Saksi hadir untuk satu pasangan calon dalam agenda rapat; yang lain tanpa pasangan calon.",
            "A witness attends for one pair on the session's agenda; others for none.",
            400,
        )
    if (mandate or capacity is Capacity.WITNESS) and not MANDATE_NUMBER.fullmatch(mandate):
        raise Refused(
            "mandate_number",
            "Isi nomor surat mandat (huruf, angka, spasi, titik, garis), bukan nama orang.",
            "Give the number of the mandate letter (letters, digits, blanks, dots, dashes), not a person's name.",
            400,
        )


def _attending(session: SessionCursor, capacity: Capacity, person: uuid.UUID | None) -> Person | None:
    if person is None and capacity not in BODY:
        return None
    found = Person.objects.filter(pk=person).first()
    if found is None:
        raise not_found("Orang yang hadir")
    if capacity in BODY and not _holds(found.pk, Role(capacity.value), session.region_id):
        raise Refused(
            "no_office",
            f"Orang ini tidak menjabat {LABEL_ID[capacity].lower()} di wilayah rapat ini.",
            f"This person is no {LABEL_EN[capacity].lower()} in this session's region.",
            400,
        )
    return found


def _holds(person: uuid.UUID, role: Role, region: str) -> bool:
    held = Mandate.objects.filter(person_id=person, role=role.value, region=region, end__isnull=True)
    return held.exists()


def attendance(session: SessionCursor) -> list[Attendance]:
    """The latest record of everybody who came, in the order of these records; those who left included."""
    found: dict[object, Attendance] = {}
    for record in Attendance.objects.filter(session=session).order_by("entry_id"):
        key = record.person_id or record.pk
        found.pop(key, None)
        found[key] = record
    return list(found.values())


def quorum(session: SessionCursor) -> Quorum:
    """Members of the body who are present, and how many ``SIREKAP_QUORUM`` needs."""
    present = {a.person_id for a in attendance(session) if a.present and a.capacity in list(BODY)}
    return Quorum(len(present), limits.quorum())


@transaction.atomic
def open_panel(
    actor: Actor, session_id: uuid.UUID, number: int, villages: Sequence[str], at: datetime, *, lead: uuid.UUID
) -> None:
    """Let a member of the body preside over some villages of a district session, beside the others."""
    session = _unfinished(session_id)
    acting = actor.acting(Capability.PRESIDE, session.region_id)
    if session.tier != Tier.DISTRICT or type(number) is not int or not 1 <= number <= PANELS:
        raise Refused(
            "panel_number",
            f"Rapat kecamatan dibagi paling banyak menjadi {PANELS} panel, bernomor 1 sampai {PANELS}.",
            f"A district session is split into at most {PANELS} panels, numbered 1 to {PANELS}.",
            400,
        )
    others = open_panels(session)
    _check_villages(session, villages, others)
    _check_lead(session, lead, number, others)
    _append(acting, session, Panel(number, tuple(sorted(villages)), lead, at), PanelChange.OPENED)


@transaction.atomic
def close_panel(actor: Actor, session_id: uuid.UUID, number: int, at: datetime) -> None:
    """End a panel; its villages are the chair's again, or another panel's."""
    session = _unfinished(session_id)
    acting = actor.acting(Capability.PRESIDE, session.region_id)
    found = next((panel for panel in open_panels(session) if panel.number == number), None)
    if found is None:
        raise not_found(f"Panel {number}")
    _append(acting, session, Panel(number, found.villages, found.lead, at), PanelChange.CLOSED)


def _append(acting: Acting, session: SessionCursor, panel: Panel, event: str) -> None:
    body = {
        "session": str(session.pk),
        "number": panel.number,
        "event": event,
        "villages": list(panel.villages),
        "lead": str(panel.lead),
    }
    append("panel.changed", acting, panel.since, body)


def _check_villages(session: SessionCursor, villages: Sequence[str], others: Sequence[Panel]) -> None:
    stations = agenda_rows(session).order_by().values_list("station_id", flat=True).distinct()
    known = {code[:VILLAGE_LENGTH] for code in stations}
    if not villages or len(set(villages)) != len(villages) or not known.issuperset(villages):
        raise Refused(
            "villages",
            "Pilih desa/kelurahan dalam agenda rapat ini, masing-masing sekali.",
            "Choose villages on this session's agenda, each once.",
            400,
        )
    taken = sorted(village for panel in others for village in panel.villages if village in villages)
    if taken:
        raise Refused(
            "village_taken",
            f"Desa/kelurahan {taken[0]} sedang dibacakan panel lain. Tutup panel itu atau pilih yang lain.",
            f"Village {taken[0]} is being read by another panel. Close that panel or choose another village.",
        )


def _check_lead(session: SessionCursor, lead: uuid.UUID, number: int, others: Sequence[Panel]) -> None:
    if not any(_holds(lead, role, session.region_id) for role in (Role.CHAIR, Role.MEMBER)):
        raise Refused(
            "panel_lead",
            "Panel dipimpin ketua atau anggota PPK wilayah ini.",
            "A panel is led by the chair or a member of this district's committee.",
            400,
        )
    if any(panel.number == number or panel.lead == lead for panel in others):
        raise Refused(
            "panel_open",
            "Panel bernomor itu masih berjalan, atau pemimpinnya memimpin panel lain.",
            "That panel is still open, or its lead presides over another one.",
        )


def open_panels(session: SessionCursor) -> list[Panel]:
    """The panels at work, by number. Closing the session ends them all."""
    closed = SessionEvent.objects.filter(session=session, event="closed").order_by("entry_id")
    after = closed.values_list("entry_id", flat=True).last() or 0
    found: dict[int, PanelChange] = {}
    for change in PanelChange.objects.filter(session=session, entry_id__gt=after).order_by("entry_id"):
        found[change.number] = change
    return [
        Panel(change.number, tuple(change.villages), change.lead, change.at)
        for _, change in sorted(found.items())
        if change.event == PanelChange.OPENED
    ]


def presiding(actor: Actor, session: SessionCursor, village: str) -> Acting:
    """The mandate under which somebody decides on a village's stations; raises `Refused` (403).

    The chair presides everywhere in the session, a member over the villages of the panel they lead.
    """
    if actor.may(Capability.PRESIDE, session.region_id):
        return actor.acting(Capability.PRESIDE, session.region_id)
    for panel in open_panels(session):
        if panel.lead == actor.person and village in panel.villages:
            return actor.acting(Capability.AUTHORISE, session.region_id)
    raise out_of_scope(village)
