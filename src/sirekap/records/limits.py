"""The limits in force on this node: settings of the bounds that no source confirms as law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.conf import settings

from sirekap.election import rules
from sirekap.election.rules import Finding, Limits


def limits() -> Limits:
    """``SIREKAP_RESERVE_PERMILLE`` and ``SIREKAP_STATION_LIMIT`` as the rules take them."""
    config = settings.CONFIG
    return Limits(reserve_per_mille=config.reserve_permille, station_cap=config.station_limit)


def check(figures: Mapping[str, object], columns: int, *, complete: bool = False) -> list[Finding]:
    """:func:`sirekap.election.rules.check` under the limits in force."""
    return rules.check(figures, columns, complete=complete, limits=limits())


def max_photo_bytes() -> int:
    """``SIREKAP_MAX_UPLOAD_BYTES``."""
    return int(settings.CONFIG.max_upload_bytes)


def holidays() -> tuple[date, ...]:
    """``SIREKAP_HOLIDAYS``: days that are no working days, apart from weekends."""
    return tuple(settings.CONFIG.holidays or ())


def quorum() -> int:
    """``SIREKAP_QUORUM``: members of the body, the chair among them, that must be present."""
    return int(settings.CONFIG.quorum)


def mega_district() -> int:
    """``SIREKAP_MEGA_DISTRICT``: a district with so many stations or more is called out from the start."""
    return int(settings.CONFIG.mega_district)
