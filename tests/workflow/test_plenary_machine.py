"""Random plenaries against a plain model: no row is lost, nothing closes unread, everything always sums."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sys
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from support import small_election as se
from support import story
from support.databases import Template, using
from support.typed import typed_back

from sirekap.election.generations import RecountReason
from sirekap.election.plenary import ReopenCause
from sirekap.evidence import open_store
from sirekap.records import replaying, totals
from sirekap.records.journal import body_of
from sirekap.records.models import Entry, FigureSet, SessionCursor, StationContest
from sirekap.records.rebuilding import rebuild
from sirekap.workflow import conduct, plenary, plenary_batch, sequencing, sheets
from sirekap.workflow.agenda import agenda_of
from sirekap.workflow.errors import Refused

REGIONS = (*se.DISTRICTS, se.REGENCY)
ROWS = tuple(se.rows_of(""))
TIER = {6: 1, 4: 2}
READABLE = ("opened", "reading")
UNVERIFIED = ROWS[::5]
EXAMPLES = int(os.environ.get("PLENARY_EXAMPLES", "0"))
"""More than the usual few random plenaries, and others every time, for whoever looks for trouble."""

Figures = dict[str, int]


@dataclass
class Row:
    """One station in one contest as plain data; ``decisions``: (region that decided, its tier, figures)."""

    generation: int = 1
    verified: Figures | None = None
    decisions: list[tuple[str, int, Figures]] = field(default_factory=list)
    ratified: int = 0

    @property
    def decided_tier(self) -> int:
        return self.decisions[-1][1] if self.decisions else 0

    @property
    def current(self) -> Figures | None:
        return self.decisions[-1][2] if self.decisions else self.verified

    @property
    def counted(self) -> Figures | None:
        return self.current if self.ratified or self.verified is not None else None


@dataclass
class Session:
    """One session; ``last``: what its latest act on a row came to; ``taken``: lower regions read as they stand.

    ``present``: members of the body, the chair among them.
    """

    pk: uuid.UUID
    state: str
    last: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    present: set[uuid.UUID] = field(default_factory=set)


class Plenaries(RuleBasedStateMachine):
    """Two districts and their regency; every act that is let through is done in the model too."""

    prepared: Path
    empty: Path
    small: se.SmallElection
    folder: Path
    count = 0
    kinds: Counter[str]

    @initialize()
    def start(self) -> None:
        Plenaries.count += 1
        self.file = self.folder / f"{Plenaries.count}.sqlite3"
        shutil.copy(self.prepared, self.file)
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(using(f"sqlite:///{self.file}"))
        self.store = open_store(self.folder / "evidence")
        self.at, self.steps = se.AT, 0
        self.evidence = self.store.put(se.photo("box")).sha256
        self.rows = {pk: Row(verified=None if pk in UNVERIFIED else dict(se.figures(pk))) for pk in ROWS}
        self.sessions: dict[str, Session] = {}
        self.figure_sets, self.first = FigureSet.objects.count(), Entry.objects.count()

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        with self.stack:
            if sys.exc_info()[0] is None:
                self.bring_to_an_end()
            assert rebuild()["changed"] == 0
            self.replay()
            Plenaries.kinds.update(map(kind_of, Entry.objects.filter(seq__gt=self.first)))
        self.file.unlink()

    def replay(self) -> None:
        """The ledger alone gives the same state, down to every fact."""
        sequencing.sequence(self.at, story.SIGNER)
        entries, copy = self.folder / "entries.jsonl", self.folder / "copy.sqlite3"
        count, digest = replaying.export(entries), replaying.state_digest()
        assert count == Entry.objects.count()
        shutil.copy(self.empty, copy)
        with using(f"sqlite:///{copy}"):
            assert (replaying.replay_file(entries), replaying.state_digest()) == (count, digest)

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Whether an act was let through; a refused one writes no entry."""
        self.at += timedelta(seconds=30)
        before = Entry.objects.count()
        try:
            act()
        except Refused:
            assert Entry.objects.count() == before
            return False
        return True

    @rule(seed=st.integers(0, 2**32))
    def step(self, seed: int) -> None:
        """One act of any kind for which there is an occasion.

        One rule, so that no random plenary goes without whole kinds of acts.
        """
        self.steps += 1
        self.dice = random.Random(f"{seed}/{self.steps}")
        running, readable = self.those(*READABLE, "adjourned"), self.those(*READABLE)
        acts: list[Callable[[], None]] = []
        acts += [self.begin] * 3 * (len(self.sessions) - len(self.those("scheduled")) < len(REGIONS))
        acts += [self.pause, self.read_on, self.attend] * bool(running)
        acts += [self.decide] * 5 * bool(readable)
        acts += [self.accept_clean, self.accept_clean, self.panel] * bool(set(readable) & set(se.DISTRICTS))
        acts += [self.undo_one] * 2 * bool(self.undoable())
        acts += [self.take] * (se.REGENCY in self.sessions) + [self.close] * bool(self.sessions)
        acts += [self.reopen] * bool(self.those("closed"))
        self.dice.choice([*acts, self.stray])()

    # -- whole sessions ----------------------------------------------------------------------

    def those(self, *states: str) -> list[str]:
        """Regions whose session is in one of these states."""
        return sorted(region for region, session in self.sessions.items() if session.state in states)

    def begin(self) -> None:
        self.start_one(self.dice.choice(REGIONS), self.dice.choice((True, True, False)))

    def start_one(self, region: str, at_once: bool) -> None:
        chair, later = self.small.chairs[region], self.at + timedelta(days=1)
        may = region not in self.sessions or self.sessions[region].state == "scheduled"
        if at_once:
            done = self.attempt(lambda: plenary.open_session(chair, region, se.CONTESTS, self.at))
        else:
            done = self.attempt(lambda: plenary.convene(chair, region, se.CONTESTS, later, (), self.at, self.at))
        assert done == may
        if done:
            state, found = "opened" if at_once else "scheduled", SessionCursor.objects.get(region_id=region)
            self.sessions.setdefault(region, Session(found.pk, state)).state = state

    def pause(self) -> None:
        self.turn(self.dice.choice(self.those("opened", "reading", "adjourned")))

    def turn(self, region: str) -> None:
        """Adjourn a session, or resume it."""
        session = self.sessions[region]
        resuming = session.state == "adjourned"
        act = plenary.resume if resuming else plenary.adjourn
        assert self.attempt(lambda: act(self.small.chairs[region], session.pk, self.at))
        session.state = "reading" if resuming else "adjourned"

    def take(self) -> None:
        self.take_one(self.dice.choice(se.DISTRICTS))

    def take_one(self, district: str) -> None:
        session, below = self.sessions[se.REGENCY], self.sessions.get(district)
        may = session.state in READABLE and below is not None and below.state == "closed"
        may = may and district not in session.taken
        chair = self.small.chairs[se.REGENCY]
        assert may == self.attempt(lambda: plenary.take_region(chair, session.pk, district, self.at))
        if may:
            session.taken.add(district)
            session.state = "reading"

    def close(self) -> None:
        self.close_one(self.dice.choice(sorted(self.sessions)), self.dice.choice((True, False)))

    def close_one(self, region: str, right: bool) -> None:
        session = self.sessions[region]
        typed = typed_back(SessionCursor.objects.get(pk=session.pk)) if right else {se.REGENT: ["0000", "0000"]}
        finished = not (self.unsettled(region) or self.deferred(region) or self.untaken(region))
        may = right and session.state == "reading" and finished
        assert may == self.attempt(lambda: plenary.close_session(self.small.chairs[region], session.pk, self.at, typed))
        if may:
            session.state = "closed"
            for row in self.of(region).values():
                row.ratified = max(row.ratified, TIER[len(region)])

    def reopen(self) -> None:
        self.reopen_one(self.dice.choice(self.those("closed")), self.dice.choice(tuple(ReopenCause)))

    def reopen_one(self, region: str, cause: ReopenCause) -> None:
        session, act = self.sessions[region], plenary.reopen_session
        assert self.attempt(lambda: act(self.small.chairs[region], session.pk, "Sebab", self.at, cause=cause))
        session.state = "reading"
        for above in self.sessions.values():
            above.taken.discard(region)

    def attend(self) -> None:
        """Somebody of the body comes, or leaves."""
        region = self.dice.choice(self.those(*READABLE, "adjourned"))
        session, chair = self.sessions[region], self.small.chairs[region]
        who, capacity = self.dice.choice([(chair, "chair"), *((m, "member") for m in self.small.members[region])])
        comes, act = who.person not in session.present, conduct.record_attendance
        assert self.attempt(lambda: act(chair, session.pk, capacity, self.at, person=who.person, present=comes))
        session.present ^= {who.person}

    def panel(self) -> None:
        village, number, lead = self.dice.choice(se.VILLAGES), self.dice.randint(1, 4), self.dice.randint(0, 1)
        session = self.sessions.get(village[:6])
        if session is not None:
            chair, person = self.small.chairs[village[:6]], self.small.members[village[:6]][lead].person
            self.attempt(lambda: conduct.close_panel(chair, session.pk, number, self.at))
            self.attempt(lambda: conduct.open_panel(chair, session.pk, number, [village], self.at, lead=person))

    # -- one station, or a village -----------------------------------------------------------

    def decide(self) -> None:
        """A row of an open session, more often one that is still to be read."""
        act = self.dice.choice(("recount", "correct", "accept", "box", "correct", "defer", "defer"))
        region = self.dice.choice(self.those(*READABLE))
        waiting = sorted(self.unsettled(region) | self.deferred(region))
        pk = self.dice.choice(self.dice.choice((waiting, [])) or sorted(self.of(region)))
        getattr(self, act)(region, pk, self.dice.choice((False, False, True)))

    def stray(self) -> None:
        """Anybody does anything anywhere."""
        act = self.dice.choice(("accept", "box", "correct", "defer", "recount", "undo"))
        getattr(self, act)(self.dice.choice(REGIONS), self.dice.choice(ROWS), self.dice.choice((True, False)))

    def undo_one(self) -> None:
        region, pk = self.dice.choice(self.undoable())
        self.undo(region, pk, False)

    def undoable(self) -> list[tuple[str, str]]:
        """(region, row) of what open sessions have decided."""
        return [
            (region, pk)
            for region in self.those(*READABLE)
            for pk, what in sorted(self.sessions[region].last.items())
            if what != "undone"
        ]

    def who(self, region: str, by_member: bool) -> tuple[Any, Any]:
        """Who acts and the second person; a member acts only over the villages of a panel."""
        chair, member = self.small.chairs[region], self.small.members[region][0]
        return (member, chair) if by_member else (chair, member)

    def act(self, region: str, pk: str, act: Callable[[uuid.UUID], None], what: str) -> bool:
        """Do an act on a row and remember what it came to."""
        session = self.sessions.get(region)
        if session is None or not self.attempt(lambda: act(session.pk)):
            return False
        assert session.state in READABLE and pk.startswith(region)
        assert TIER[len(region)] == 1 or self.rows[pk].ratified or self.sessions[pk[:6]].state == "closed"
        assert self.rows[pk].ratified <= TIER[len(region)] >= self.rows[pk].decided_tier
        session.state = "reading"
        if what:
            session.last[pk] = what
        return True

    def accept(self, region: str, pk: str, by_member: bool) -> None:
        row, (actor, _) = self.rows[pk], self.who(region, by_member)
        if self.act(region, pk, lambda s: plenary.accept(actor, s, pk, self.at), "decided"):
            assert row.current is not None
            row.decisions.append((region, TIER[len(region)], row.current))

    def accept_clean(self) -> None:
        village, by_member = self.dice.choice(se.VILLAGES), self.dice.choice((False, False, True))
        region, session = village[:6], self.sessions.get(village[:6])
        if session is None:
            return
        clean = plenary_batch.clean_rows(SessionCursor.objects.get(pk=session.pk), village)
        seen, (actor, _) = {row.pk: row.last_seq for row in clean}, self.who(region, by_member)
        act = plenary_batch.accept_clean
        if self.attempt(lambda: act(actor, session.pk, village, self.at, expected=seen)):
            session.state = "reading"
            for pk in seen:
                row = self.rows[pk]
                assert row.verified is not None and not row.decisions and pk not in session.last
                row.decisions.append((region, 1, row.verified))
                session.last[pk] = "decided"

    def box(self, region: str, pk: str, by_member: bool) -> None:
        row, (actor, second) = self.rows[pk], self.who(region, by_member)
        figures = dict(se.figures(pk, row.generation % 3))
        recount = row.generation > 1 and row.verified is None and not row.decisions
        act, what = plenary.take_from_box, "" if recount else "decided"
        if self.act(region, pk, lambda s: act(actor, second, s, pk, figures, self.at), what):
            assert row.current is None
            if recount:
                row.verified = figures
            else:
                row.decisions.append((region, TIER[len(region)], figures))

    def correct(self, region: str, pk: str, by_member: bool) -> None:
        row, (actor, second) = self.rows[pk], self.who(region, by_member)
        old = row.current or dict(se.figures(pk))
        changes = {"votes_1": old["votes_1"] - 1, "votes_2": old["votes_2"] + 1}
        act, store, evidence = plenary.correct, self.store, self.evidence
        if self.act(
            region, pk, lambda s: act(actor, second, store, s, pk, changes, "Salah salin", evidence, self.at), "decided"
        ):
            row.decisions.append((region, TIER[len(region)], {**old, **changes}))

    def defer(self, region: str, pk: str, by_member: bool) -> None:
        actor, _ = self.who(region, by_member)
        self.act(region, pk, lambda s: plenary.defer(actor, s, pk, "Nanti dulu", self.at), "deferred")

    def undo(self, region: str, pk: str, by_member: bool) -> None:
        row, (actor, _) = self.rows[pk], self.who(region, by_member)
        if self.act(region, pk, lambda s: plenary.undo(actor, s, pk, "Salah baris", self.at), "undone"):
            assert row.ratified < TIER[len(region)]
            row.decisions = [decision for decision in row.decisions if decision[0] != region]

    def recount(self, region: str, pk: str, by_member: bool) -> None:
        actor, _ = self.who(region, by_member)
        if self.act(region, pk, lambda s: plenary.order_recount(actor, s, pk, RecountReason.DARK, self.at), ""):
            self.rows[pk] = Row(self.rows[pk].generation + 1)
            for session in self.sessions.values():
                session.last.pop(pk, None)

    def read_on(self) -> None:
        """Settle whatever is open in one session."""
        self.settle(self.dice.choice(self.those(*READABLE, "adjourned")))

    def settle(self, region: str) -> None:
        """Nothing may stand in the way of closing afterwards, but a district that still works."""
        if self.sessions[region].state == "adjourned":
            self.turn(region)
        for district in se.DISTRICTS if region == se.REGENCY else ():
            self.take_one(district)
        for pk in sorted(self.unsettled(region) | self.deferred(region)):
            self.box(region, pk, False)
            if pk in self.unsettled(region) | self.deferred(region):
                self.accept(region, pk, False)
        assert self.untaken(region) or not self.unsettled(region) | self.deferred(region)

    def bring_to_an_end(self) -> None:
        """Whatever happened, all can be read out and closed, and once more after a recount the regency orders."""
        for region in REGIONS:
            if region not in self.sessions or self.sessions[region].state == "scheduled":
                self.start_one(region, True)
            if self.sessions[region].state != "closed" or self.untaken(region):
                if self.sessions[region].state == "closed":
                    self.reopen_one(region, ReopenCause.INSTRUCTION)
                self.settle(region)
                self.close_one(region, True)
            assert self.sessions[region].state == "closed"
        self.reopen_one(se.REGENCY, ReopenCause.GENERATION)
        self.recount(se.REGENCY, ROWS[0], False)
        self.settle(se.REGENCY)
        self.close_one(se.REGENCY, True)
        self.no_row_is_lost_and_each_stands_as_in_the_model()
        assert set(StationContest.objects.values_list("ratified_tier", flat=True)) == {2}

    # -- what must hold after every act ------------------------------------------------------

    def of(self, region: str) -> dict[str, Row]:
        return {pk: row for pk, row in self.rows.items() if pk.startswith(region)}

    def deferred(self, region: str) -> set[str]:
        session = self.sessions.get(region)
        return {pk for pk, what in session.last.items() if what == "deferred"} if session else set()

    def unsettled(self, region: str) -> set[str]:
        """Rows of the region that its session must still read, apart from those it put off."""
        session, tier = self.sessions.get(region), TIER[len(region)]
        last = session.last if session else {}
        return {
            pk
            for pk, row in self.of(region).items()
            if last.get(pk) != "deferred"
            and (last.get(pk) == "undone" or (row.decided_tier < tier and (tier == 1 or row.ratified < tier - 1)))
        }

    def untaken(self, region: str) -> set[str]:
        return set(se.DISTRICTS) - self.sessions[region].taken if region == se.REGENCY else set()

    @invariant()
    def no_row_is_lost_and_each_stands_as_in_the_model(self) -> None:
        if not hasattr(self, "rows"):
            return
        found = {
            row.pk: (
                row.generation,
                row.decided_tier,
                row.ratified_tier,
                *(f.figures() if f else None for f in (row.verified, row.decided, row.counted)),
            )
            for row in StationContest.objects.filter(closed=False).select_related("verified", "decided", "counted")
        }
        assert found == {
            pk: (
                row.generation,
                row.decided_tier,
                row.ratified,
                row.verified,
                row.decisions[-1][2] if row.decisions else None,
                row.counted,
            )
            for pk, row in self.rows.items()
        }
        assert FigureSet.objects.count() >= self.figure_sets
        self.figure_sets = FigureSet.objects.count()

    @invariant()
    def sessions_stand_as_in_the_model_and_none_closed_unread(self) -> None:
        for session in SessionCursor.objects.all():
            region, known = session.region_id, self.sessions[session.region_id]
            agenda = agenda_of(session)
            open_rows = len(self.unsettled(region)) + len(self.untaken(region))
            assert (session.state, agenda.unread, agenda.deferred) == (
                known.state,
                open_rows,
                len(self.deferred(region)),
            )
            assert conduct.quorum(session).present == len(known.present)
            assert agenda.total == len(self.of(region)) + len(self.untaken(region))

    @invariant()
    def everything_sums(self) -> None:
        if not hasattr(self, "rows"):
            return
        for contest in se.CONTESTS:
            table = totals.of_contest(contest)
            for region in REGIONS:
                counted = [row.counted for pk, row in self.of(region).items() if pk[14:] == contest[:5] and row.counted]
                plain = {name: sum(figures[name] for figures in counted) for name in table[region]}
                assert table[region] == plain
        if len(self.sessions) == len(REGIONS):
            found = {s.region_id: sheets.sheet_of(s, se.REGENT) for s in SessionCursor.objects.all()}
            above = dict(found[se.REGENCY].columns)
            assert above == {district: found[district].totals() for district in se.DISTRICTS}


def kind_of(entry: Entry) -> str:
    """What an act came to, in a word."""
    body = body_of(entry)
    return str(body.get("event") or body.get("decision") or entry.kind)


EVERYTHING = {
    *("convened", "opened", "adjourned", "resumed", "closed", "reopened"),
    *("accepted", "items.accepted", "from_box", "deferred", "recount_entered"),
    *("item.corrected", "item.reopened", "generation.opened", "region.taken"),
}


@pytest.fixture(scope="module")
def prepared(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """The small election with most stations verified."""
    folder = tmp_path_factory.mktemp("prepared")
    file = folder / "node.sqlite3"
    shutil.copy(sqlite_template.place, file)
    store = open_store(folder / "evidence")
    with django_db_blocker.unblock(), using(f"sqlite:///{file}"):
        for pk in ROWS:
            if pk not in UNVERIFIED:
                se.verify(sqlite_template.small, store, pk)
    return file


def test_random_plenaries_lose_nothing_close_nothing_unread_and_always_sum(
    prepared: Path, sqlite_template: Template, empty_template: Path, tmp_path: Path, django_db_blocker: Any
) -> None:
    Plenaries.prepared, Plenaries.empty, Plenaries.folder = prepared, empty_template, tmp_path
    Plenaries.small, Plenaries.kinds = sqlite_template.small, Counter()
    usual = settings(max_examples=4, stateful_step_count=50, derandomize=True)
    many = settings(max_examples=max(EXAMPLES, 1), stateful_step_count=60, print_blob=True)
    chosen = settings(many if EXAMPLES else usual, deadline=None, suppress_health_check=list(HealthCheck))
    with django_db_blocker.unblock():
        run_state_machine_as_test(Plenaries, settings=chosen)
    assert Plenaries.kinds.keys() >= EVERYTHING, Plenaries.kinds
