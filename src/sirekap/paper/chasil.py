"""MODEL C.HASIL-KWK and its Salinan: the pages of a form for any number of vote columns, from the field catalogue.

Sections, fields and signatures follow MODEL C.HASIL-KWK-GUBERNUR / -BUPATI/WALIKOTA (PKPU 18/2024); the required rows
of the catalogue are printed. The drawing is ours.
"""

from __future__ import annotations

import functools

from sirekap.election.contests import Contest, ContestKind
from sirekap.paper.administration import administration
from sirekap.paper.frame import Heading
from sirekap.paper.identity import Form, layout_name
from sirekap.paper.layout import Layout
from sirekap.paper.sheet import Sheet
from sirekap.paper.votes import copy_page, summary_page, vote_page

FEWEST = 2
"""Fewest vote columns of a form: a sole pair stands against the blank column."""
SOURCE = "computed by sirekap.paper.chasil from the field catalogue"


def heading_for(contest: Contest, *, copy: bool = False, year: str = "") -> Heading:
    """What C.Hasil of a contest, or its Salinan (``copy``), says at every station."""
    governor = contest.kind is ContestKind.GOVERNOR
    if copy:
        form = Form.SALINAN_GOVERNOR if governor else Form.SALINAN_REGENT
    else:
        form = Form.CHASIL_GOVERNOR if governor else Form.CHASIL_REGENT
    names = tuple(pair.name for pair in contest.pairs)
    return Heading(form, contest.columns, contest.title, year, names, contest.blank_column)


@functools.lru_cache(maxsize=128)
def sheets(heading: Heading) -> tuple[Sheet, ...]:
    """All pages of a form. Names and titles change captions only: the layout depends on form and columns."""
    first = administration(heading)
    if heading.form.is_copy:
        return first, copy_page(heading)
    votes = tuple(vote_page(heading, page) for page in range(2, heading.pages))
    return first, *votes, summary_page(heading)


@functools.cache
def layout(form: Form, columns: int) -> Layout:
    """The geometry of a form with ``columns`` (2..10) vote columns."""
    pages = tuple(sheet.layout for sheet in sheets(Heading(form, columns)))
    return Layout(layout_name(form, columns), form.title, columns, pages, source=SOURCE)
