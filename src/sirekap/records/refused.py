"""A refusal: what happened, what it means and what to do, in Indonesian and English."""

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
