"""The election night, act by act, through the same functions as the web. There is no bulk path.

The script is `plan.Plan`; the clock is the plan's, one act at a time, in order.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sirekap.demo import cast as casting
from sirekap.demo.facts import facts
from sirekap.demo.photographed import PhotographedRows
from sirekap.demo.photographs import Studio
from sirekap.demo.placeholder import Job, placeholder, placeholders
from sirekap.demo.plan import Act, Correction, Event, Plan, Recount, Session, Stage, import_csv
from sirekap.demo.witness import WHO
from sirekap.election.chasil import blind_ids
from sirekap.election.contests import ContestKind
from sirekap.election.generations import RecountReason
from sirekap.election.standing import all_pages
from sirekap.evidence.store import EvidenceStore
from sirekap.ledger.note import Signer
from sirekap.records import queries, totals
from sirekap.records.models import SessionCursor, StationContest
from sirekap.workflow import (
    determination,
    intake,
    plenary,
    public_log,
    register,
    sequencing,
    sessions,
    sheets,
    verification,
)
from sirekap.workflow.errors import Refused

REGISTER_AT = datetime(2024, 11, 18, 2, 0, tzinfo=UTC)
VOTING_DAY = date(2024, 11, 27)
SNAPSHOT_AT = datetime(2024, 11, 28, 3, 15, tzinfo=UTC)
"""28 Nov 2024, 10:15 WIB, the commission's public snapshot."""
SEQUENCE_EVERY = 400
"""Acts between two runs of the sequencer."""

Step = Callable[[], None]


def row_id(station: str, contest: ContestKind) -> str:
    """Primary key of a cursor row."""
    return f"{station}-{contest.value}"


@dataclass
class Night:
    """Runs a plan against the configured database and evidence store.

    ``stop`` is asked before each act with (time, arrived station-contests); ``advance`` is told of
    each finished act and its label, for progress bars. ``witness``: the public key of somebody who will co-sign the
    ledger. ``studio`` makes real photographs of one district, which are
    read; all other forms have placeholder pictures, which are not.
    """

    plan: Plan
    store: EvidenceStore
    log: Signer
    receipts: Signer
    witness: str = ""
    advance: Callable[[str], None] = lambda label: None
    stop: Callable[[datetime, int], bool] = lambda at, arrived: False
    photo_processes: int = 1
    studio: Studio | None = None
    photographed: PhotographedRows | None = None
    cast: casting.Cast = field(init=False)
    sessions: dict[str, SessionCursor] = field(default_factory=dict)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    snapshot: dict[str, Any] = field(default_factory=dict)
    refused: int = 0
    arrived: int = 0
    acts: int = 0
    now: datetime = REGISTER_AT

    def run(self) -> None:
        """Register, night, plenaries, determination; stops early where ``stop`` says so."""
        self._register()
        for at, job in self._script():
            if self.stop(at, self.arrived):
                break
            self._watch(at)
            self.now = at
            job()
            self._count()
        self.sequence()

    def sequence(self) -> None:
        """Run the sequencer at the night's time."""
        sequencing.sequence(self.now, self.log)

    def _count(self, label: str = "acts") -> None:
        self.acts += 1
        self.advance(label)
        if self.acts % SEQUENCE_EVERY == 0:
            self.sequence()

    # -- the register ------------------------------------------------------------------------

    def _register(self) -> None:
        at = self.now
        register.open_ledger(self.log.name, "simulated", self.log.verifier.vkey, at)
        self.cast = casting.appoint_administrator(at)
        admin = self.cast.administrator
        register.create_election(
            admin, "pilkada-2024-bekasi", "Pilkada Serentak 2024 – Kabupaten Bekasi", VOTING_DAY, True, at
        )
        if self.witness:
            public_log.register_witness(admin, self.witness, WHO, at)
        register.import_register(admin, import_csv(self.plan), at.date(), at)
        casting.appoint_bodies(self.cast, self.plan, at)
        for added in self.plan.added_stations:
            register.add_station(admin, added.code, added.roll_l, added.roll_p, added.reason, added.at.date(), added.at)
            self._count()
        for change in self.plan.roll_amendments:
            register.amend_roll(
                admin, change.code, change.new_l, change.new_p, change.reason, change.at.date(), change.at
            )
            self._count()
        arrivals = next(iter(self.plan.times.values())).arrive
        last = self.plan.stations[int(arrivals.argmax())].code
        eve = datetime(2024, 11, 26, 3, 0, tzinfo=UTC)
        for station in self.plan.stations:
            casting.appoint_kpps(self.cast, station.code, eve, "kpps" if station.code == last else "")
            self._count()
        self.now = eve

    # -- the script --------------------------------------------------------------------------

    def _script(self) -> Iterator[tuple[datetime, Step]]:
        """Every act in time order; photographs are drawn ahead in another process."""
        jobs: list[tuple[datetime, int, Step]] = []
        for session in self.plan.sessions:
            jobs += [(at, 1, job) for at, job in self._session_script(session)]
        final = self.plan.determination
        jobs.append((final.at, 2, partial(self._determine, final.contest, final.decision)))
        jobs += self._photographed()
        jobs.sort(key=lambda j: j[:2])
        drawn = [e for e in self.plan.events if not self._has_photographs(e)]
        night = ((event.at, 0, partial(self._event, event)) for event in drawn)
        self._pictures = placeholders((self._job(e) for e in drawn if e.act is Act.ARRIVE), self.photo_processes)
        for at, _, job in heapq.merge(night, jobs, key=lambda j: j[:2]):
            yield at, job

    def _has_photographs(self, event: Event) -> bool:
        return self.studio is not None and self.plan.stations[event.station].district == self.studio.district

    def _photographed(self) -> list[tuple[datetime, int, Step]]:
        if self.studio is None:
            return []
        self.photographed = PhotographedRows(
            self.plan, self.cast, self.store, self.receipts, self.studio, self._arrived, self._refused
        )
        return [(at, 0, step) for at, step in self.photographed.script()]

    def _arrived(self) -> None:
        self.arrived += 1

    def _refused(self) -> None:
        self.refused += 1

    def _job(self, event: Event) -> Job:
        contest = self.plan.contests[event.contest]
        code = self.plan.stations[event.station].code
        names = tuple(facts().region_names[code[:n]] for n in (2, 4, 6, 10))
        figures = self.plan.figures(event.contest, event.station)
        return Job(code, names, contest.title, figures, tuple(p.name for p in contest.pairs))

    def _event(self, event: Event) -> None:
        {Act.ARRIVE: self._arrive, Act.CONFIRM: self._confirm, Act.VERIFY: self._verify, Act.THIRD: self._third}[
            event.act
        ](event)

    def _station(self, event: Event) -> tuple[str, str]:
        station = self.plan.stations[event.station]
        return row_id(station.code, event.contest), station.code

    def _arrive(self, event: Event) -> None:
        row, code = self._station(event)
        pages = all_pages(self.plan.contests[event.contest].columns)
        intake.receive_photo(
            self.cast.kpps[code],
            self.store,
            row,
            pages,
            next(self._pictures),
            event.at,
            read=False,
            signer=self.receipts,
        )
        self.arrived += 1

    def _confirm(self, event: Event) -> None:
        row, code = self._station(event)
        self._state(self.cast.kpps[code], row, event, "kpps")

    def _verify(self, event: Event) -> None:
        row, code = self._station(event)
        self._state(self.cast.operators[code[:6]][0], row, event, "operator")

    def _state(self, actor: Any, row: str, event: Event, by: str) -> None:
        slip = self.plan.slip(event.contest, event.station, by)
        keyed = self.plan.keyed(event.contest, event.station, by)
        if slip is not None:
            try:
                verification.make_statement(actor, row, {**keyed, **slip.wrong}, event.at)
            except Refused:
                self.refused += 1
        try:
            verification.make_statement(actor, row, keyed, event.at)
        except Refused as refusal:
            if refusal.code != "arithmetic":
                raise
            self.refused += 1
            verification.make_statement(actor, row, keyed, event.at, paper_wrong=True)

    def _third(self, event: Event) -> None:
        row, code = self._station(event)
        asked = StationContest.objects.get(pk=row).open_fields
        paper = self.plan.figures(event.contest, event.station)
        figures = {name: paper[name] for name in asked}
        verification.make_statement(self.cast.operators[code[:6]][1], row, figures, event.at, paper_wrong=True)

    # -- plenaries ---------------------------------------------------------------------------

    def _session_script(self, session: Session) -> Iterator[tuple[datetime, Step]]:
        yield session.opens, partial(self._open, session)
        if session.tier == "district":
            yield from self._district_script(session)
        else:
            yield from self._regency_script()
        yield session.closes, partial(self._close, session)

    def _district_script(self, session: Session) -> Iterator[tuple[datetime, Step]]:
        corrections = {row_id(c.station, c.contest): c for c in self.plan.district_corrections}
        recounts = {row_id(r.station, r.contest): r for r in self.plan.recounts}
        rows = [
            row_id(s.code, kind)
            for s in self.plan.stations
            if s.district == session.region
            for kind in sorted(self.plan.contests)
        ]
        pace = (session.closes - session.opens) / (len(rows) + 2)
        for number, row in enumerate(rows, start=1):
            at = session.opens + pace * number
            if row in corrections:
                correction = corrections[row]
                yield correction.at, partial(self._correct, session.region, correction)
            elif row in recounts:
                yield recounts[row].at, partial(self._recount, session.region, recounts[row])
            else:
                yield at, partial(self._accept, session.region, row)

    def _regency_script(self) -> Iterator[tuple[datetime, Step]]:
        for correction in self.plan.regency_corrections:
            yield correction.at, partial(self._correct, casting.REGENCY, correction)
        for district in self.plan.sessions:
            if district.read_at is not None:
                yield district.read_at, partial(self._take, district.region)

    def _open(self, session: Session) -> None:
        contests = [self.plan.contests[kind].id for kind in self.plan.contests]
        chair = self.cast.chairs[session.region]
        self.sessions[session.region] = sessions.open_session(chair, session.region, contests, session.opens)

    def _accept(self, region: str, row: str) -> None:
        plenary.accept(self.cast.chairs[region], self.sessions[region].pk, row, self.now)

    def _correct(self, region: str, correction: Correction) -> None:
        station, kind = self.plan.index[correction.station], correction.contest
        stage = Stage.FINAL if region == casting.REGENCY else Stage.DISTRICT
        changes = {change.field: change.new for change in correction.changes}
        plenary.correct(
            self.cast.chairs[region],
            self.cast.members[region],
            self.store,
            self.sessions[region].pk,
            row_id(correction.station, kind),
            changes,
            correction.reason,
            self._evidence(kind, station, self.plan.figures(kind, station, stage)),
            self.now,
        )

    def _evidence(self, kind: ContestKind, station: int, figures: dict[str, int]) -> str:
        contest = self.plan.contests[kind]
        code = self.plan.stations[station].code
        names = tuple(facts().region_names[code[:n]] for n in (2, 4, 6, 10))
        title = f"Dari kotak suara: {contest.title}"
        return self.store.put(placeholder(code, names, title, figures, tuple(p.name for p in contest.pairs))).sha256

    def _recount(self, region: str, recount: Recount) -> None:
        row, session, chair = (
            row_id(recount.station, recount.contest),
            self.sessions[region].pk,
            self.cast.chairs[region],
        )
        plenary.order_recount(chair, session, row, RecountReason.TOTALS_DIFFER, self.now)
        later = self.now + timedelta(minutes=2)
        plenary.take_from_box(chair, self.cast.members[region], session, row, dict(recount.figures), later)
        plenary.accept(chair, session, row, later + timedelta(minutes=1))

    def _take(self, district: str) -> None:
        sessions.take_region(self.cast.chairs[casting.REGENCY], self.sessions[casting.REGENCY].pk, district, self.now)

    def _close(self, session: Session) -> None:
        opened = self.sessions[session.region]
        sessions.close_session(self.cast.chairs[session.region], opened.pk, self.now, sheets.on_paper(opened))
        districts = [s.region for s in self.plan.sessions if s.tier == "district"]
        closed = SessionCursor.objects.filter(region_id__in=districts, state="closed").count()
        if session.tier == "district" and closed == len(districts):
            self._note_stage("districts_closed")

    def _determine(self, kind: ContestKind, decision: str) -> None:
        contest = self.plan.contests[kind]
        chair, roll = self.cast.chairs[contest.region], queries.roll_of_region(contest.region)
        determination.determine(chair, contest.id, decision, self.now, population=roll)
        self._note_stage("determined", kind)

    # -- what the summary reports ------------------------------------------------------------

    def _note_stage(self, name: str, only: ContestKind | None = None) -> None:
        for kind, contest in self.plan.contests.items():
            if only in (None, kind):
                self.stages.setdefault(kind.value, {})[name] = self.votes(contest.id)

    def votes(self, contest_id: str) -> list[int]:
        """Counted votes per column in the regency."""
        figures = totals.of_contest(contest_id)[casting.REGENCY]
        columns = len([f for f in figures if f.startswith("votes_")])
        return [figures[f"votes_{n}"] for n in range(1, columns + 1)]

    def _watch(self, at: datetime) -> None:
        """Note each district's arrivals and sums when the snapshot's moment passes."""
        if self.now <= SNAPSHOT_AT < at:
            self.snapshot = {
                kind.value: self._district_state(contest.id) for kind, contest in self.plan.contests.items()
            }

    def _district_state(self, contest_id: str) -> dict[str, Any]:
        table = totals.of_contest(contest_id)
        out = {}
        for code in sorted(c for c in table if len(c) == 6):
            _, arrived = queries.standing_counts(code, contest_id)
            columns = [name for name in blind_ids(10) if name.startswith("votes_") and name in table[code]]
            out[code] = {"arrived": arrived, "votes": [table[code][name] for name in columns]}
        return out
