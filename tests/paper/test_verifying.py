"""No spoilt document is called valid, every one gets a verdict, and the reason says what is wrong in two languages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from paper.anomalies import CASES, container, flipped
from support import sheet_samples, signed
from support.signed import AT, SIGNERS

from sirekap.paper.documents.rendering import render
from sirekap.paper.signing import authority, sign
from sirekap.paper.verifying import Recorded, Trust, Verifier, examine, verify, with_record
from sirekap.paper.verifying.messages import _TEXTS

CHANGES = 210


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier() as one:
        yield one


def test_signed_document_is_valid_and_says_who_signed() -> None:
    found = signed.signed()
    verdict = examine(found.whole, found.trust)
    assert (verdict.verdict, verdict.reasons) == ("valid", ())
    assert [(one.field, one.name) for one in verdict.signatures] == [(f, f"Nama {f}") for f in SIGNERS]
    assert verdict.region == sheet_samples.DISTRICT and verdict.unsigned_boxes == ("anggota-4", "saksi-3")


def test_every_kind_of_document_agrees_with_itself() -> None:
    found = {}
    for kind, data in sheet_samples.every_kind().items():
        rendered = render(data)
        boxes = getattr(data.body, "signers", ())
        pdf = signed.prepared(rendered, data) if boxes else signed.prepare(rendered.pdf, ())
        verdict = examine(pdf, Trust())
        found[kind] = (verdict.verdict, [one.code for one in verdict.reasons])
        assert verdict.printed == rendered.sha256_printed
    assert found == dict.fromkeys(sheet_samples.every_kind(), ("unsigned", ["unsigned"]))


@pytest.mark.parametrize("name", CASES)
def test_spoilt_document_gets_its_verdict(name: str, verifier: Verifier) -> None:
    spoil, expected, code = CASES[name]
    found = signed.signed()
    data = spoil(found)
    assert data != found.whole
    verdict = verifier.verify(data, found.trust)
    assert verdict.verdict == expected
    assert code in [one.code for one in verdict.reasons]
    assert all(one.text_id and one.text_en and "{" not in one.text_id + one.text_en for one in verdict.reasons)


def test_one_changed_byte_anywhere_is_never_valid() -> None:
    found = signed.signed()
    dice, whole, start = random.Random(2024), found.states[3], len(found.states[2])
    places = [dice.randrange(len(whole)) for _ in range(CHANGES // 3)]
    places += [dice.randrange(start, len(whole)) for _ in range(CHANGES - len(places))]
    calls = set()
    for place in places:
        data = flipped(whole, place, whole[place] ^ dice.randrange(1, 256))
        calls.add(examine(data, found.trust).verdict)
    assert examine(whole, found.trust).verdict == "valid" and calls == {"invalid"}


def test_every_byte_of_a_container_counts() -> None:
    found = signed.signed()
    data = found.states[3]
    start, end = container(data)
    calls = {examine(flipped(data, place), found.trust).verdict for place in range(start, end, 67)}
    assert calls == {"invalid"}


def test_nobody_is_trusted_without_an_authority_and_test_keys_not_in_production() -> None:
    found = signed.signed()
    codes = [
        {one.code for one in examine(found.whole, trust).reasons}
        for trust in (Trust(), replace(found.trust, allow_test=False))
    ]
    assert codes == [{"no_trust"}, {"test_authority"}]


def test_certificate_without_an_office_counts_only_when_the_ledger_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = signed.signed()
    monkeypatch.setattr(authority, "ROLE_URI", "urn:other:")
    plain = found.officer("anggota-2")
    pdf = sign(found.states[2], "anggota-2", plain, AT)
    monkeypatch.undo()
    assert [one.code for one in examine(pdf, found.trust).reasons] == ["role_unknown"]
    known = frozenset({plain.certificate_sha256})
    assert examine(pdf, found.trust, known=known).verdict == "valid"


def test_file_must_be_the_recorded_one_where_the_ledger_is_at_hand() -> None:
    found = signed.signed()
    verdict = examine(found.whole, found.trust)
    record = Recorded(frozenset({verdict.sha256}), verdict.printed)
    assert with_record(verdict, record).verdict == "valid"
    others = [None, replace(record, files=frozenset()), replace(record, figures_sha256="0" * 64)]
    codes = [[one.code for one in with_record(verdict, other).reasons] for other in others]
    assert codes == [["not_recorded"], ["not_recorded"], ["recorded_otherwise"]]
    newer = with_record(verdict, replace(record, replaced=2))
    assert (newer.verdict, [one.code for one in newer.notes]) == ("valid", ["outdated"])


def test_file_that_breaks_the_checker_gets_a_verdict_and_the_next_a_new_process() -> None:
    found = signed.signed()
    with Verifier(memory=64 << 20) as starved:
        assert [one.code for one in starved.verify(found.whole, found.trust).reasons] == ["checker_failed"]
    with Verifier(wall=0.001) as hurried:
        assert [one.code for one in hurried.verify(found.whole, found.trust).reasons] == ["checker_failed"]
    assert verify(found.whole, found.trust).verdict == "valid"


def test_reasons_stand_in_both_languages() -> None:
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in _TEXTS.values())
