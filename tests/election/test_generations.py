from __future__ import annotations

from sirekap.election import generations as g
from sirekap.election.generations import Generation, ResultKind


def test_labels_cover_every_kind_and_reason_in_both_languages():
    every = {*g.ResultKind, *g.RecountReason, *g.RevoteReason, *g.OrderBasis}
    assert set(g.LABEL_ID) == every and set(g.LABEL_EN) == every
    assert len(every) == len(g.ResultKind) + len(g.RecountReason) + len(g.RevoteReason) + len(g.OrderBasis)


def test_counting_is_the_latest_valid_generation():
    first, recount = Generation(1, ResultKind.REGULER), Generation(2, ResultKind.PUSS)
    annulled = Generation(3, ResultKind.PSU, valid=False)
    assert g.counting([annulled, first, recount]) == recount
    assert g.counting([annulled]) is None
