"""Roles: what each may do and where."""

from __future__ import annotations

import pytest

from sirekap.election import regions, roles
from sirekap.election.roles import Capability, Role, may

STATION = "3216011007001"


def test_every_role_has_label_scope_and_capabilities() -> None:
    assert set(roles.LABEL_ID) == set(roles.SCOPE_LENGTHS) == set(roles.CAPABILITIES) == set(Role)
    for lengths in roles.SCOPE_LENGTHS.values():
        assert set(lengths) <= set(regions.DIGITS.values())


def test_every_capability_belongs_to_someone_and_everyone_reads() -> None:
    assert set().union(*roles.CAPABILITIES.values()) == set(Capability)
    assert all(Capability.READ in held for held in roles.CAPABILITIES.values())


@pytest.mark.parametrize("role", [Role.KPPS, Role.PPS, Role.WITNESS, Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_role_outside_the_committees_never_verifies(role: Role) -> None:
    assert Capability.VERIFY not in roles.CAPABILITIES[role]


def test_pps_and_auditor_only_read() -> None:
    assert roles.CAPABILITIES[Role.PPS] == roles.CAPABILITIES[Role.AUDITOR] == {Capability.READ}


def test_administrator_touches_no_figure() -> None:
    figures = {Capability.UPLOAD, Capability.CONFIRM, Capability.VERIFY, Capability.AUTHORISE, Capability.DETERMINE}
    assert not roles.CAPABILITIES[Role.ADMINISTRATOR] & figures


@pytest.mark.parametrize(
    ("mandate", "region", "allowed"),
    [
        ("3216", STATION, True),
        ("3216", "3216", True),
        ("321601", STATION, True),
        ("321602", STATION, False),
        ("3275", STATION, False),
        ("321601", "3216", False),
        (STATION, "3216011007", False),
    ],
)
def test_mandate_reaches_its_region_and_below_only(mandate: str, region: str, allowed: bool) -> None:
    assert may(Role.OPERATOR, mandate, Capability.VERIFY, region) is allowed


def test_mandate_without_capability_is_refused_at_home() -> None:
    assert not may(Role.WITNESS, STATION, Capability.CONFIRM, STATION)
