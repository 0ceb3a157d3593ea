"""Nights of random acts, sensible and not: cursors follow from facts, and the ledger alone gives everything back."""

from __future__ import annotations

import dataclasses
import random
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support import plain_reader, story
from support import small_election as se
from support.databases import Node
from support.typed import typed_back

from sirekap.election.generations import RecountReason
from sirekap.election.roles import Role
from sirekap.election.standing import page_numbers
from sirekap.records import replaying
from sirekap.records.models import ContestCursor, Entry, Photo, SequencerState, SessionCursor, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import (
    determination,
    intake,
    objections,
    orders,
    plenary,
    reading,
    reading_queue,
    register,
    sequencing,
    verification,
)
from sirekap.workflow.errors import Refused

REGIONS = (*se.DISTRICTS, se.REGENCY, se.PROVINCE)
KINDS = {
    "photo.received",
    "photo.read",
    "statement.made",
    "session.changed",
    "item.decided",
    "item.corrected",
    "generation.opened",
    "objection.filed",
    "objection.answered",
    "region.taken",
    "contest.determined",
    "contest.elected",
}


class Night:
    """Random acts on one node; a refusal is a result like any other."""

    def __init__(self, node: Node, seed: int) -> None:
        self.node, self.small, self.dice = node, node.small, random.Random(seed)
        self.at = se.AT
        self.focus: SessionCursor | None = None
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def run(self) -> None:
        """The count, then plenaries with late statements among them, then everything is brought to its end."""
        counting = {
            self.photo: 14,
            self.machine: 12,
            self.committee: 14,
            self.operator: 20,
            self.disclose: 3,
            self.register: 4,
        }
        plenaries = {
            self.operator: 4,
            self.machine: 4,
            self.register: 2,
            self.open: 8,
            self.accept: 16,
            self.defer: 5,
            self.box: 6,
            self.correct: 10,
            self.recount: 4,
            self.pause: 2,
            self.take: 3,
            self.close: 2,
            self.object: 5,
            self.answer: 4,
            self.order: 2,
            self.determine: 1,
        }
        for number, choices in ((170, counting), (120, plenaries)):
            for act in self.dice.choices(list(choices), list(choices.values()), k=number):
                self.at += timedelta(seconds=self.dice.randrange(1, 90))
                self.attempt(act)
            self.attempt(self.sequence)
            assert rebuild()["changed"] == 0
        self.finish()

    def finish(self) -> None:
        """Open, read and close every session from the districts up, then determine."""
        for region in REGIONS:
            self.attempt(lambda region=region: self.open(region))
            self.focus = SessionCursor.objects.get(region_id=region)
            if self.focus.state == "adjourned":
                self.attempt(self.pause)
            for lower in (*se.DISTRICTS, se.REGENCY):
                self.attempt(lambda lower=lower: self.take(lower))
            self.attempt(self.read_everything)
            for _ in objections.open_objections(self.focus):
                self.attempt(self.answer)
            self.attempt(self.close)
        for contest in se.CONTESTS:
            self.attempt(lambda contest=contest: self.determine(contest))

    def attempt(self, act: Callable[[], None]) -> None:
        before = Entry.objects.count()
        try:
            act()
            self.done[act.__name__] += 1
        except Refused as refusal:
            self.refused[refusal.code] += 1
            assert Entry.objects.count() == before

    def row(self) -> str:
        return self.dice.choice(list(StationContest.objects.values_list("pk", flat=True)))

    def figures(self, row: str) -> dict[str, int]:
        known = row[:13] if row[:13] in se.STATIONS else se.STATIONS[0]
        return se.figures(f"{known}-{row[14:]}", shift=self.dice.choice((0, 0, 0, 0, 1, 2)))

    def session(self) -> SessionCursor:
        if self.focus is not None:
            self.focus.refresh_from_db()
            return self.focus
        found = list(SessionCursor.objects.order_by("pk"))
        if not found:
            raise Refused("no_session", "-", "-")
        return self.dice.choice(found)

    def row_of(self, session: SessionCursor) -> str:
        rows = StationContest.objects.filter(pk__startswith=session.region_id)
        return self.dice.choice(list(rows.values_list("pk", flat=True)))

    def photo(self) -> None:
        row = self.row()
        kpps = self.small.kpps.get(row[:13], self.small.operators[0])
        uploader = self.dice.choice((kpps, kpps, kpps, self.small.operators[1]))
        pages = self.dice.choice((7, 7, 7, 1, 6))
        intake.receive_photo(uploader, self.node.store, row, pages, se.photo(f"{row}{pages}"), self.at)

    def state(self, author: se.Actor, row: str) -> None:
        figures: dict[str, int | None] = dict(self.figures(row))
        if self.dice.random() < 0.2:
            figures = {name: figures[name] for name in self.dice.sample(sorted(figures), 6)}
        if self.dice.random() < 0.1:
            figures["invalid"] = self.dice.randrange(9)
        wrong = self.dice.random() < 0.5
        verification.make_statement(author, row, figures, self.at, paper_wrong=wrong, reason="Lihat lagi")

    def committee(self) -> None:
        row = self.row()
        self.state(self.small.kpps.get(row[:13], self.small.operators[0]), row)

    def operator(self) -> None:
        self.state(self.dice.choice((*self.small.operators, *self.small.members[se.REGENCY])), self.row())

    def machine(self) -> None:
        """The reader takes the next photograph; sometimes it is unsure, or the sheet is of another station."""
        for leased in reading_queue.lease("night", self.at):
            pages = page_numbers(Photo.objects.get(pk=leased.photo).pages)
            unsure = self.dice.choice(((), (), ("votes_1",), ("disabled_l", "valid")))
            figures = self.figures(leased.row)
            seen = plain_reader.page(leased.row, self.dice.choice(pages), figures, unsure)
            if seen.qr is not None and self.dice.random() < 0.1:
                seen = dataclasses.replace(seen, qr=dataclasses.replace(seen.qr, station=se.STATIONS[-1]))
            reading.record_reading(leased, seen, self.at, judge=plain_reader.judge)

    def disclose(self) -> None:
        verification.disclose(self.dice.choice(self.small.operators), self.row())

    def register(self) -> None:
        admin, day = self.small.administrator, self.at.date()
        code = f"{self.dice.choice(se.VILLAGES)}{self.dice.randrange(1, 7):03}"
        other = self.dice.choice(se.STATIONS)
        act = self.dice.randrange(4)
        if act == 0:
            register.add_station(admin, code, 5, 6, "TPS khusus", day, self.at)
        elif act == 1:
            register.close_station(admin, code, "Digusur", day, self.at)
        elif act == 2:
            register.merge_station(admin, code, other, "Pemilih sedikit", day, self.at)
        else:
            register.amend_roll(admin, code, self.dice.randrange(300), 120, "Perbaikan", day, self.at)

    def open(self, region: str = "") -> None:
        region = region or self.dice.choice(REGIONS[:3])
        contests = (se.GOVERNOR,) if region == se.PROVINCE else se.CONTESTS
        plenary.open_session(self.small.chairs[region], region, contests, self.at)

    def accept(self) -> None:
        session = self.session()
        plenary.accept(self.small.chairs[session.region_id], session.pk, self.row_of(session), self.at)

    def defer(self) -> None:
        session = self.session()
        plenary.defer(self.small.chairs[session.region_id], session.pk, self.row_of(session), "Nanti dulu", self.at)

    def box(self) -> None:
        session = self.session()
        self.take_from_box(session, self.row_of(session))

    def take_from_box(self, session: SessionCursor, row: str) -> None:
        chair, member = self.small.chairs[session.region_id], self.small.members[session.region_id][0]
        plenary.take_from_box(chair, member, session.pk, row, self.figures(row), self.at)

    def correct(self) -> None:
        session = self.session()
        row = StationContest.objects.select_related("decided", "verified").get(pk=self.row_of(session))
        figures = row.decided or row.verified
        votes = figures.figures() if figures else {"votes_1": 1, "votes_2": 1}
        moved = {"votes_1": (votes.get("votes_1") or 0) - 1, "votes_2": (votes.get("votes_2") or 0) + 1}
        story.correct(self.small, self.node.store, session.region_id, session, row.pk, **moved)

    def recount(self) -> None:
        session = self.session()
        chair, reason = self.small.chairs[session.region_id], self.dice.choice(list(RecountReason))
        plenary.order_recount(chair, session.pk, self.row_of(session), reason, self.at)

    def pause(self) -> None:
        session = self.session()
        act = plenary.resume if session.state == "adjourned" else plenary.adjourn
        act(self.small.chairs[session.region_id], session.pk, self.at)

    def read_everything(self) -> None:
        """Settle whatever is open in one session."""
        session = self.session()
        chair = self.small.chairs[session.region_id]
        for row in StationContest.objects.filter(pk__startswith=session.region_id, contest__in=session.contests):
            for act in (
                lambda row=row: plenary.accept(chair, session.pk, row.pk, self.at),
                lambda row=row: self.take_from_box(session, row.pk),
                lambda row=row: plenary.accept(chair, session.pk, row.pk, self.at),
            ):
                self.attempt(act)

    def take(self, lower: str = "") -> None:
        session = self.session()
        lower = lower or self.dice.choice(se.DISTRICTS)
        plenary.take_region(self.small.chairs[session.region_id], session.pk, lower, self.at)

    def close(self) -> None:
        session = self.session()
        plenary.close_session(self.small.chairs[session.region_id], session.pk, self.at, typed_back(session))

    def object(self) -> None:
        """A witness objects, in a session or on a station's form."""
        row = self.row()
        sessions = [None, *SessionCursor.objects.filter(region_id__in=[row[:n] for n in (2, 4, 6)])]
        session = self.dice.choice(sessions)
        objections.file_objection(
            self.small.others[Role.WITNESS],
            session_id=session.pk if session else None,
            region=row[:6],
            row=row,
            pair=1,
            text="Saksi mencatat angka lain",
            at=self.at,
        )

    def answer(self) -> None:
        """The first open objection of a session: refused, left unresolved, or accepted for the newest remedy."""
        session = self.session()
        for item in objections.open_objections(session)[:1]:
            remedy = next(iter(objections.remedies(item.objection)), None)
            status = "accepted" if remedy else self.dice.choice(("refused", "unresolved"))
            chair, found = self.small.chairs[session.region_id], remedy.entry if remedy else None
            objections.answer_objection(
                chair, item.objection.pk, session.pk, status, "Sudah dibahas", self.at, correction=found
            )

    def order(self) -> None:
        """The regency's commission orders a re-vote."""
        chair = self.small.chairs[se.REGENCY]
        orders.order_generation(chair, self.row(), "PSU", "double", self.at.date(), "1/PSU/2024", self.at)

    def determine(self, contest: str = "") -> None:
        contest = contest or self.dice.choice(se.CONTESTS)
        region = contest[6:]
        determination.determine(self.small.chairs[region], contest, "SK 1/2024", self.at)
        determination.elect(self.small.chairs[region], contest, "brpk", "BRPK 1", self.at)

    def sequence(self) -> None:
        sequencing.sequence(self.at, story.SIGNER)


@pytest.mark.parametrize("seed", [2, 3])
def test_random_night_is_consistent_and_replays_from_its_ledger(local: Node, empty_template: Path, seed: int) -> None:
    night(local, empty_template, seed)


@pytest.mark.postgresql
def test_random_night_on_postgresql_replays_on_sqlite(central: Node, empty_template: Path) -> None:
    night(central, empty_template, 4)


def night(node: Node, empty_template: Path, seed: int) -> None:
    """One night, then its ledger replayed into an empty database by another process."""
    random_night = Night(node, seed)
    random_night.run()
    sequencing.sequence(random_night.at, story.SIGNER)
    assert rebuild()["changed"] == 0
    assert set(ContestCursor.objects.values_list("state", flat=True)) == {"elected"}
    kinds = Counter(Entry.objects.values_list("kind", flat=True))
    assert set(kinds) >= KINDS and random_night.refused.total() > 100, (kinds, random_night.refused)
    file, copy = node.folder / "entries.jsonl", node.folder / "copy.sqlite3"
    count = replaying.export(file)
    shutil.copy(empty_template, copy)
    other = dataclasses.replace(node, engine="sqlite", url=f"sqlite:///{copy}")
    (result,) = other.together(("replay", {"file": str(file)}))
    assert result == {"ok": [count, replaying.state_digest(), 0]}
    assert SequencerState.objects.get().size == count == Entry.objects.count()
