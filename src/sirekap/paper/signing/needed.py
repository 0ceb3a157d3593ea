"""Whose signatures make a document complete: chair and two members on what a plenary decides, the chair on the rest.

A sheet is signed by the chair and at least two members; a witness's refusal does not void it (domain.md, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable

from sirekap.paper.documents.model import DocumentKind

MEMBERS = {
    DocumentKind.DHASIL_KECAMATAN: 2,
    DocumentKind.DHASIL_KABKO: 2,
    DocumentKind.DHASIL_PROV: 2,
    DocumentKind.KEJADIAN_KHUSUS: 2,
    DocumentKind.BERITA_ACARA: 2,
}
"""Members needed beside the chair; none where a kind is not listed."""
UNSIGNED = frozenset({DocumentKind.BAHAN_PLENO})
"""Kinds that nobody signs."""


def still_needed(kind: DocumentKind | str, signed: Iterable[str]) -> tuple[bool, int]:
    """Whether the chair's signature is missing, and how many members' are; ``signed``: names of the signed fields."""
    kind = DocumentKind(kind)
    if kind in UNSIGNED:
        return False, 0
    names = set(signed)
    members = sum(name.startswith("anggota-") for name in names)
    return "ketua" not in names, max(0, MEMBERS.get(kind, 0) - members)


def is_complete(kind: DocumentKind | str, signed: Iterable[str]) -> bool:
    """Whether nobody's signature is missing; never for a kind that nobody signs."""
    return DocumentKind(kind) not in UNSIGNED and still_needed(kind, signed) == (False, 0)
