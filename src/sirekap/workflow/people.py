"""Who acts: actors with mandates, appointing people, ending mandates."""

from __future__ import annotations

import hashlib
import os
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sirekap.election.roles import SCOPE_LENGTHS, Capability, Role, may
from sirekap.ledger import canonical
from sirekap.records.ids import uuid7
from sirekap.records.journal import SYSTEM, Acting, append
from sirekap.records.models import Mandate, Person
from sirekap.workflow.errors import Refused, not_found, out_of_scope


@dataclass(frozen=True, slots=True)
class Actor:
    """A person and the active mandates (role, region code) under which acts are judged."""

    person: uuid.UUID
    mandates: tuple[tuple[Role, str], ...]

    def acting(self, capability: Capability, region: str) -> Acting:
        """The mandate that allows ``capability`` on ``region``; raises `Refused` (403)."""
        for role, own in self.mandates:
            if may(role, own, capability, region):
                return Acting(self.person, role.value, own)
        raise out_of_scope(region)

    def may(self, capability: Capability, region: str) -> bool:
        """Whether :meth:`acting` would succeed."""
        return any(may(role, own, capability, region) for role, own in self.mandates)

    def regions(self, capability: Capability) -> tuple[str, ...]:
        """Region codes of the mandates that carry ``capability``."""
        return tuple(own for role, own in self.mandates if may(role, own, capability, own))


def actor_of(person: uuid.UUID) -> Actor:
    """The actor with the person's mandates that have not ended."""
    active = Mandate.objects.filter(person_id=person, end__isnull=True).order_by("entry_id")
    return Actor(person, tuple((Role(m.role), m.region) for m in active))


def commitment(salt: bytes, name: str) -> str:
    """``SHA-256(salt || canonical JSON of {"name": ...})`` in hex: what the ledger keeps of a person."""
    return hashlib.sha256(salt + canonical.dumps({"name": name})).hexdigest()


@transaction.atomic
def register_person(name: str, at: datetime, person_id: uuid.UUID | None = None) -> Person:
    """Store personal data (erasable, outside the ledger)."""
    return Person.objects.create(id=person_id or uuid7(at), salt=os.urandom(32), name=name)


def _check_mandate(role: Role, region: str) -> None:
    if len(region) not in SCOPE_LENGTHS[role] or not (region.isascii() and region.isdigit()):
        lengths = ", ".join(map(str, SCOPE_LENGTHS[role]))
        raise Refused(
            "mandate_region",
            f"Peran {role} berlaku untuk kode wilayah {lengths} angka, bukan “{region}”.",
            f"Role {role} needs a region code of {lengths} digits, not “{region}”.",
            400,
        )


@transaction.atomic
def appoint(by: Actor | None, person: Person, role: Role, region: str, at: datetime) -> Mandate:
    """Give a person a role in a region. ``by=None`` is the system setting up its first administrator."""
    _check_mandate(role, region)
    acting = by.acting(Capability.MANAGE_PEOPLE, region) if by else SYSTEM
    if by is None and (role is not Role.ADMINISTRATOR or Mandate.objects.filter(role=role).exists()):
        raise out_of_scope(region)
    mandate = uuid7(at)
    append(
        "mandate.granted",
        acting,
        at,
        {
            "mandate": str(mandate),
            "person": str(person.pk),
            "role": role.value,
            "region": region,
            "commitment": commitment(bytes(person.salt), person.name),
        },
    )
    return Mandate.objects.get(pk=mandate)


@transaction.atomic
def end_mandate(by: Actor, mandate: uuid.UUID, reason: str, at: datetime) -> None:
    """End a mandate, with its reason."""
    found = Mandate.objects.filter(pk=mandate, end__isnull=True).first()
    if found is None:
        raise not_found("Mandat")
    acting = by.acting(Capability.MANAGE_PEOPLE, found.region)
    administrators = Mandate.objects.filter(role=Role.ADMINISTRATOR, end__isnull=True).exclude(pk=mandate)
    if found.role == Role.ADMINISTRATOR and not administrators.exists():
        raise Refused(
            "last_administrator",
            "Ini administrator terakhir. Angkat penggantinya lebih dulu.",
            "This is the last administrator. Appoint a successor first.",
        )
    append("mandate.ended", acting, at, {"mandate": str(mandate), "reason": need_reason(reason)})


def need_reason(reason: str, longest: int = 500) -> str:
    """A reason or number, trimmed; raises `Refused` when it has less than 3 or more than ``longest`` characters."""
    text = " ".join(reason.split())
    if not 3 <= len(text) <= longest:
        raise Refused(
            "reason",
            f"Alasan wajib diisi (3 sampai {longest} huruf) karena ikut tercatat selamanya.",
            f"A reason of 3 to {longest} characters is required: it is recorded forever.",
            400,
        )
    return text
