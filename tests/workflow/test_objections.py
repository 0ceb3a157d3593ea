"""Objections: raised, answered, carried up by themselves, never lost; their words stay out of the ledger."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest
from support import small_election as se
from support import story
from support.acts import last_entry, refused
from support.databases import Node
from support.plenaries import DISTRICT, LATER, OTHER, read_all
from support.typed import typed_back

from sirekap.election.objections import ObjectionStanding, Stage
from sirekap.election.roles import Role
from sirekap.election.standing import Tier
from sirekap.records.models import (
    Correction,
    Entry,
    Objection,
    ObjectionPublished,
    ObjectionText,
    SessionCursor,
)
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import attachments, conduct, objection_agenda, objections, plenary

PDF = b"%PDF-1.7\n" + b"x" * 200
ROW = se.rows_of(DISTRICT, (se.GOVERNOR,))[0]
REGENT_ROW = se.rows_of(DISTRICT, (se.REGENT,))[0]
WORDS = "Saksi melihat 5 surat suara pasangan 2 dihitung dua kali.\nPak Budi ada di sana."


def raised(node: Node, session: SessionCursor | None, row: str = ROW, **changes: Any) -> uuid.UUID:
    """An objection of a witness of pair 1 to votes of one station."""
    given: dict[str, Any] = {
        "session_id": session.pk if session else None,
        "region": row[:6],
        "row": row,
        "subject": "field",
        "fields": ["votes_2"],
        "pair": 1,
        "text": WORDS,
        "demand": "Hitung ulang",
        "at": LATER,
    } | changes
    return objections.file_objection(node.small.others[Role.WITNESS], **given)


def answer(node: Node, session: SessionCursor, objection: uuid.UUID, status: str, **changes: Any) -> None:
    chair = node.small.chairs[session.region_id]
    objections.answer_objection(chair, objection, session.pk, status, "Sudah dibahas", LATER, **changes)


def close(node: Node, session: SessionCursor) -> None:
    plenary.close_session(node.small.chairs[session.region_id], session.pk, LATER, typed_back(session))


def standing(objection: uuid.UUID) -> ObjectionStanding:
    return objections.one(Objection.objects.get(pk=objection)).standing


def agenda(session: SessionCursor) -> list[uuid.UUID]:
    return [item.objection.pk for item in objections.open_objections(session)]


def corrected(node: Node, session: SessionCursor, row: str = ROW, **moved: int) -> Correction:
    """A correction that moves two votes to pair 1 from pair 2, unless told otherwise."""
    before = se.figures(row)
    changes = moved or {"votes_1": before["votes_1"] + 2, "votes_2": before["votes_2"] - 2}
    story.correct(node.small, node.store, session.region_id, session, row, **changes)
    return Correction.objects.order_by("entry_id").last()


def test_objection_is_on_record_without_its_words(local: Node) -> None:
    session = se.open_session(local.small, DISTRICT)
    files = [attachments.keep(local.store, data) for data in (PDF, se.photo("scan"))]
    pk = raised(local, session, attachments=files, store=local.store, published="Lima suara dihitung dua kali.")
    text, entry = ObjectionText.objects.get(pk=pk), last_entry("objection.filed")
    assert (text.text, text.demand) == (WORDS, "Hitung ulang")
    assert entry["actor"]["role"] == "witness"
    kinds = {files[0]: ("application/pdf", len(PDF)), files[1]: ("image/png", len(se.photo("scan")))}
    assert entry["body"] == {
        "objection": str(pk),
        "kind": "objection",
        "subject": "field",
        "session": str(session.pk),
        "tier": 1,
        "final_tier": 3,
        "region": ROW[:13],
        "row": ROW,
        "generation": 1,
        "contest": se.GOVERNOR,
        "fields": ["votes_2"],
        "pair": 1,
        "capacity": "witness",
        "commitment": objections.commitment(bytes(text.salt), WORDS, "Hitung ulang"),
        "published": "Lima suara dihitung dua kali.",
        "attachments": [{"media_type": kinds[f][0], "sha256": f, "size": kinds[f][1]} for f in sorted(files)],
    }
    assert not any(b"Budi" in bytes(e.content) for e in Entry.objects.all())
    objections.publish_text(local.small.chairs[DISTRICT], pk, "Suara dihitung dua kali.", LATER)
    (found,) = objections.of_row(ROW)
    assert (found.published, found.original, len(found.attachments)) == ("Suara dihitung dua kali.", None, 2)
    assert ObjectionPublished.objects.count() == 2
    text.delete()
    (erased,) = objections.open_objections(session)
    assert (erased.objection.pk, erased.original) == (pk, None)


def test_bad_objection_is_refused_and_changes_nothing(local: Node) -> None:
    session = se.open_session(local.small, DISTRICT)
    for code, status, changes in (
        ("subject", 400, {"fields": ["votes_9"]}),
        ("subject", 400, {"fields": []}),
        ("subject", 400, {"subject": "procedure"}),
        ("choice", 400, {"subject": "weather"}),
        ("choice", 400, {"kind": "complaint"}),
        ("pair", 400, {"pair": 9}),
        ("pair", 400, {"pair": None}),
        ("text", 400, {"text": " \x00\n "}),
        ("text", 400, {"demand": "x" * 1001}),
        ("not_found", 404, {"row": "3216012001009-pkwkp"}),
        ("not_found", 404, {"region": OTHER}),
        ("not_found", 404, {"contest": se.REGENT}),
        ("attachment", 400, {"attachments": ["ab" * 32], "store": local.store}),
        ("attachment", 400, {"attachments": ["../../etc/passwd"], "store": local.store}),
        ("too_many_files", 400, {"attachments": [f"{n:064x}" for n in range(11)], "store": local.store}),
        ("not_on_agenda", 400, {"row": se.rows_of(OTHER)[0], "region": OTHER}),
    ):
        with refused(code, status):
            raised(local, session, **changes)
    with refused("photo_unreadable", 415):
        attachments.keep(local.store, b"<script>alert(1)</script>")
    chair = local.small.chairs[DISTRICT]
    with refused("capacity", 400):
        objections.file_objection(
            chair, session_id=session.pk, region=DISTRICT, row=ROW, text="Salah hitung", pair=1, at=LATER
        )
    with refused("out_of_scope", 403):
        objections.file_objection(
            local.small.chairs[OTHER], session_id=session.pk, region=DISTRICT, row=ROW, text="Salah hitung", at=LATER
        )
    assert not Objection.objects.exists() and not ObjectionText.objects.exists()


def test_officers_report_incidents_and_enter_for_a_witness(local: Node) -> None:
    kpps, chair = local.small.kpps[ROW[:13]], local.small.chairs[DISTRICT]
    incident = objections.file_objection(
        kpps,
        session_id=None,
        region=ROW[:13],
        kind="incident",
        subject="station",
        text="Hujan, penghitungan pindah",
        at=LATER,
    )
    session = se.open_session(local.small, DISTRICT)
    entered = objections.file_objection(
        chair,
        session_id=session.pk,
        region=DISTRICT,
        contest=se.REGENT,
        subject="procedure",
        pair=3,
        capacity="witness",
        text="Saksi tidak diundang",
        at=LATER,
    )
    assert agenda(session) == [incident, entered]
    assert [item.objection.pk for item in objections.of_row(ROW)] == [incident]
    assert [(o.capacity, o.tier, o.final_tier) for o in Objection.objects.order_by("entry_id")] == [
        ("officer", 0, 3),
        ("witness", 1, 2),
    ]
    answer(local, session, incident, "accepted")
    answer(local, session, entered, "accepted")
    assert agenda(session) == []


def test_unanswered_objection_keeps_a_session_open_and_an_accepted_one_names_its_correction(local: Node) -> None:
    session = se.open_session(local.small, DISTRICT)
    earlier = corrected(local, session) if read_all(local, DISTRICT, session) is None else None
    pk, other = raised(local, session), raised(local, session, REGENT_ROW)
    with refused("objections"):
        close(local, session)
    with refused("remedy", 400):
        answer(local, session, pk, "accepted")
    assert earlier is not None
    with refused("remedy", 400):
        answer(local, session, pk, "accepted", correction=earlier.pk)
    with refused("out_of_scope", 403):
        objections.answer_objection(local.small.chairs[OTHER], pk, session.pk, "refused", "Tidak terbukti", LATER)
    with refused("text", 400):
        objections.answer_objection(local.small.chairs[DISTRICT], pk, session.pk, "refused", "", LATER)
    before = se.figures(ROW)
    again = corrected(local, session, votes_2=before["votes_2"] - 1, votes_1=before["votes_1"] + 1)
    assert [remedy.fact for remedy in objections.remedies(Objection.objects.get(pk=pk))] == [again]
    answer(local, session, pk, "accepted", correction=again.pk)
    assert last_entry("objection.answered")["body"] == {
        "objection": str(pk),
        "session": str(session.pk),
        "tier": 1,
        "status": "accepted",
        "answer": "Sudah dibahas",
        "remedy": str(again.entry.id),
    }
    with refused("stale"):
        answer(local, session, other, "refused", expected_answers=1)
    with refused("remedy", 400):
        answer(local, session, other, "refused", correction=again.pk)
    answer(local, session, other, "refused", expected_answers=0)
    close(local, session)
    assert (standing(pk).stage, standing(other).stage) == (Stage.ACCEPTED, Stage.REFUSED)
    with refused("session_not_open"):
        raised(local, session)


def test_undone_correction_puts_its_objection_back_on_the_agenda(local: Node) -> None:
    session = se.open_session(local.small, DISTRICT)
    read_all(local, DISTRICT, session)
    pk = raised(local, session)
    answer(local, session, pk, "accepted", correction=corrected(local, session).entry.id)
    assert agenda(session) == []
    plenary.undo(local.small.chairs[DISTRICT], session.pk, ROW, "Salah TPS", LATER)
    assert (agenda(session), standing(pk)) == ([pk], ObjectionStanding(Stage.WAITING, Tier.DISTRICT))


def test_unresolved_objection_travels_up_by_itself_and_ends_in_a_correction(node: Node) -> None:
    district = se.open_session(node.small, DISTRICT)
    read_all(node, DISTRICT, district)
    pk = raised(node, district)
    regency = se.open_session(node.small, se.REGENCY)
    assert (agenda(district), agenda(regency)) == ([pk], [])
    with refused("not_here"):
        answer(node, regency, pk, "refused")
    answer(node, district, pk, "unresolved")
    assert (agenda(district), agenda(regency)) == ([], [pk])
    close(node, district)
    other = se.open_session(node.small, OTHER)
    read_all(node, OTHER, other)
    close(node, other)
    for region in se.DISTRICTS:
        plenary.take_region(node.small.chairs[se.REGENCY], regency.pk, region, LATER)
    with refused("objections"):
        close(node, regency)
    answer(node, regency, pk, "accepted", correction=corrected(node, regency).pk)
    close(node, regency)
    (item,) = objections.of_session(regency)
    assert [(a.tier, a.status) for a in item.answers] == [(1, "unresolved"), (2, "accepted")]
    assert item.standing == ObjectionStanding(Stage.ACCEPTED)
    assert rebuild()["changed"] == 0


def test_objection_unresolved_everywhere_ends_on_record_and_no_new_one_is_taken(local: Node) -> None:
    pk = raised(local, None, REGENT_ROW, pair=3)
    sessions = []
    for region in (*se.DISTRICTS, se.REGENCY):
        session = se.open_session(local.small, region)
        sessions.append(session)
        read_all(local, region, session) if region != se.REGENCY else None
        for lower in se.DISTRICTS if region == se.REGENCY else ():
            plenary.take_region(local.small.chairs[region], session.pk, lower, LATER)
        if agenda(session):
            answer(local, session, pk, "unresolved")
        close(local, session)
    assert standing(pk) == ObjectionStanding(Stage.UNRESOLVED)
    assert [a.session_id for a in objections.of_row(REGENT_ROW)[0].answers] == [sessions[0].pk, sessions[2].pk]
    with refused("all_closed"):
        raised(local, None, REGENT_ROW)
    raised(local, None)  # the governor's contest still has the province before it
    with refused("not_on_agenda", 400):
        raised(local, sessions[0], se.rows_of(OTHER)[0])


@pytest.mark.postgresql
def test_session_does_not_close_over_an_objection_raised_at_the_same_moment(central: Node) -> None:
    session, witness = se.open_session(central.small, DISTRICT), central.small.others[Role.WITNESS]
    read_all(central, DISTRICT, session)
    chair, typed = central.small.chairs[DISTRICT], typed_back(session)
    raising = ("object", {"person": str(witness.person), "session": str(session.pk), "row": ROW})
    closing = ("close", {"person": str(chair.person), "session": str(session.pk), "typed": typed})
    results = central.together(raising, closing)
    session.refresh_from_db()
    waiting, closed = len(objections.unanswered(session)), session.state == "closed"
    assert (results, waiting, closed) in (
        ([{"ok": None}, {"refused": "objections"}], 1, False),
        ([{"refused": "session_not_open"}, {"ok": None}], 0, True),
    )


@pytest.mark.postgresql
def test_two_chairs_answer_at_once_and_one_is_told(central: Node) -> None:
    session, chair = se.open_session(central.small, DISTRICT), central.small.chairs[DISTRICT]
    pk = raised(central, session)
    same = {"person": str(chair.person), "objection": str(pk), "session": str(session.pk), "seen": 0}
    results = central.together(("answer", same | {"status": "refused"}), ("answer", same | {"status": "unresolved"}))
    assert sorted(results, key=str) == [{"ok": None}, {"refused": "stale"}]
    assert len(objections.of_row(ROW)[0].answers) == 1


def test_lead_of_a_panel_answers_for_its_villages_only(local: Node) -> None:
    session, lead = se.open_session(local.small, DISTRICT), local.small.members[DISTRICT][0]
    conduct.open_panel(local.small.chairs[DISTRICT], session.pk, 1, [se.VILLAGES[0]], LATER, lead=lead.person)
    own, other = raised(local, session), raised(local, session, se.rows_of(se.VILLAGES[1])[0])
    objections.answer_objection(lead, own, session.pk, "refused", "Tidak terbukti", LATER)
    with refused("out_of_scope", 403):
        objections.answer_objection(lead, other, session.pk, "refused", "Tidak terbukti", LATER)


class Night:
    """Random objections and answers while two districts, the regency and the province open, close and reopen."""

    def __init__(self, node: Node, seed: int) -> None:
        self.node, self.dice = node, random.Random(seed)
        self.raised: list[uuid.UUID] = []

    def sessions(self) -> list[SessionCursor]:
        return list(SessionCursor.objects.order_by("tier", "region_id"))

    def check(self) -> None:
        """Every objection is settled, at its end, or on the agenda of one tier; the agendas and no others list it."""
        found = {item.objection.pk: item for item in objection_agenda.listed(Objection.objects.all())}
        assert sorted(found) == sorted(self.raised)
        listed = [(item.objection.pk, s.tier) for s in self.sessions() for item in objections.open_objections(s)]
        for pk, item in found.items():
            on = [tier for other, tier in listed if other == pk]
            tier = item.standing.tier
            held = SessionCursor.objects.filter(tier=tier or 0, region_id=item.objection.region[: 8 - 2 * (tier or 0)])
            assert on == ([tier] if held.exists() else [])
            last = item.answers[-1].status if item.answers else "unresolved"
            assert (tier is None and item.standing.stage is not Stage.UNRESOLVED) == (last != "unresolved")

    def raise_one(self) -> None:
        row = self.dice.choice(se.rows_of(""))
        places = [None, *(s for s in self.sessions() if row.startswith(s.region_id))]
        session = self.dice.choice(places)
        self.raised.append(raised(self.node, session, row))

    def answer_one(self, session: SessionCursor) -> None:
        item = self.dice.choice(objections.open_objections(session))
        if self.dice.random() < 0.3 and item.objection.row_id:
            row, session = item.objection.row_id, SessionCursor.objects.get(pk=session.pk)
            figures = plenary._current(plenary.StationContest.objects.get(pk=row))
            moved = {"votes_1": (figures["votes_1"] or 0) + 1, "votes_2": (figures["votes_2"] or 0) - 1}
            done = corrected(self.node, session, row, **moved)
            answer(self.node, session, item.objection.pk, "accepted", correction=done.pk)
        else:
            status = self.dice.choice(("refused", "unresolved", "unresolved"))
            answer(self.node, session, item.objection.pk, status)

    def attempt(self, act: Any) -> None:
        try:
            act()
        except objections.Refused:
            return

    def some(self, session: SessionCursor, times: int) -> None:
        for _ in range(times):
            act = self.dice.choice((self.raise_one, self.raise_one, lambda: self.answer_one(session)))
            if act == self.raise_one or objections.open_objections(session):
                self.attempt(act)
            self.check()

    def hold(self, region: str) -> None:
        """Open, read, raise and answer at random, answer the rest, close; sometimes once more."""
        chair, contests = self.node.small.chairs[region], (se.GOVERNOR,) if region == se.PROVINCE else se.CONTESTS
        session = se.open_session(self.node.small, region, contests)
        for lower in {4: se.DISTRICTS, 2: (se.REGENCY,)}.get(len(region), ()):
            plenary.take_region(chair, session.pk, lower, LATER)
        if len(region) == 6:
            read_all(self.node, region, session)
        self.finish(session)
        if self.dice.random() < 0.4:
            plenary.reopen_session(chair, session.pk, "Perintah KPU", LATER, cause="instruction")
            self.finish(session)

    def finish(self, session: SessionCursor) -> None:
        self.some(session, 4)
        for item in objections.open_objections(session):
            answer(self.node, session, item.objection.pk, self.dice.choice(("refused", "unresolved", "unresolved")))
        close(self.node, session)
        self.check()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_objection_is_lost_on_its_way_up(local: Node, seed: int) -> None:
    night = Night(local, seed)
    for region in (*se.DISTRICTS, se.REGENCY, se.PROVINCE):
        night.hold(region)
    ends = [item.standing for item in objection_agenda.listed(Objection.objects.all())]
    assert all(end.tier is None for end in ends) and len(ends) == len(night.raised) > 5
    for item in objection_agenda.listed(Objection.objects.all()):
        if item.standing.stage is Stage.UNRESOLVED:
            assert item.answers[-1].tier == item.objection.final_tier
    assert rebuild()["changed"] == 0
