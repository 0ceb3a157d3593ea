"""The people of the demo: who is appointed where, and the sign-in cards that are printed.

Names are invented roles, never real officials.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sirekap.demo.plan import Plan
from sirekap.election.roles import Role
from sirekap.records.models import Account, Person
from sirekap.workflow import people
from sirekap.workflow.people import Actor

PROVINCE, REGENCY = "32", "3216"


@dataclass(frozen=True, slots=True)
class Card:
    """One printed sign-in."""

    role: str
    region: str
    username: str
    password: str


@dataclass(slots=True)
class Cast:
    """Actors by role and region; ``cards`` are the sign-ins handed out."""

    administrator: Actor
    kpps: dict[str, Actor] = field(default_factory=dict)
    operators: dict[str, tuple[Actor, Actor]] = field(default_factory=dict)
    chairs: dict[str, Actor] = field(default_factory=dict)
    members: dict[str, Actor] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)

    def appoint(self, name: str, role: Role, region: str, at: datetime, username: str = "") -> Actor:
        """Appoint a person; with a user name also hand out a card."""
        person = people.register_person(name, at)
        people.appoint(self.administrator, person, role, region, at)
        if username:
            self.card(person, role, region, username)
        return people.actor_of(person.pk)

    def card(self, person: Person, role: Role, region: str, username: str) -> None:
        """Make a sign-in with a random password, shown once on the card."""
        password = "-".join(secrets.token_hex(2) for _ in range(3))
        Account.objects.create_account(username, person.pk, password)
        self.cards.append(Card(role.value, region, username, password))


def appoint_administrator(at: datetime) -> Cast:
    """The first administrator, appointed by the system itself."""
    person = people.register_person("Administrator Demo", at)
    people.appoint(None, person, Role.ADMINISTRATOR, PROVINCE, at)
    cast = Cast(people.actor_of(person.pk))
    cast.card(person, Role.ADMINISTRATOR, PROVINCE, "admin")
    return cast


def appoint_bodies(cast: Cast, plan: Plan, at: datetime) -> None:
    """Chairs, members and operators of every district and of the regency; witness, supervisor, auditor."""
    shown = plan.sessions[-1].region if plan.sessions[-1].tier == "district" else "321606"
    for district in sorted({s.district for s in plan.stations}):
        card = district if district == shown else ""
        cast.operators[district] = (
            cast.appoint(f"Operator A {district}", Role.OPERATOR, district, at, card and f"operator-{card}"),
            cast.appoint(f"Operator B {district}", Role.OPERATOR, district, at, card and f"operator2-{card}"),
        )
        cast.members[district] = cast.appoint(
            f"Anggota PPK {district}", Role.MEMBER, district, at, card and f"anggota-{card}"
        )
        cast.chairs[district] = cast.appoint(
            f"Ketua PPK {district}", Role.CHAIR, district, at, card and f"ketua-{card}"
        )
    cast.members[REGENCY] = cast.appoint("Anggota KPU 3216", Role.MEMBER, REGENCY, at, "anggota-kpu")
    cast.chairs[REGENCY] = cast.appoint("Ketua KPU 3216", Role.CHAIR, REGENCY, at, "ketua-kpu")
    for name, role, region, username in (
        ("Saksi Demo", Role.WITNESS, REGENCY, "saksi"),
        ("Pengawas Demo", Role.SUPERVISOR, REGENCY, "pengawas"),
        ("Auditor Demo", Role.AUDITOR, REGENCY, "auditor"),
        ("PPS Demo", Role.PPS, plan.stations[0].village, "pps"),
    ):
        cast.appoint(name, role, region, at, username)


def appoint_kpps(cast: Cast, station: str, at: datetime, username: str = "") -> None:
    """The committee member of one station who uploads and keys."""
    cast.kpps[station] = cast.appoint(f"KPPS {station}", Role.KPPS, station, at, username)
