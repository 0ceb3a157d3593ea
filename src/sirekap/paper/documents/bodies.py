"""Which composer sets which document, and that a document's parts belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sirekap.paper.documents.model import (
    DocumentData,
    DocumentKind,
    Head,
    Recapitulation,
    Signer,
)
from sirekap.paper.documents.page import Page
from sirekap.paper.documents.recapitulation import recapitulation, titles


@dataclass(frozen=True, slots=True)
class Composed:
    """A document ready to be typeset. ``letter``: a decree's frame instead of a form's."""

    title: str
    model: str
    heading: list[str]
    page: Page
    tables: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    signers: list[Signer]
    letter: bool = False


def compose(data: DocumentData) -> Composed:
    """Pages, parts and boxes of a document; ``ValueError`` where head and body do not belong together."""
    body = data.body
    if isinstance(body, Recapitulation):
        page, tables, parts, boxes = recapitulation(data.head, body)
        model, heading = titles(data.head, body)
        return Composed(model, model, heading, page, tables, parts, boxes.signers)
    raise ValueError("unknown body")
