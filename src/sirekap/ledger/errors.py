"""Typed errors of the ledger, each with Indonesian and English text."""

from __future__ import annotations


class LedgerError(Exception):
    """Base of all ledger errors.

    ``code`` is stable and lower-case; ``text_id`` and ``text_en`` are one sentence each.
    """

    def __init__(self, code: str, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.code = code
        self.text_id = text_id
        self.text_en = text_en


class CanonicalError(LedgerError):
    """The value or the bytes are not canonical JSON of the ledger's kind."""


class TreeError(LedgerError):
    """A proof, a frontier or a tile was asked for or given with impossible sizes or hashes."""


class NoteError(LedgerError):
    """A signed note, a key text or a checkpoint is malformed or does not verify."""
