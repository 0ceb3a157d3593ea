"""Refusals: what happened, what it means and what to do, in Indonesian and English."""

from __future__ import annotations

from collections.abc import Sequence

from sirekap.election.rules import Finding


class Refused(Exception):
    """An act was refused and changed nothing.

    ``code`` is stable; ``status`` is the HTTP status a screen should answer with;
    ``findings`` are broken rules, if they are the reason.
    """

    def __init__(
        self, code: str, text_id: str, text_en: str, status: int = 409, findings: Sequence[Finding] = ()
    ) -> None:
        super().__init__(f"{code}: {text_en}")
        self.code = code
        self.text_id = text_id
        self.text_en = text_en
        self.status = status
        self.findings = tuple(findings)


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
