"""Objections and special incidents: raised by witnesses, supervisors and officers, answered by plenaries.

One that its plenary leaves unresolved is on the next tier's agenda by itself (`objection_agenda`). The ledger holds
a salted hash of the full text, never the text; what the public may read is a redacted text of its own.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sirekap.election import chasil
from sirekap.election.contests import ContestKind
from sirekap.election.objections import Capacity, ObjectionKind, Subject
from sirekap.election.plenary import SessionState
from sirekap.election.roles import Capability, Role
from sirekap.election.standing import Tier
from sirekap.evidence.store import EvidenceStore
from sirekap.ledger import canonical
from sirekap.records import locks
from sirekap.records.ids import uuid7
from sirekap.records.journal import Acting, append
from sirekap.records.models import Contest, ObjectionText, Region, SessionCursor, Station, StationContest
from sirekap.workflow import attachments as files
from sirekap.workflow.determination import FINAL_TIER
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.objection_agenda import (
    Listed,
    Remedy,
    first_tier,
    of_row,
    of_session,
    one,
    open_objections,
    remedies,
    unanswered,
)
from sirekap.workflow.objection_answers import answer_objection, publish_text
from sirekap.workflow.objection_texts import DEMAND_MOST, TEXT_MOST, one_of, words
from sirekap.workflow.people import Actor
from sirekap.workflow.sessions import locked_session

__all__ = [
    "Listed",
    "Remedy",
    "answer_objection",
    "commitment",
    "file_objection",
    "of_row",
    "of_session",
    "one",
    "open_objections",
    "publish_text",
    "remedies",
    "unanswered",
]

_BY_ROLE = {Role.WITNESS.value: Capacity.WITNESS, Role.SUPERVISOR.value: Capacity.SUPERVISOR}


@dataclass(frozen=True, slots=True)
class About:
    """What an objection is about, checked: place (13 digits of a station, or a region), row, contest, fields."""

    place: str
    row: StationContest | None
    contest: Contest | None
    fields: tuple[str, ...]


def commitment(salt: bytes, text: str, demand: str) -> str:
    """``SHA-256(salt || canonical JSON of {"demand", "text"})`` in hex: what the ledger keeps of the words."""
    return hashlib.sha256(salt + canonical.dumps({"demand": demand, "text": text})).hexdigest()


def file_objection(
    actor: Actor,
    *,
    session_id: uuid.UUID | None,
    region: str,
    row: str | None = None,
    contest: str | None = None,
    kind: str = ObjectionKind.OBJECTION,
    subject: str = Subject.STATION,
    fields: Sequence[str] = (),
    pair: int | None = None,
    text: str,
    demand: str = "",
    attachments: Sequence[str] = (),
    at: datetime,
    store: EvidenceStore | None = None,
    capacity: str | None = None,
    published: str = "",
    objection_id: uuid.UUID | None = None,
    salt: bytes | None = None,
) -> uuid.UUID:
    """Raise an objection or report a special incident; returns its id. Raises `Refused`.

    ``session_id``: the plenary it is raised in; ``None`` for one of a station's own form, which waits for the
    district. ``region``: what it is about, a station (13 digits) with or without ``row``. ``attachments``: SHA-256 of
    files in ``store``. ``capacity``: for an officer who enters it for a witness or a supervisor in the hall.
    ``published``: a redacted text for the public, which `publish_text` may also give later. ``salt``: of the
    commitment, for an objection that another node took down.
    """
    described = files.described(store, attachments)
    said, wanted = words(text, 3, TEXT_MOST), words(demand, 0, DEMAND_MOST)
    shown = words(published, 0, TEXT_MOST)
    kind, subject = one_of(ObjectionKind, kind), one_of(Subject, subject)
    with transaction.atomic():
        about = _about(region, row, contest, subject, fields)
        session = _open_session(session_id, about) if session_id else None
        acting, who = _who(actor, about.place, kind, capacity)
        _check_pair(who, pair, about.contest)
        tier = Tier(session.tier) if session else Tier.NONE
        new_id, salt = objection_id or uuid7(at), salt or os.urandom(32)
        final = _final_tier(about, session, tier)
        ObjectionText.objects.create(id=new_id, salt=salt, text=said, demand=wanted)
        body = {
            "objection": str(new_id),
            "kind": kind,
            "subject": subject,
            "session": str(session.pk) if session else None,
            "tier": int(tier),
            "final_tier": int(final),
            "region": about.place,
            "row": about.row.pk if about.row else None,
            "generation": about.row.generation if about.row else None,
            "contest": about.contest.pk if about.contest else None,
            "fields": list(about.fields),
            "pair": pair,
            "capacity": who,
            "commitment": commitment(salt, said, wanted),
            "published": shown,
            "attachments": described,
        }
        append("objection.filed", acting, at, body)
    return new_id


def _locked_row(row_id: str, region: str) -> StationContest:
    """Lock the row before any session, as every act does: an objection's foreign key locks it too."""
    try:
        row = locks.row(row_id)
    except StationContest.DoesNotExist:
        row = None
    if row is None or not row.station_id.startswith(region):
        raise not_found(f"TPS/pemilihan {row_id} di wilayah {region}")
    return row


def _about(region: str, row_id: str | None, contest_id: str | None, subject: str, fields: Sequence[str]) -> About:
    row = None
    if row_id is not None:
        row = _locked_row(row_id, region)
        place, contest = row.station_id, row.contest
        if contest_id not in (None, contest.pk):
            raise not_found(f"TPS {place} dalam pemilihan {contest_id}")
    else:
        place = region
        known = Station if len(region) == 13 else Region
        if not known.objects.filter(pk=region).exists():
            raise not_found(f"Wilayah {region}")
        contest = Contest.objects.filter(pk=contest_id).first() if contest_id else None
        if contest_id and (contest is None or not place.startswith(contest.region)):
            raise not_found(f"Pemilihan {contest_id} di wilayah {region}")
    _check_subject(subject, row, place, fields)
    return About(place, row, contest, tuple(sorted(set(fields))))


def _check_subject(subject: str, row: StationContest | None, place: str, fields: Sequence[str]) -> None:
    known = set(chasil.field_ids(row.contest.columns, optional=True)) if row else set()
    right = {
        Subject.FIELD.value: row is not None and bool(fields) and set(fields) <= known,
        Subject.STATION.value: len(place) == 13 and not fields,
        Subject.PROCEDURE.value: not fields,
    }[subject]
    if not right:
        raise Refused(
            "subject",
            "Pokok keberatan tidak lengkap: keberatan atas isian perlu TPS dan isiannya, keberatan atas TPS perlu TPS.",
            "The subject is incomplete: fields need their station and names, a station needs its code.",
            400,
        )


def _open_session(session_id: uuid.UUID, about: About) -> SessionCursor:
    session = locked_session(session_id)
    ours = about.contest is None or about.contest.pk in session.contests
    if not about.place.startswith(session.region_id) or not ours:
        raise Refused(
            "not_on_agenda",
            "Wilayah, TPS atau pemilihan ini tidak dibahas dalam rapat ini.",
            "This region, station or contest is not dealt with in this session.",
            400,
        )
    if session.state in (SessionState.SCHEDULED, SessionState.CLOSED):
        raise Refused(
            "session_not_open",
            "Rapat ini tidak sedang berlangsung. Sampaikan dalam rapat yang masih terbuka, atau di tingkat atasnya.",
            "This session is not in progress. Raise it in one that is open, or at the tier above.",
        )
    return session


def _who(actor: Actor, place: str, kind: str, capacity: str | None) -> tuple[Acting, str]:
    """Under which mandate, in what capacity; officers report incidents and enter what others object to."""
    if actor.may(Capability.OBJECT, place):
        acting = actor.acting(Capability.OBJECT, place)
        return acting, _BY_ROLE[acting.role].value
    committee = Capability.CONFIRM if actor.may(Capability.CONFIRM, place) else Capability.PREPARE_PLENARY
    acting = actor.acting(committee, place)
    who = capacity or Capacity.OFFICER.value
    if who not in list(Capacity) or (kind == ObjectionKind.OBJECTION and who == Capacity.OFFICER):
        raise Refused(
            "capacity",
            "Keberatan disampaikan oleh saksi atau pengawas. Pilih siapa yang berkeberatan.",
            "Witnesses and supervisors object. Choose who does.",
            400,
        )
    return acting, str(who)


def _check_pair(capacity: str, pair: int | None, contest: Contest | None) -> None:
    witness = capacity == Capacity.WITNESS
    if witness and contest is not None and pair is not None and contest.pairs.filter(number=pair).exists():
        return
    if witness or pair is not None:
        raise Refused(
            "pair",
            "Pilih pemilihan dan pasangan calon yang memberi mandat kepada saksi; pihak lain tidak mewakili pasangan.",
            "Choose the contest and the pair that the witness is mandated by; others represent no pair.",
            400,
        )


def _final_tier(about: About, session: SessionCursor | None, tier: Tier) -> Tier:
    """The last tier that deals with it; raises `Refused` when every plenary over the place has closed."""
    contests = [about.contest] if about.contest else [c for c in Contest.objects.all() if _covers(c, about.place)]
    if session is not None:
        contests = [c for c in contests if c.pk in session.contests]
    final = max((FINAL_TIER[ContestKind(c.kind)] for c in contests), default=Tier.NONE)
    first = first_tier(tier, about.place)
    if final < first:
        raise not_found(f"Pemilihan di wilayah {about.place} pada tingkat ini")
    if session is None:
        over = {s.tier: s for s in locks.sessions_over(about.place)}
        if all(t in over and over[t].state == SessionState.CLOSED for t in range(max(first, 1), final + 1)):
            raise Refused(
                "all_closed",
                "Semua rapat pleno untuk wilayah ini sudah ditutup. Sampaikan kepada Bawaslu atau Mahkamah Konstitusi.",
                "Every plenary over this place has closed. Turn to the supervisor or the constitutional court.",
            )
    return final


def _covers(contest: Contest, place: str) -> bool:
    return place.startswith(contest.region) or contest.region.startswith(place)
