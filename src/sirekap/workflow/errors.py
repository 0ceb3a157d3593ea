"""Refusals that many acts share."""

from __future__ import annotations

from sirekap.records.refused import Refused

__all__ = ["Refused", "not_found", "out_of_scope", "stale"]


def not_found(what: str) -> Refused:
    """The thing an act names does not exist."""
    return Refused(
        "not_found",
        f"{what} tidak ditemukan. Periksa kodenya.",
        f"{what} was not found. Check its code.",
        404,
    )


def out_of_scope(region: str) -> Refused:
    """The actor's mandates do not reach this region or act."""
    return Refused(
        "out_of_scope",
        f"Mandat Anda tidak mencakup tindakan ini untuk wilayah {region}. Minta petugas yang berwenang.",
        f"Your mandate does not cover this act for region {region}. Ask an officer who may.",
        403,
    )


def stale() -> Refused:
    """The screen was opened before somebody else changed the same thing."""
    return Refused(
        "stale",
        "Data ini sudah berubah sejak layar Anda dibuka. Muat ulang, periksa, lalu ulangi.",
        "This has changed since your screen was opened. Reload, check, then repeat.",
    )
