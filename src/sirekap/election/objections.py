"""Objections and special incidents: what they may be about, and on whose agenda each stands.

Pure. An objection that is not settled where it was filed goes to the next tier by itself: :func:`standing` names the
one agenda it is on. Source: UU 1/2015 art. 105-108 as amended by UU 10/2016, PKPU 18/2024 (forms D.KEJADIAN KHUSUS
DAN/ATAU KEBERATAN).
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sirekap.election.standing import Tier


class ObjectionKind(StrEnum):
    """An objection demands something; a special incident is put on record."""

    OBJECTION = "objection"
    INCIDENT = "incident"


class Subject(StrEnum):
    """What it is about: one station as a whole, figures of it, or how the session or the count was run."""

    STATION = "station"
    FIELD = "field"
    PROCEDURE = "procedure"


class Capacity(StrEnum):
    """In what capacity somebody objects or reports."""

    WITNESS = "witness"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"


class AnswerStatus(StrEnum):
    """What a plenary made of it."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNRESOLVED = "unresolved"


class Stage(StrEnum):
    """Where an objection stands; ``unresolved`` means it went through every tier and none settled it."""

    WAITING = "waiting"
    TRAVELLING = "travelling"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNRESOLVED = "unresolved"


LABEL_ID: dict[ObjectionKind | Subject | Capacity | Stage, str] = {
    ObjectionKind.OBJECTION: "Keberatan",
    ObjectionKind.INCIDENT: "Kejadian khusus",
    Subject.STATION: "TPS",
    Subject.FIELD: "Isian formulir",
    Subject.PROCEDURE: "Tata cara",
    Capacity.WITNESS: "Saksi",
    Capacity.SUPERVISOR: "Pengawas",
    Capacity.OFFICER: "Petugas",
    Stage.WAITING: "Menunggu jawaban",
    Stage.TRAVELLING: "Belum selesai, dibawa ke tingkat di atasnya",
    Stage.ACCEPTED: "Diterima",
    Stage.REFUSED: "Ditolak",
    Stage.UNRESOLVED: "Tidak selesai sampai tingkat akhir",
}
LABEL_EN: dict[ObjectionKind | Subject | Capacity | Stage, str] = {
    ObjectionKind.OBJECTION: "Objection",
    ObjectionKind.INCIDENT: "Special incident",
    Subject.STATION: "Station",
    Subject.FIELD: "Field of the form",
    Subject.PROCEDURE: "Procedure",
    Capacity.WITNESS: "Witness",
    Capacity.SUPERVISOR: "Supervisor",
    Capacity.OFFICER: "Officer",
    Stage.WAITING: "Waiting for an answer",
    Stage.TRAVELLING: "Unresolved, carried to the tier above",
    Stage.ACCEPTED: "Accepted",
    Stage.REFUSED: "Refused",
    Stage.UNRESOLVED: "Unresolved at the last tier",
}
TIER_ID = {Tier.DISTRICT: "kecamatan", Tier.REGENCY: "kabupaten/kota", Tier.PROVINCE: "provinsi"}
TIER_EN = {Tier.DISTRICT: "district", Tier.REGENCY: "regency", Tier.PROVINCE: "province"}


@dataclass(frozen=True, slots=True)
class Given:
    """An answer of the plenary of ``tier``; ``in_force`` is false once the correction that it names was undone."""

    tier: Tier
    status: AnswerStatus
    in_force: bool = True


@dataclass(frozen=True, slots=True)
class ObjectionStanding:
    """Where an objection stands; ``tier``: whose agenda it is on, ``None`` when it is on none any more."""

    stage: Stage
    tier: Tier | None = None

    @property
    def open(self) -> bool:
        """Whether a plenary still has to answer it."""
        return self.tier is not None

    def label_id(self) -> str:
        """In words, with the tier it waits at."""
        return LABEL_ID[self.stage] + (f" (pleno {TIER_ID[self.tier]})" if self.tier else "")

    def label_en(self) -> str:
        """In words, with the tier it waits at."""
        return LABEL_EN[self.stage] + (f" ({TIER_EN[self.tier]} plenary)" if self.tier else "")


def standing(filed: Tier, final: Tier, answers: Sequence[Given], closed: Container[Tier]) -> ObjectionStanding:
    """Where an objection stands.

    ``filed``: the plenary it was raised in, ``Tier.NONE`` for a station's own form (it waits for the district).
    ``final``: the last tier that deals with it. ``answers``: oldest first; the last one holds. ``closed``: tiers whose
    session over this place is closed at the moment. An open objection is always on the agenda of the lowest tier that
    is not closed, from where it was raised or left unresolved upwards, so none is ever on no agenda before the end.
    """
    start, stage = int(max(filed, Tier.DISTRICT)), Stage.WAITING
    if answers:
        last = answers[-1]
        if last.in_force and last.status is not AnswerStatus.UNRESOLVED:
            return ObjectionStanding(Stage(last.status.value))
        if last.in_force:
            start, stage = last.tier + 1, Stage.TRAVELLING
        else:
            start = int(last.tier)
    for tier in range(start, final + 1):
        if Tier(tier) not in closed:
            return ObjectionStanding(stage if tier == start else Stage.TRAVELLING, Tier(tier))
    return ObjectionStanding(Stage.UNRESOLVED)
