"""Roles, the tiers they serve, and what each may do. One list for acts, screens and tests."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who a person acts as. Every mandate binds a role to one region code."""

    KPPS = "kpps"
    PPS = "pps"
    OPERATOR = "operator"
    MEMBER = "member"
    CHAIR = "chair"
    WITNESS = "witness"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Capability(StrEnum):
    """What an act or a screen demands."""

    READ = "read"
    UPLOAD = "upload"
    CONFIRM = "confirm"
    VERIFY = "verify"
    PREPARE_PLENARY = "prepare_plenary"
    PRESIDE = "preside"
    AUTHORISE = "authorise"
    OBJECT = "object"
    COSIGN = "cosign"
    MANAGE_STATIONS = "manage_stations"
    MANAGE_ELECTION = "manage_election"
    MANAGE_PEOPLE = "manage_people"
    DETERMINE = "determine"


LABEL_ID = {
    Role.KPPS: "KPPS",
    Role.PPS: "PPS",
    Role.OPERATOR: "Operator",
    Role.MEMBER: "Anggota PPK/KPU",
    Role.CHAIR: "Ketua PPK/KPU",
    Role.WITNESS: "Saksi",
    Role.SUPERVISOR: "Pengawas",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
}

SCOPE_LENGTHS: dict[Role, tuple[int, ...]] = {
    Role.KPPS: (13,),
    Role.PPS: (10,),
    Role.OPERATOR: (6, 4, 2),
    Role.MEMBER: (6, 4, 2),
    Role.CHAIR: (6, 4, 2),
    Role.WITNESS: (13, 10, 6, 4, 2),
    Role.SUPERVISOR: (13, 10, 6, 4, 2),
    Role.AUDITOR: (2, 4),
    Role.ADMINISTRATOR: (2, 4),
}
"""Lengths of the region codes a role's mandate may name."""

CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.KPPS: frozenset({Capability.READ, Capability.UPLOAD, Capability.CONFIRM}),
    Role.PPS: frozenset({Capability.READ}),
    Role.OPERATOR: frozenset({Capability.READ, Capability.UPLOAD, Capability.VERIFY, Capability.PREPARE_PLENARY}),
    Role.MEMBER: frozenset({Capability.READ, Capability.VERIFY, Capability.PREPARE_PLENARY, Capability.AUTHORISE}),
    Role.CHAIR: frozenset(
        {
            Capability.READ,
            Capability.PREPARE_PLENARY,
            Capability.PRESIDE,
            Capability.AUTHORISE,
            Capability.DETERMINE,
            Capability.COSIGN,
        }
    ),
    Role.WITNESS: frozenset({Capability.READ, Capability.OBJECT, Capability.COSIGN}),
    Role.SUPERVISOR: frozenset({Capability.READ, Capability.OBJECT, Capability.COSIGN}),
    Role.AUDITOR: frozenset({Capability.READ}),
    Role.ADMINISTRATOR: frozenset(
        {Capability.READ, Capability.MANAGE_ELECTION, Capability.MANAGE_STATIONS, Capability.MANAGE_PEOPLE}
    ),
}


OWN_REGION_ONLY = frozenset({Capability.PRESIDE, Capability.AUTHORISE, Capability.DETERMINE})
"""What a body does in its own region only: a regency's chair does not preside over a district's session."""


def may(role: Role, mandate_region: str, capability: Capability, region: str) -> bool:
    """Whether a mandate (role in a region) allows ``capability`` on ``region``.

    A mandate reaches its own region and everything below it, never above or beside it; what
    `OWN_REGION_ONLY` lists stays in the region itself.
    """
    if capability not in CAPABILITIES[role]:
        return False
    return region == mandate_region if capability in OWN_REGION_ONLY else region.startswith(mandate_region)
