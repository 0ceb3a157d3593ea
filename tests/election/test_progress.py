from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sirekap.election import progress as p
from sirekap.election.contests import ContestKind
from sirekap.election.standing import Standing

COUNTS = p.Counts(
    {Standing.AWAITED: 222, Standing.RECEIVED: 164, Standing.VERIFIED: 3000, Standing.DISTRICT: 850}, 4014
)


def test_progress_arrived_is_counted_apart():
    got = p.progress(p.ARRIVED, COUNTS)
    assert (got.numerator, got.denominator, got.share, got.percent_text) == (4014, 4236, Fraction(4014, 4236), "94,8 %")


def test_progress_every_rung_counts_that_rung_and_above():
    got = {key: p.progress(metric, COUNTS).numerator for key, metric in p.METRICS.items()}
    assert got == {
        "arrived": 4014, "awaited": 222, "received": 4014, "read": 3850, "confirmed": 3850, "verified": 3850,
        "district": 850, "regency": 0, "province": 0, "determined": 0,
    }  # fmt: skip


def test_progress_metrics_have_a_definition_each_and_province_is_the_governors():
    assert len({m.definition_id for m in p.METRICS.values()} | {m.definition_en for m in p.METRICS.values()}) == 20
    assert "province" in {m.key for m in p.metrics(ContestKind.GOVERNOR)}
    assert "province" not in {m.key for m in p.metrics(ContestKind.REGENT)}


def test_progress_empty_region():
    got = p.progress(p.COUNTED, p.Counts({}, 0))
    assert (got.share, got.percent_text, got.complete) == (None, "–", False)


@pytest.mark.parametrize(("standing", "arrived"), [({Standing.READ: 2}, 3), ({Standing.READ: -1}, 0), ({}, -1)])
def test_counts_refuses_impossible(standing, arrived):
    with pytest.raises(ValueError, match="arrived"):
        p.Counts(standing, arrived)


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (0, 5, "0 %"), (5, 5, "100 %"), (1, 2, "50,0 %"), (1, 3, "33,3 %"), (2, 3, "66,7 %"), (1, 2000, "0,1 %"),
        (1, 2001, "< 0,1 %"), (4235, 4236, "> 99,9 %"), (1999, 2000, "> 99,9 %"), (9985, 10000, "99,9 %"),
    ],
)  # fmt: skip
def test_percent_text(numerator, denominator, text):
    assert p.percent_text(numerator, denominator) == text


def test_percent_text_refuses_more_than_all():
    with pytest.raises(ValueError, match="not a share"):
        p.percent_text(3, 2)


@given(st.integers(1, 10**6).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))), st.integers(1, 3))
def test_percent_text_says_all_or_nothing_only_when_true(share, digits):
    numerator, denominator = share
    text = p.percent_text(numerator, denominator, digits)
    assert (text == "100 %") == (numerator == denominator) and (text == "0 %") == (numerator == 0)
    shown = Fraction(text.strip("<> %").replace(",", ".")) / 100
    assert abs(shown - Fraction(numerator, denominator)) <= Fraction(1, 100 * 10**digits)


def test_partial_sentence_until_complete():
    indonesian, english = p.partial_sentence(p.progress(p.COUNTED, COUNTS))
    assert indonesian.startswith("Hitungan sebagian: 3.850 dari 4.236 TPS.") and "bukan sampel acak" in indonesian
    assert english.startswith("Partial count: 3,850 of 4,236 stations.") and "not a random sample" in english
    assert p.partial_sentence(p.progress(p.COUNTED, p.Counts({Standing.DETERMINED: 3}, 0))) is None
