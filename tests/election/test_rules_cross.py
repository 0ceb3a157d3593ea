"""Checks between ways of writing, contests and tiers; the sentences; the reference pages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import consistent_forms

from sirekap.election import chasil
from sirekap.election.catalogue_pages import fields_reference_markdown, rules_reference_markdown
from sirekap.election.roles import Role
from sirekap.election.rules import (
    AUDIENCE_OF,
    RULE_BY_CODE,
    RULES,
    Audience,
    Finding,
    Severity,
    check,
    check_channels,
    check_cross_contest,
    check_cross_tier,
    describe,
    title,
)
from sirekap.election.rules_table import TIER_CODES
from sirekap.election.rules_wording import WORDING

GOVERNOR = {"roll_dpt_l": 100, "roll_dpt_p": 110, "roll_dpt_j": 210, "voted_total_j": 150, "voted_dpph_j": 3}
REGENT = {**GOVERNOR, "voted_total_j": 148, "voted_dpph_j": 1}


@pytest.mark.parametrize(
    ("channels", "code"),
    [
        ({}, None),
        ({"digits": 117}, None),
        ({"digits": 117, "words": None}, None),
        ({"tally": 117, "rows": 117, "digits": 117, "words": 117, "bubbles": 117}, None),
        ({"digits": 617, "words": 117}, "E250"),
        ({"digits": 617, "words": 117, "bubbles": 117}, "E253"),
        ({"digits": 117, "words": 117, "bubbles": 111}, "E255"),
        ({"digits": 117, "words": 107, "tally": 117, "rows": 117}, "E254"),
        ({"digits": 117, "tally": 112, "rows": 117}, "E251"),
        ({"digits": 117, "tally": 117, "rows": 112}, "E252"),
        ({"digits": 1, "words": 2, "bubbles": 3}, "E250"),
        ({"digits": 1, "words": 1, "bubbles": 3, "tally": 3}, "E250"),
        ({"digits": 1, "words": 1, "rows": 1, "bubbles": 3, "tally": 3}, "E250"),
    ],
)
def test_channels_name_the_one_that_differs_alone(channels: dict[str, int | None], code: str | None) -> None:
    assert [f.code for f in check_channels("votes_1", channels)] == ([code] if code else [])


def test_channels_context_holds_what_each_says() -> None:
    assert check_channels("votes_1", {"digits": 617, "words": 117, "tally": 117, "rows": None}) == [
        Finding(
            "E253",
            Severity.ERROR,
            ("votes_1",),
            {"actual": 617, "expected": 117, "tally": 117, "digits": 617, "words": 117},
        )
    ]


@pytest.mark.parametrize(("field", "channel"), [("votes_1", "smoke"), ("nonsense", "digits")])
def test_channels_refuse_unknown_names(field: str, channel: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        check_channels(field, {channel: 1})


@pytest.mark.parametrize(
    ("governor", "regent", "expected"),
    [
        ({}, {}, []),
        ({"voted_total_j": 148}, {}, []),
        ({"voted_total_j": 147}, {}, ["E502"]),
        ({"voted_total_j": 151}, {}, []),
        ({"voted_total_j": 152}, {}, ["W503"]),
        ({"voted_total_j": 152, "voted_dpph_j": None}, {}, []),
        ({"voted_total_j": None}, {}, []),
        ({"roll_dpt_p": None}, {}, []),
        ({}, {"roll_dpt_j": 211}, ["E501"]),
        ({"voted_total_j": 1}, {"roll_dpt_j": 211}, ["E501", "E502"]),
    ],
)
def test_cross_contest_at_its_limits(
    governor: dict[str, int | None], regent: dict[str, int | None], expected: list[str]
) -> None:
    assert [f.code for f in check_cross_contest({**GOVERNOR, **governor}, {**REGENT, **regent})] == expected


def test_cross_contest_names_every_differing_roll_column() -> None:
    regent = {**REGENT, "roll_dpt_l": 101, "roll_dpt_j": 211}
    assert check_cross_contest(GOVERNOR, regent) == [
        Finding("E501", Severity.ERROR, ("roll_dpt_l", "roll_dpt_j"), {"governor": 100, "regent": 101})
    ]


@given(rows=st.lists(consistent_forms(3, optional=True), max_size=4))
@settings(max_examples=40, deadline=None)
def test_cross_tier_sum_of_rows_has_no_finding_and_every_field_counts(rows: list[dict[str, int]]) -> None:
    names = chasil.field_ids(3, optional=True)
    sheet = {name: sum(row[name] for row in rows) for name in names}
    assert check_cross_tier(sheet, rows, 3) == []
    for name in names:
        expected = Finding(
            TIER_CODES[chasil.BY_ID[name].section],
            Severity.ERROR,
            (name,),
            {"actual": sheet[name] + 1, "expected": sheet[name], "below": len(rows)},
        )
        assert check_cross_tier({**sheet, name: sheet[name] + 1}, rows, 3) == [expected]


def test_cross_tier_skips_a_field_that_some_row_lacks() -> None:
    assert check_cross_tier({"valid": 9, "invalid": None}, [{"valid": 1}, {"valid": None}], 3) == []


def test_tier_codes_cover_every_section() -> None:
    assert set(TIER_CODES) == {f.section for f in chasil.CATALOGUE}


def _samples() -> dict[str, Finding]:
    """One finding per rule, from the real checks where they can make it."""
    out: dict[str, Finding] = {}
    for rule in RULES:
        fields = rule.fields(3) or ("votes_1",)
        numbers = dict.fromkeys(
            ("actual", "expected", "pair", "missing", "columns", "governor", "regent", "below"), 1234
        )
        context = numbers | {"digits": 617, "words": 117} | dict.fromkeys(fields, 617)
        out[rule.code] = Finding(rule.code, rule.severity, fields, context)
    broken = check({"votes_1": 5, "votes_2": 1, "votes_3": 0, "valid": 7, "x": 1, "total": -1}, 3, complete=True)
    return out | {f.code: f for f in broken}


def test_every_rule_has_wording_and_no_wording_is_left_over() -> None:
    assert set(WORDING) == set(RULE_BY_CODE)


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("code", list(RULE_BY_CODE))
def test_every_message_is_whole_sentences_with_numbers_filled_in(code: str, lang: str) -> None:
    finding = _samples()[code]
    texts = {audience: describe(finding, audience, lang) for audience in Audience}
    assert len(set(texts.values())) == len(Audience)
    for text in texts.values():
        assert not re.search(r"[{}]|  |\.\.|: ;|None", text)
        assert text.endswith(".")
        assert text == text.strip()
        assert not re.search(r"\b[EW]\d{3}\b|votes_\d|voted_|roll_|_[lpj]\b", text)
    assert texts[Audience.COORDINATOR].startswith(texts[Audience.PUBLIC])
    assert title(code, lang)


@pytest.mark.parametrize(("lang", "look"), [("id", "kertasnya"), ("en", "paper")])
def test_typist_is_sent_to_the_paper_and_never_told_the_computed_sum(lang: str, look: str) -> None:
    [finding] = check({"votes_1": 100, "votes_2": 120, "votes_3": 80, "valid": 451}, 3)
    text = describe(finding, "typist", lang)
    assert look in text
    assert "451" in text
    assert "300" not in text
    for code in (r.code for r in RULES if r.check):
        assert look in describe(_samples()[code], "typist", lang)


def test_coordinator_message_states_fact_cause_and_action() -> None:
    [finding] = check({"votes_1": 100, "votes_2": 120, "votes_3": 80, "valid": 310}, 3)
    assert describe(finding, "coordinator", "id") == (
        "Suara semua pasangan calon berjumlah 300, tetapi suara sah tertulis 310. "
        "Kemungkinan sebab: salah ketik, salah baca, atau salah jumlah di kertas. "
        "Tindakan: bandingkan dengan foto C.Hasil. Kalau isiannya keliru, minta dibetulkan; "
        "kalau kertasnya memang begitu, simpan apa adanya dan bawa ke pleno."
    )
    assert describe(finding, "public", "en") == (
        "The candidate pairs' votes add up to 300, but the form says 310 valid votes."
    )


def test_numbers_are_written_the_way_of_the_language() -> None:
    [finding] = check({"votes_3": 3_514_615}, 3)
    assert "3.514.615" in describe(finding, Audience.PUBLIC, "id")
    assert "3,514,615" in describe(finding, Audience.PUBLIC, "en")


def test_row_message_names_the_row_once() -> None:
    [finding] = check({"voted_total_l": 151, "voted_total_p": 150, "voted_total_j": 300}, 3)
    assert describe(finding, "public") == (
        "Jumlah pengguna hak pilih (I.B.4): laki-laki 151 ditambah perempuan 150 adalah 301, "
        "tetapi jumlahnya tertulis 300."
    )


@pytest.mark.parametrize(("role", "lang"), [("typist", "nl"), ("janitor", "id")])
def test_unknown_audience_or_language_raises(role: str, lang: str) -> None:
    with pytest.raises(ValueError, match=r"nl|janitor"):
        describe(_samples()["E203"], role, lang)
    with pytest.raises(ValueError, match="nl"):
        title("E203", "nl")


def test_every_role_has_an_audience() -> None:
    assert set(AUDIENCE_OF) == set(Role)


def test_workflow_codes_exist_as_texts_only() -> None:
    for code in ("W701", "W702"):
        assert RULE_BY_CODE[code].check is None
        assert describe(Finding(code, Severity.WARNING, ("valid",)), "public", "en")
    assert describe(Finding("W701", Severity.WARNING, ()), "public").startswith("TPS ini disahkan")


def test_rules_page_lists_every_rule_once_with_titles() -> None:
    page = rules_reference_markdown()
    for rule in RULES:
        assert len(re.findall(rf"^\| {rule.code} \| (?:galat|peringatan)", page, re.MULTILINE)) == 1
        assert f"{title(rule.code, 'id')} / {title(rule.code, 'en')}" in page
        assert rule.formula in page
        assert WORDING[rule.code].action_id in page
    assert page == rules_reference_markdown()
    _assert_tables_are_rectangular(page)


def test_fields_page_lists_every_field_once_with_labels() -> None:
    page = fields_reference_markdown()
    for field in chasil.CATALOGUE:
        assert page.count(f"| `{field.id}` |") == 1
        assert f"| {field.label_id} | {field.label_en} |" in page
    _assert_tables_are_rectangular(page)


def _assert_tables_are_rectangular(page: str) -> None:
    width = 0
    for line in page.splitlines():
        if line.startswith("|"):
            assert width in (0, line.count(" |"))
            width = line.count(" |")
        else:
            width = 0
    assert page.endswith("|\n")
