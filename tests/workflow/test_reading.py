"""Machine reading as an act: one photograph, one transaction, one entry; what the reader states, and what that verifies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support import acts, plain_reader
from support import small_election as se
from support.databases import Node
from support.reads import WALL, read, send

from sirekap.election import chasil
from sirekap.election.generations import RecountReason
from sirekap.election.standing import Standing
from sirekap.reading import keeping, messages
from sirekap.reading.result import QrReading
from sirekap.reading.version import READER
from sirekap.records.models import Entry, Photo, PhotoReading, ReadingJob, Statement, StationContest, Verification
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import intake, plenary, reading, reading_queue, verification

ROW, OTHER = se.rows_of(se.DISTRICTS[0], (se.REGENT,))[:2]
COLUMNS = se.COLUMNS["pkwkk"]
ALL = chasil.field_ids(COLUMNS)
BLIND = chasil.blind_ids(COLUMNS)


def row_of(pk: str = ROW) -> StationContest:
    return StationContest.objects.get(pk=pk)


def test_a_photo_is_queued_in_its_own_transaction_and_only_once(node: Node) -> None:
    send(node, ROW)
    send(node, ROW)
    jobs = [(j.photo.pages, j.reader, j.state, j.attempts) for j in ReadingJob.objects.order_by("pk")]
    assert jobs == [(1, READER, "queued", 0), (2, READER, "queued", 0), (4, READER, "queued", 0)]


def test_a_picture_that_is_no_photograph_is_not_queued(local: Node) -> None:
    intake.receive_photo(local.small.kpps[ROW[:13]], local.store, ROW, 7, se.photo(), local.small.at, read=False)
    assert (Photo.objects.count(), ReadingJob.objects.count()) == (1, 0)


def test_reading_is_one_entry_with_its_fact_and_finishes_the_job(node: Node) -> None:
    send(node, ROW, (2,))
    (done,) = read(node, unsure=("votes_2",))
    said = se.figures(ROW)
    fields = {
        name: {
            "value": None if name == "votes_2" else said[name],
            "proposal": said[name] // 10 * 10 if name == "votes_2" else None,
            "confidence": 71429 if name == "votes_2" else 1_000_000,
            "box": [700, 100 + 50 * n, 180, 44],
            "doubt": ["unsure"] if name == "votes_2" else [],
        }
        for n, name in enumerate(("votes_1", "votes_2", "votes_3"))
    }
    photo = Photo.objects.get()
    body = {
        "reading": str(done.reading),
        "row": ROW,
        "generation": 1,
        "photo": str(photo.pk),
        "reader": READER,
        "model": plain_reader.MODEL,
        "template": "kwk-bupati-3",
        "page": 2,
        "verdict": "review",
        "reasons": [],
        "qr": {"contest": se.REGENT, "station": ROW[:13], "page": 2, "generation": 1, "check": "valid"},
        "fields": fields,
        "size": [1200, 1600],
        "fingerprint": f"{plain_reader.fingerprint(ROW, 2):016x}",
        "complete": False,
        "form": None,
        "statement": None,
    }
    entry = acts.last_entry("photo.read")
    assert entry["actor"] == {"person": None, "role": "machine", "region": ""}
    assert entry["body"] == body
    fact = PhotoReading.objects.get()
    kept = {name: getattr(fact, name) for name in body if name not in ("reading", "row", "photo", "statement")}
    assert kept == {name: body[name] for name in kept}
    assert (fact.pk, fact.photo_id, fact.row_id, fact.doubtful) == (done.reading, photo.pk, ROW, ("votes_2",))
    job = ReadingJob.objects.get()
    assert (job.state, job.owner, job.attempts) == ("done", "", 1)
    assert job.evidence is not None
    assert keeping.pack(keeping.unpack(bytes(job.evidence))) == bytes(job.evidence)
    assert rebuild()["changed"] == 0


def test_last_page_states_the_form_and_the_row_stands_at_read(node: Node) -> None:
    send(node, ROW)
    done = read(node, unsure=("votes_2", "disabled_p"))
    assert [(d.complete, d.stated, d.verified) for d in done] == [(False, False, False)] * 2 + [(True, True, False)]
    statement = Statement.objects.select_related("figures").get()
    stated = {name: se.figures(ROW)[name] for name in ALL if name not in ("votes_2", "disabled_p")}
    assert statement.figures.figures() == stated
    assert (statement.human, statement.role, statement.author, statement.open_fields) == (
        False,
        "machine",
        reading.machine_id(),
        {},
    )
    row = row_of()
    assert (row.read, row.standing, row.confirmed, row.counted) == (True, Standing.READ, False, None)
    form = PhotoReading.objects.order_by("entry_id").last().form  # type: ignore[union-attr]
    photos = {str(p.pages.bit_length()): str(p.pk) for p in Photo.objects.all()}
    assert (form["photos"], form["verdict"], set(form["fields"])) == (photos, "review", set(ALL))
    assert rebuild()["changed"] == 0


def test_an_entry_stays_below_64_kilobytes(local: Node) -> None:
    send(local, ROW)
    read(local, unsure=ALL)
    assert max(len(bytes(e.content)) for e in Entry.objects.filter(kind="photo.read")) < 65_536


def test_reader_and_committee_that_keyed_blind_verify_the_form(node: Node) -> None:
    send(node, ROW)
    read(node)
    settlement = verification.make_statement(node.small.kpps[ROW[:13]], ROW, se.figures(ROW), node.small.at)
    assert settlement.verified
    row = row_of()
    assert row.verified is not None
    assert (row.standing, row.verified.figures()) == (Standing.VERIFIED, se.figures(ROW))


def test_reading_that_comes_after_the_committee_brings_the_verification(node: Node) -> None:
    send(node, ROW)
    verification.make_statement(node.small.kpps[ROW[:13]], ROW, se.figures(ROW), node.small.at)
    assert [d.verified for d in read(node)] == [False, False, True]
    row = row_of()
    assert row.verified is not None
    assert (row.standing, row.verified.figures(), row.open_fields) == (Standing.VERIFIED, se.figures(ROW), {})
    verified = Verification.objects.get()
    assert verified.entry.kind == "photo.read"
    assert rebuild()["changed"] == 0


def test_reading_alone_never_verifies_even_twice(node: Node) -> None:
    send(node, ROW)
    read(node)
    send(node, ROW, text="again ")
    read(node)
    assert (row_of().standing, Verification.objects.count(), Statement.objects.count()) == (Standing.READ, 0, 1)


def test_a_field_the_reader_does_not_state_waits_for_a_second_person(node: Node) -> None:
    send(node, ROW)
    read(node, unsure=("votes_2",))
    settlement = verification.make_statement(node.small.kpps[ROW[:13]], ROW, se.figures(ROW), node.small.at)
    assert dict(settlement.open) == {"votes_2": "unconfirmed"}
    assert row_of().open_fields == {"votes_2": "unconfirmed"}
    one = {"votes_2": se.figures(ROW)["votes_2"]}
    assert verification.make_statement(node.small.operators[0], ROW, one, node.small.at).verified


def test_assisted_figures_verify_only_where_a_sum_proves_them(node: Node) -> None:
    send(node, ROW)
    read(node)
    kpps, said = node.small.kpps[ROW[:13]], se.figures(ROW)
    verification.make_statement(kpps, ROW, {name: said[name] for name in BLIND}, node.small.at)
    verification.disclose(kpps, ROW)
    rest = {name: said[name] for name in ALL if name not in BLIND}
    settlement = verification.make_statement(kpps, ROW, rest, node.small.at, reason="Dicocokkan")
    assert settlement.verified
    assert set(settlement.settled) == set(ALL)


def test_assisted_figures_that_no_sum_proves_stay_open(node: Node) -> None:
    send(node, ROW)
    read(node)
    kpps, said = node.small.kpps[ROW[:13]], se.figures(ROW)
    verification.make_statement(kpps, ROW, {name: said[name] for name in BLIND}, node.small.at)
    verification.disclose(kpps, ROW)
    only = {name: said[name] for name in ("roll_dpt_l", "disabled_l")}
    settlement = verification.make_statement(kpps, ROW, only, node.small.at, reason="Dicocokkan")
    assert {name: why.value for name, why in settlement.open.items() if name in only} == dict.fromkeys(only, "assisted")


def test_reading_of_a_superseded_generation_is_kept_but_states_nothing(node: Node) -> None:
    send(node, ROW)
    session = se.open_session(node.small, se.DISTRICTS[0])
    plenary.order_recount(node.small.chairs[se.DISTRICTS[0]], session.pk, ROW, RecountReason.DARK, node.small.at)
    done = read(node)
    assert [(d.complete, d.stated) for d in done] == [(False, False)] * 3
    row = row_of()
    facts = list(PhotoReading.objects.values_list("generation", "complete"))
    assert (facts, Statement.objects.count()) == ([(1, False)] * 3, 0)
    assert (row.generation, row.read, row.standing) == (2, False, Standing.AWAITED)
    codes = [[reason["code"] for reason in fact.reasons] for fact in PhotoReading.objects.all()]
    assert codes == [[]] * 3
    assert rebuild()["changed"] == 0


def test_reading_of_a_verified_form_is_kept_and_changes_nothing(node: Node) -> None:
    send(node, ROW)
    for author in (node.small.kpps[ROW[:13]], node.small.operators[0]):
        verification.make_statement(author, ROW, se.figures(ROW), node.small.at)
    before = row_of()
    read(node)
    after = row_of()
    assert Statement.objects.count() == 2
    assert (after.read, after.standing, after.verified_id) == (True, Standing.VERIFIED, before.verified_id)
    assert rebuild()["changed"] == 0


def test_recorded_again_writes_nothing(node: Node) -> None:
    send(node, ROW, (1,))
    (leased,) = reading_queue.lease("test", WALL)
    seen = plain_reader.page(ROW, 1, se.figures(ROW))
    assert reading.record_reading(leased, seen, node.small.at, judge=plain_reader.judge) is not None
    before = Entry.objects.count()
    assert reading.record_reading(leased, seen, node.small.at, judge=plain_reader.judge) is None
    ReadingJob.objects.update(state="queued")
    assert read(node) == [None]
    assert (Entry.objects.count(), PhotoReading.objects.count()) == (before, 1)
    assert ReadingJob.objects.get().state == "done"


def test_a_lost_lease_records_nothing(node: Node) -> None:
    send(node, ROW, (1,))
    (late,) = reading_queue.lease("slow", WALL)
    assert reading_queue.sweep(WALL + reading_queue.LEASE) == (1, 0)
    (taken,) = reading_queue.lease("quick", WALL)
    seen = plain_reader.page(ROW, 1, se.figures(ROW))
    assert reading.record_reading(late, seen, node.small.at, judge=plain_reader.judge) is None
    assert PhotoReading.objects.count() == 0
    assert reading.record_reading(taken, seen, node.small.at, judge=plain_reader.judge) is not None
    assert [(j.state, j.attempts) for j in ReadingJob.objects.all()] == [("done", 2)]


def test_a_photo_that_kills_its_worker_three_times_is_left_to_people(node: Node) -> None:
    send(node, ROW, (1,))
    for attempt in (1, 2, 3):
        (leased,) = reading_queue.lease("test", WALL)
        assert leased.attempt == attempt
        swept = reading_queue.sweep(WALL + reading_queue.LEASE + timedelta(seconds=1))
    assert swept == (0, 1)
    assert reading_queue.lease("test", WALL) == []
    assert reading_queue.counts() == {"queued": 0, "leased": 0, "done": 0, "failed": 1}


def test_when_the_last_photo_fails_the_rest_of_the_form_is_stated(node: Node) -> None:
    send(node, ROW)
    last = reading_queue.lease("dead", WALL, most=3)[2]
    reading_queue.release(last)
    for leased in ReadingJob.objects.filter(state="leased").order_by("pk"):
        held = reading_queue.Leased(
            leased.pk, leased.photo_id, leased.photo.sha256, ROW, "dead", leased.attempts, leased.expires
        )
        number = leased.photo.pages.bit_length()
        seen = plain_reader.page(ROW, number, se.figures(ROW))
        reading.record_reading(held, seen, node.small.at, judge=plain_reader.judge)
    assert Statement.objects.count() == 0
    for _ in range(reading_queue.MAX_ATTEMPTS):
        (held,) = reading_queue.lease("dying", WALL)
        assert reading_queue.given_up() == []
        reading_queue.give_up(held, "RuntimeError: broken")
    assert reading_queue.given_up() == [held.job]
    done = reading.record_given_up(held.job, node.small.at, judge=plain_reader.judge)
    assert done is not None
    assert (done.verdict, done.complete, done.stated, done.verified) == ("refused", False, True, False)
    pages = {name for number in (1, 2) for name in (f.id for f in chasil.fields_of_page(number, COLUMNS))}
    stated = Statement.objects.select_related("figures").get().figures.figures()
    assert stated == {name: figure for name, figure in se.figures(ROW).items() if name in pages}
    job = ReadingJob.objects.get(pk=held.job)
    assert (job.state, job.error, reading_queue.given_up()) == ("failed", "RuntimeError: broken", [])
    assert reading.record_given_up(held.job, node.small.at, judge=plain_reader.judge) is None
    assert rebuild()["changed"] == 0


def test_given_up_photo_goes_back_with_what_went_wrong(local: Node) -> None:
    send(local, ROW, (1,))
    (leased,) = reading_queue.lease("test", WALL)
    reading_queue.give_up(leased, "x" * 300)
    assert list(ReadingJob.objects.values_list("state", "owner", "error")) == [("queued", "", "x" * 200)]


def test_photos_queued_for_an_earlier_reader_are_read_by_this_one(local: Node) -> None:
    send(local, ROW, (1, 2))
    first, second = ReadingJob.objects.order_by("pk")
    ReadingJob.objects.filter(pk=first.pk).update(reader="sirekap-0")
    ReadingJob.objects.create(photo_id=second.photo_id, reader="sirekap-0")
    assert reading_queue.adopt() == 1
    assert sorted(ReadingJob.objects.values_list("photo_id", "reader")) == sorted(
        [(first.photo_id, READER), (second.photo_id, READER)]
    )


def test_queue_again_takes_what_this_reader_has_not_read(local: Node) -> None:
    send(local, ROW)
    read(local)
    ReadingJob.objects.all().delete()
    intake.receive_photo(local.small.kpps[OTHER[:13]], local.store, OTHER, 7, se.photo("x"), local.small.at, read=False)
    assert reading_queue.queue_again() == 1
    assert list(ReadingJob.objects.values_list("photo__row_id", flat=True)) == [OTHER]


def test_evidence_is_pruned_once_the_form_is_verified(local: Node) -> None:
    for row in (ROW, OTHER):
        send(local, row)
    read(local)
    verification.make_statement(local.small.kpps[ROW[:13]], ROW, se.figures(ROW), local.small.at)
    assert reading_queue.prune() == 3
    assert ReadingJob.objects.filter(evidence__isnull=True).count() == 3


FLAGGED: list[tuple[str, dict[str, Any]]] = [
    ("wrong_station", {"qr": QrReading("S1", se.REGENT, OTHER[:13], 2, 1, "valid")}),
    ("wrong_contest", {"qr": QrReading("S1", se.GOVERNOR, ROW[:13], 2, 1, "valid")}),
    ("wrong_generation", {"qr": QrReading("S1", se.REGENT, ROW[:13], 2, 2, "valid")}),
    ("qr_bad", {"qr": QrReading("S1", se.REGENT, ROW[:13], 2, 1, "bad")}),
    ("wrong_form", {"template": "kwk-gubernur-3"}),
    ("wrong_form", {"template": "cdigital-ppwp-1"}),
    ("wrong_form", {"template": "kwk-bupati-4"}),
    ("witness_copy", {"template": "salinan-bupati-3"}),
]


@pytest.mark.parametrize(("code", "changes"), FLAGGED)
def test_a_sheet_of_another_form_is_flagged_and_states_nothing(local: Node, code: str, changes: dict[str, Any]) -> None:
    send(local, ROW)
    odd = plain_reader.page(ROW, 2, se.figures(ROW), **changes)
    done = read(local, {(ROW, 2): odd})
    fact = PhotoReading.objects.get(page=2)
    assert ([reason["code"] for reason in fact.reasons], fact.verdict) == ([code], "review")
    assert [d.complete for d in done] == [False] * 3
    stated = Statement.objects.get().figures.figures()
    assert set(stated) == {f.id for page in (1, 3) for f in chasil.fields_of_page(page, COLUMNS)}
    assert row_of().standing == Standing.RECEIVED


def test_a_wrong_page_is_flagged_and_read_as_the_page_it_is(local: Node) -> None:
    send(local, ROW)
    second = plain_reader.page(ROW, 3, se.figures(ROW))
    third = plain_reader.page(ROW, 2, se.figures(ROW))
    done = read(local, {(ROW, 2): second, (ROW, 3): third})
    found = {f.page: [r["text_id"] for r in f.reasons] for f in PhotoReading.objects.all()}
    assert found == {
        1: [],
        2: [messages.reason("wrong_page", seen=2, expected="3").text_id],
        3: [messages.reason("wrong_page", seen=3, expected="2").text_id],
    }
    assert done[-1].complete
    assert set(Statement.objects.get().figures.figures()) == set(ALL)


def test_the_same_photo_for_another_station_is_flagged(local: Node) -> None:
    for row in (ROW, OTHER):
        intake.receive_photo(local.small.kpps[row[:13]], local.store, row, 2, se.photo("same"), local.small.at)
    read(local)
    found = {f.row_id: [r["text_id"] for r in f.reasons] for f in PhotoReading.objects.all()}
    assert found == {
        ROW: [messages.reason("duplicate", other=OTHER).text_id],
        OTHER: [messages.reason("duplicate", other=ROW).text_id],
    }


@pytest.mark.parametrize(
    ("bits", "other", "flagged"),
    [(0, {}, True), (7, {}, True), (8, {}, False), (0, {1: 5}, True), (0, {1: 5, 2: 6}, False)],
)
def test_almost_the_same_photo_for_another_station_is_flagged_unless_its_figures_differ(
    local: Node, bits: int, other: dict[int, int], flagged: bool
) -> None:
    send(local, ROW, (2,))
    send(local, OTHER, (2,))
    mark = plain_reader.fingerprint(ROW, 2) ^ sum(1 << 9 * n for n in range(bits))
    figures = se.figures(ROW) | {f"votes_{number}": votes for number, votes in other.items()}
    read(local, {(OTHER, 2): plain_reader.page(OTHER, 2, figures, fingerprint=mark)})
    codes = [r["code"] for r in PhotoReading.objects.get(row_id=OTHER).reasons]
    assert codes == (["near_duplicate"] if flagged else [])


def test_an_unreadable_file_is_a_refused_reading_and_the_rest_of_the_form_is_stated(local: Node) -> None:
    send(local, ROW)
    read(local, {(ROW, 3): plain_reader.unreadable()})
    refused = PhotoReading.objects.get(page=None)
    assert (refused.verdict, [r["code"] for r in refused.reasons], refused.fields) == ("refused", ["undecodable"], {})
    stated = set(Statement.objects.get().figures.figures())
    assert stated == {f.id for page in (1, 2) for f in chasil.fields_of_page(page, COLUMNS)}
    assert row_of().standing == Standing.RECEIVED
    form = PhotoReading.objects.get(form__isnull=False).form
    assert form["verdict"] == "review"
    assert [(r["code"], r["fields"]) for r in form["reasons"]] == [("missing_fields", ["valid", "invalid", "total"])]


def test_a_better_photo_of_a_page_states_what_it_adds(local: Node) -> None:
    send(local, ROW)
    read(local, unsure=("votes_2",))
    send(local, ROW, (2,), text="better ")
    read(local)
    first, second = Statement.objects.order_by("entry_id")
    assert "votes_2" not in first.figures.figures()
    assert second.figures.figures() == se.figures(ROW)
