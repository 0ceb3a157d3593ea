"""Which sheet a tag names: form, vote columns, page and corner in one AprilTag id of family 36h10.

``id = 200 + (((form*10 + (columns-1)) * 8 + (page-1)) * 4 + corner)``, so that one tag that is still legible names
the whole page. The commission's 2024 sheets carry the ids 101-103 of the same family: the page, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sirekap.election.chasil import MAX_COLUMNS
from sirekap.election.contests import ContestKind

FAMILY = "36h10"
FIRST_ID = 200
MAX_PAGES = 8
OFFICIAL_PAGES = {101: 1, 102: 2, 103: 3}
"""Tag id -> page of the commission's own 2024 design (top right corner only)."""


class Form(IntEnum):
    """The printed forms we draw; the values are part of the tag ids."""

    CHASIL_GOVERNOR = 0
    CHASIL_REGENT = 1
    SALINAN_GOVERNOR = 2
    SALINAN_REGENT = 3

    @property
    def contest(self) -> ContestKind:
        """The kind of contest this form counts."""
        return ContestKind.REGENT if self in (Form.CHASIL_REGENT, Form.SALINAN_REGENT) else ContestKind.GOVERNOR

    @property
    def is_copy(self) -> bool:
        """Whether it is the witness copy (Salinan)."""
        return self >= Form.SALINAN_GOVERNOR

    @property
    def slug(self) -> str:
        """The first part of the layout's name, e.g. ``kwk-gubernur``."""
        return _SLUGS[self]

    @property
    def title(self) -> str:
        """The form's own name as printed in its corner."""
        return _TITLES[self]


_SLUGS = {
    Form.CHASIL_GOVERNOR: "kwk-gubernur",
    Form.CHASIL_REGENT: "kwk-bupati",
    Form.SALINAN_GOVERNOR: "salinan-gubernur",
    Form.SALINAN_REGENT: "salinan-bupati",
}
_TITLES = {
    Form.CHASIL_GOVERNOR: "MODEL C.HASIL-KWK-GUBERNUR",
    Form.CHASIL_REGENT: "MODEL C.HASIL-KWK-BUPATI/WALIKOTA",
    Form.SALINAN_GOVERNOR: "MODEL C.HASIL SALINAN-KWK-GUBERNUR",
    Form.SALINAN_REGENT: "MODEL C.HASIL SALINAN-KWK-BUPATI/WALIKOTA",
}


class Corner(IntEnum):
    """Where on the page a tag stands, clockwise from the top left."""

    TOP_LEFT = 0
    TOP_RIGHT = 1
    BOTTOM_RIGHT = 2
    BOTTOM_LEFT = 3


@dataclass(frozen=True, slots=True)
class TagIdentity:
    """What one tag says."""

    form: Form
    columns: int
    page: int
    corner: Corner

    @property
    def layout(self) -> str:
        """The name for `paper.templates.get`, e.g. ``kwk-bupati-3``."""
        return layout_name(self.form, self.columns)


def layout_name(form: Form, columns: int) -> str:
    """The name of a form's layout, e.g. ``salinan-gubernur-4``."""
    return f"{form.slug}-{columns}"


def tag_id(form: Form, columns: int, page: int, corner: Corner) -> int:
    """The id of one tag; raises ``ValueError`` beyond 1..10 columns or 1..8 pages."""
    if not 1 <= columns <= MAX_COLUMNS or not 1 <= page <= MAX_PAGES:
        raise ValueError(f"no tag for {columns} columns, page {page}")
    return FIRST_ID + (((form * MAX_COLUMNS + (columns - 1)) * MAX_PAGES + (page - 1)) * 4 + corner)


def parse_tag(found: int) -> TagIdentity | None:
    """What a tag id says, or None when it is not one of ours (the official ids are in `OFFICIAL_PAGES`)."""
    rest, corner = divmod(found - FIRST_ID, 4)
    rest, page = divmod(rest, MAX_PAGES)
    form, columns = divmod(rest, MAX_COLUMNS)
    if found < FIRST_ID or form >= len(Form):
        return None
    return TagIdentity(Form(form), columns + 1, page + 1, Corner(corner))
