"""What is stated, proposed, accepted: the promises of the reader, on evidence without pixels."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading.evidence import VOTE_LIKE, Photo, boxes, evidence, page, spelling, true_figures

from sirekap.election.rules import check, has_errors
from sirekap.reading import joint, reader, thresholds
from sirekap.reading.messages import reason as gate_reason
from sirekap.reading.result import BLANK, DASH, STRUCK, FieldEvidence, QrReading, Reading, Verdict
from sirekap.reading.verdict import judge_fields, see

CLEAR = Photo(miss=0.0, unsure=0.0)
FAIR = Photo()
HARD = Photo(miss=0.06, unsure=0.2, other=0.01)


def _votes_only(figures: dict[str, int]) -> dict[str, int]:
    return {name: figure for name, figure in figures.items() if name.startswith(VOTE_LIKE)}


def _read(fields: dict[str, FieldEvidence], columns: int = 4, **more: object) -> Reading:
    return reader.judge([page(fields)], columns=columns, **more)


def _raw(fields: dict[str, FieldEvidence], name: str) -> int | None:
    return _read(fields).fields[name].channels["digits"].value


def _codes(reading: Reading) -> set[str]:
    return {reason.code.partition(":")[0] for reason in reading.reasons}


@pytest.mark.parametrize("bubbles", [False, True])
def test_a_clear_true_form_is_accepted_as_written(bubbles: bool) -> None:
    rng = np.random.default_rng(1)
    for _ in range(5):
        figures = true_figures(rng)
        reading = _read(evidence(rng, figures, dataclasses.replace(CLEAR, bubbles=bubbles, words=bubbles)))
        assert (reading.verdict, reading.reasons) == (Verdict.ACCEPT, ())
        said = {n: f.value if f.value is not None else f.proposal for n, f in reading.fields.items()}
        assert said == figures


@given(seed=st.integers(0, 2**32), hard=st.booleans(), bubbles=st.booleans())
@settings(max_examples=20)
def test_a_value_is_what_its_own_channels_say_and_never_a_repair(seed: int, hard: bool, bubbles: bool) -> None:
    rng = np.random.default_rng(seed)
    fields = evidence(rng, true_figures(rng), dataclasses.replace(HARD if hard else FAIR, bubbles=bubbles))
    reading = _read(fields)
    t = thresholds.load()
    for name, found in reading.fields.items():
        seen = see(fields[name], t)
        assert found.value in (None, seen.figure)
        assert found.proposal is None or found.proposal != found.value
        assert 0.0 <= found.confidence <= 1.0
        assert sum(p for _, p in found.alternatives) <= 1.0 + 1e-9


@given(seed=st.integers(0, 2**32), votes_only=st.booleans())
@settings(max_examples=20)
def test_a_human_slip_that_fits_nowhere_is_never_accepted(seed: int, votes_only: bool) -> None:
    rng = np.random.default_rng(seed)
    figures = true_figures(rng)
    if votes_only:
        figures = _votes_only(figures)
    name = str(rng.choice(sorted(figures)))
    written = figures | {name: (figures[name] + int(rng.integers(1, 900))) % 1000}
    reading = _read(evidence(rng, written, CLEAR))
    assert has_errors(check(written, 4))
    assert reading.verdict is Verdict.REVIEW
    assert "breaks_rule" in _codes(reading)
    assert {f.code for f in check(written, 4)} <= {f.code for f in reading.findings}
    assert all(f.value in (None, written[n]) for n, f in reading.fields.items())


def test_a_clear_slip_is_stated_as_written_and_the_sum_proposed() -> None:
    rng = np.random.default_rng(2)
    figures = {"votes_1": 180, "votes_2": 55, "valid": 236, "invalid": 4, "total": 239}
    reading = _read(evidence(rng, figures, CLEAR), columns=2)
    found = reading.fields["valid"]
    assert found.channels["digits"].value == 236
    assert found.value in (None, 236)
    assert found.proposal == 235
    assert [f.code for f in reading.findings] == ["E203"]


@pytest.mark.parametrize("lead", [0, BLANK, STRUCK, DASH])
def test_zero_has_four_spellings(lead: int) -> None:
    rng = np.random.default_rng(3)
    figures = {"votes_1": 0, "votes_2": 112, "valid": 112, "invalid": 0, "total": 112}
    fields = {}
    for name, figure in figures.items():
        classes = spelling(rng, figure, lead) if figure else [lead, lead, 0]
        fields[name] = FieldEvidence(boxes(rng, classes, CLEAR))
    reading = _read(fields, columns=2)
    assert reading.verdict is Verdict.ACCEPT
    assert {n: f.value for n, f in reading.fields.items()} == figures


@pytest.mark.parametrize(("filler", "doubt"), [(BLANK, "blank"), (STRUCK, "struck"), (DASH, "struck")])
def test_boxes_without_any_figure_have_no_value_and_zero_as_proposal(filler: int, doubt: str) -> None:
    rng = np.random.default_rng(4)
    figures = {"votes_1": 30, "votes_2": 112, "valid": 142, "invalid": 0, "total": 142}
    fields = evidence(rng, figures, CLEAR)
    fields["invalid"] = FieldEvidence(boxes(rng, [filler] * 3, CLEAR))
    reading = _read(fields, columns=2)
    found = reading.fields["invalid"]
    assert (found.value, found.proposal, found.doubt) == (None, 0, (doubt,))
    assert found.confidence > 0.999
    assert reading.verdict is Verdict.ACCEPT


def test_boxes_without_any_figure_where_the_sum_needs_one_go_to_a_person() -> None:
    rng = np.random.default_rng(4)
    fields = evidence(rng, {"votes_1": 30, "votes_2": 112, "valid": 142, "invalid": 7, "total": 149}, CLEAR)
    fields["invalid"] = FieldEvidence(boxes(rng, [BLANK] * 3, CLEAR))
    reading = _read(fields, columns=2)
    assert (reading.fields["invalid"].value, reading.fields["invalid"].proposal) == (None, 7)
    assert reading.verdict is Verdict.REVIEW
    assert {"empty", "differs_sum"} <= _codes(reading)


def test_a_crossed_out_box_is_proposed_from_the_sums_but_never_accepted() -> None:
    rng = np.random.default_rng(5)
    figures = {"votes_1": 30, "votes_2": 112, "valid": 142, "invalid": 7, "total": 149}
    fields = evidence(rng, figures, CLEAR)
    fields["votes_2"] = FieldEvidence(boxes(rng, [1, 13, 2], CLEAR))
    reading = _read(fields, columns=2)
    found = reading.fields["votes_2"]
    assert (found.value, found.proposal) == (None, 112)
    assert "other" in found.doubt
    assert reading.verdict is Verdict.REVIEW
    assert "other" in _codes(reading)


def test_one_page_without_sums_needs_bubbles_that_agree() -> None:
    rng = np.random.default_rng(6)
    figures = {f"votes_{n}": v for n, v in enumerate((12, 230, 7, 95), 1)}
    assert _codes(_read(evidence(rng, figures, CLEAR))) >= {"unchecked"}
    with_bubbles = dataclasses.replace(CLEAR, bubbles=True)
    assert _read(evidence(rng, figures, with_bubbles)).verdict is Verdict.ACCEPT
    differing = evidence(rng, figures, with_bubbles, filled=figures | {"votes_2": 280})
    reading = _read(differing)
    assert reading.verdict is Verdict.REVIEW
    assert reading.fields["votes_2"].value is None
    assert "differs_bubbles" in reading.fields["votes_2"].doubt
    assert [f.code for f in reading.findings] == ["E250"]


def test_words_that_differ_hold_a_form_back() -> None:
    rng = np.random.default_rng(7)
    figures = {"votes_1": 30, "votes_2": 112, "valid": 142, "invalid": 7, "total": 149}
    fields = evidence(rng, figures, CLEAR)
    fields["votes_2"] = dataclasses.replace(fields["votes_2"], words={122: 0.95})
    reading = _read(fields, columns=2)
    assert reading.verdict is Verdict.REVIEW
    assert "differs_words" in reading.fields["votes_2"].doubt
    unreadable = dataclasses.replace(fields["votes_2"], words={122: 0.3, 112: 0.25})
    assert _read(fields | {"votes_2": unreadable}, columns=2).verdict is Verdict.ACCEPT


def test_a_cap_holds_back_but_never_pushes_a_value() -> None:
    rng = np.random.default_rng(8)
    figures = {"voted_dpt_l": 250, "voted_dpt_p": 260, "voted_dpt_j": 510}
    fields = evidence(rng, figures, CLEAR)
    assert _read(fields, caps={"voted_dpt_j": 510}).verdict is Verdict.ACCEPT
    reading = _read(fields, caps={"voted_dpt_j": 480})
    assert reading.fields["voted_dpt_j"].value in (None, 510)
    assert reading.verdict is Verdict.REVIEW
    assert "above_cap" in _codes(reading)


@pytest.mark.parametrize("votes", [(0, 600, 0, 0), (0, 0, 0, 0), (1, 0, 0, 0), (250, 250, 49, 51)])
def test_rare_but_true_figures_are_accepted(votes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(9)
    figures = {f"votes_{n}": v for n, v in enumerate(votes, 1)}
    figures |= {"valid": sum(votes), "invalid": 0, "total": sum(votes)}
    reading = _read(evidence(rng, figures, dataclasses.replace(CLEAR, bubbles=True)))
    assert reading.verdict is Verdict.ACCEPT


def test_an_unregistered_page_gives_no_figure() -> None:
    rng = np.random.default_rng(10)
    loose = dataclasses.replace(page(evidence(rng, true_figures(rng), CLEAR)), registered=False)
    reading = reader.judge([loose], columns=4)
    assert (reading.verdict, dict(reading.fields)) == (Verdict.REVIEW, {})
    assert _codes(reading) == {"nothing_read"}


def test_flags_of_the_gate_hold_back_and_undecodable_files_are_refused() -> None:
    rng = np.random.default_rng(11)
    good = page(evidence(rng, true_figures(rng), CLEAR))
    for code, verdict in (("blurred", Verdict.REVIEW), ("animated", Verdict.ACCEPT), ("undecodable", Verdict.REFUSED)):
        reading = reader.judge([dataclasses.replace(good, flags=(gate_reason(code),))], columns=4)
        assert reading.verdict is verdict, code


def test_pages_are_judged_together_in_any_order() -> None:
    rng = np.random.default_rng(12)
    figures = true_figures(rng)
    fields = evidence(rng, figures, CLEAR)
    votes = {n for n in figures if n.startswith("votes_")}
    summary = {"valid", "invalid", "total"}
    parts = [
        page({n: f for n, f in fields.items() if n not in votes | summary}, 1),
        page({n: f for n, f in fields.items() if n in votes}, 2),
        page({n: f for n, f in fields.items() if n in summary}, 3),
    ]
    one, other = reader.judge(parts, columns=4), reader.judge(parts[::-1], columns=4)
    assert one.verdict is other.verdict is Verdict.ACCEPT
    assert {n: f.value for n, f in one.fields.items()} == {n: f.value for n, f in other.fields.items()}
    assert set(one.fields) == set(figures)


def test_pages_of_two_stations_are_not_one_form() -> None:
    rng = np.random.default_rng(13)
    fields = evidence(rng, _votes_only(true_figures(rng)), CLEAR)
    qrs = [QrReading("", "pkwkk", station, number, 1, "unverified") for station, number in (("1", 2), ("2", 3))]
    votes = {n: f for n, f in fields.items() if n.startswith("votes_")}
    rest = {n: f for n, f in fields.items() if n not in votes}
    pages = [dataclasses.replace(page(part, n), qr=q) for part, n, q in zip((votes, rest), (2, 3), qrs, strict=True)]
    reading = reader.judge(pages, columns=4)
    assert reading.verdict is Verdict.REVIEW
    assert "mixed_forms" in _codes(reading)


def test_fields_the_template_has_but_nobody_read_are_named() -> None:
    rng = np.random.default_rng(14)
    figures = {"valid": 142, "invalid": 7}
    reading = reader.judge([page(evidence(rng, figures, CLEAR), 3, "kwk-gubernur-4")], columns=4)
    missing = next(reason for reason in reading.reasons if reason.code == "missing_fields")
    assert missing.fields == ("total",)
    assert "Jumlah suara sah dan tidak sah (V.C)" in missing.text_id


def test_no_page_is_an_error() -> None:
    with pytest.raises(ValueError, match="no page"):
        reader.judge([])


def test_every_reason_has_both_languages_and_names_places() -> None:
    from sirekap.reading.verdict_texts import TEXTS, reason

    for code in TEXTS:
        found = reason(code, ("votes_1", "votes_2", "valid", "invalid", "total"))
        assert found.text_id and found.text_en and "{" not in found.text_id + found.text_en
        if "{places}" in TEXTS[code][0]:
            assert "dan 1 lainnya" in found.text_id and "and 1 more" in found.text_en


@given(seed=st.integers(0, 2**32))
@settings(max_examples=15)
def test_confidence_is_honest_on_evidence_as_good_as_it_says(seed: int) -> None:
    """Where a value is stated, it is what is written; the generator's net is calibrated, its misses lie close."""
    rng = np.random.default_rng(seed)
    figures = true_figures(rng)
    reading = _read(evidence(rng, figures, FAIR))
    sure = [n for n, f in reading.fields.items() if f.value is not None and f.confidence > 0.999]
    assert {n: reading.fields[n].value for n in sure} == {n: figures[n] for n in sure}


@pytest.mark.parametrize(("bubbles", "least"), [(False, 0.7), (True, 0.95)])
def test_many_forms_are_accepted_none_silently_wrong_and_slips_are_held_back(bubbles: bool, least: float) -> None:
    """Votes and section V, 200 forms, one in ten with a slip in one digit: the worst kind for a reader of digits."""
    rng = np.random.default_rng(2024)
    photo = dataclasses.replace(FAIR, bubbles=bubbles)
    accepted, true = 0, 0
    for number in range(200):
        written = _votes_only(true_figures(rng))
        if slip := number % 10 == 0:
            name, place = str(rng.choice(sorted(written))), int(rng.integers(3))
            old = written[name] // 10**place % 10
            written[name] += ((old + int(rng.integers(1, 10))) % 10 - old) * 10**place
        reading = _read(evidence(rng, written, photo))
        if reading.verdict is Verdict.ACCEPT:
            said = {n: f.value if f.value is not None else f.proposal for n, f in reading.fields.items()}
            assert said == written
            assert not slip
        accepted += reading.verdict is Verdict.ACCEPT
        true += not slip
    assert accepted / true >= least


def _torn(found: FieldEvidence) -> FieldEvidence:
    """Last box half one digit, half another."""
    digits = np.array(found.digits)
    best, other = int(digits[-1].argmax()), int((digits[-1].argmax() + 1) % 10)
    digits[-1] = np.log(1e-6)
    digits[-1, [best, other]] = np.log(0.5)
    return FieldEvidence(digits)


def test_a_doubtful_row_of_the_administration_leaves_the_result_accepted() -> None:
    rng = np.random.default_rng(4)
    figures = true_figures(rng)
    fields = evidence(rng, figures, CLEAR)
    fields["disabled_l"] = _torn(fields["disabled_l"])
    reading = _read(fields)
    assert (reading.verdict, dict(reading.parts)) == (
        Verdict.REVIEW,
        {"administration": Verdict.REVIEW, "result": Verdict.ACCEPT},
    )


def test_a_doubtful_vote_holds_back_the_result_and_not_the_administration() -> None:
    rng = np.random.default_rng(4)
    figures = true_figures(rng)
    fields = evidence(rng, figures, CLEAR)
    fields["votes_1"] = _torn(fields["votes_1"])
    reading = _read(fields)
    assert dict(reading.parts) == {"administration": Verdict.ACCEPT, "result": Verdict.REVIEW}


def test_a_flagged_photograph_holds_back_every_part() -> None:
    rng = np.random.default_rng(4)
    shot = dataclasses.replace(page(evidence(rng, true_figures(rng), CLEAR)), flags=(gate_reason("blurred"),))
    assert set(reader.judge([shot], columns=4).parts.values()) == {Verdict.REVIEW}


def _smeared(rng: np.random.Generator, found: FieldEvidence) -> FieldEvidence:
    """Every box half its digit, the rest anything: what a hand that the net does not know looks like."""
    p = 0.5 * np.exp(np.array(found.digits, np.float64)) + 0.5 * rng.dirichlet(np.ones(14), len(found.digits))
    return dataclasses.replace(found, digits=np.log(p).astype(np.float32))


@pytest.mark.parametrize("seed", [3, 8, 21])
def test_an_illegible_administration_leaves_a_result_with_bubbles_accepted(seed: int) -> None:
    """The decoder leaves weight out where rows are listed; the result needs none of these rows."""
    rng = np.random.default_rng(seed)
    figures = true_figures(rng)
    fields = evidence(rng, figures, dataclasses.replace(CLEAR, bubbles=True))
    fields |= {name: _smeared(rng, found) for name, found in fields.items() if not name.startswith(VOTE_LIKE)}
    t, columns = thresholds.load(), 4
    whole = joint.decode({name: see(found, t).own for name, found in fields.items()}, columns, slip=t.slip)
    assert whole.lost > t.lost
    judged = judge_fields(fields, columns, t)
    votes = _votes_only(figures)
    assert judged.parts == {"administration": False, "result": True}
    assert {name: judged.fields[name].value for name in votes} == votes
    proposed = {name: judged.fields[name].proposal for name in fields if name not in votes}
    right = [name for name, figure in proposed.items() if figure == figures[name]]
    assert len(right) > len(proposed) // 2
