"""The election night, act by act, through the same functions as the web. There is no bulk path.

The script is `plan.Plan`; the clock is the plan's, one act at a time, in order.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sirekap.demo import cast as casting
from sirekap.demo.facts import facts
from sirekap.demo.photographed import PhotographedRows
from sirekap.demo.photographs import Studio
from sirekap.demo.placeholder import Job, placeholders
from sirekap.demo.plan import Act, Event, Plan, import_csv
from sirekap.demo.plenaries import Plenaries, row_id
from sirekap.demo.province import Province
from sirekap.demo.witness import WHO
from sirekap.election.chasil import blind_ids
from sirekap.election.contests import ContestKind
from sirekap.election.standing import all_pages
from sirekap.evidence.store import EvidenceStore
from sirekap.ledger.note import Signer
from sirekap.records import queries, totals
from sirekap.records.models import Contest, SessionCursor, StationContest
from sirekap.workflow import (
    determination,
    intake,
    public_log,
    register,
    sequencing,
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


@dataclass
class Night:
    """Runs a plan against the configured database and evidence store.

    ``stop`` is asked before each act with (time, arrived station-contests); ``advance`` is told of
    each finished act and its label, for progress bars. ``witness``: the public key of somebody who will co-sign the
    ledger. ``folder``: the demo's, for what is kept beside the database. ``studio`` makes real photographs of one
    district, which are read; all other forms have placeholder pictures, which are not.
    """

    plan: Plan
    store: EvidenceStore
    log: Signer
    receipts: Signer
    folder: Path
    witness: str = ""
    advance: Callable[[str], None] = lambda label: None
    stop: Callable[[datetime, int], bool] = lambda at, arrived: False
    photo_processes: int = 1
    studio: Studio | None = None
    photographed: PhotographedRows | None = None
    cast: casting.Cast = field(init=False)
    plenaries: Plenaries = field(init=False)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    snapshot: dict[str, Any] = field(default_factory=dict)
    refused: int = 0
    arrived: int = 0
    acts: int = 0
    now: datetime = REGISTER_AT

    def run(self) -> None:
        """Register, night, plenaries, determination; stops early where ``stop`` says so."""
        self._register()
        self.plenaries = Plenaries(
            self.plan, self.cast, self.store, self.log, self.folder, lambda: self.now, self._closed
        )
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
        jobs += [(at, 1, job) for at, job in self.plenaries.script()]
        jobs += [(at, 3, job) for at, job in self._province().script()]
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

    # -- what the summary reports ------------------------------------------------------------

    def _province(self) -> Province:
        shared = self.plenaries
        return Province(
            self.plan,
            self.cast,
            self.store,
            shared.papers,
            shared.hall,
            lambda: self.now,
            shared.sessions,
            self._governor_determined,
        )

    def _governor_determined(self, kind: ContestKind) -> None:
        contest = self.plan.contests[kind]
        self.stages.setdefault(kind.value, {})["determined"] = self.votes(contest.id, contest.region)

    def _determine(self, kind: ContestKind, decision: str) -> None:
        contest = self.plan.contests[kind]
        chair, roll = self.cast.chairs[contest.region], queries.roll_of_region(contest.region)
        determination.determine(chair, contest.id, decision, self.now, population=roll)
        self.plenaries.papers.decree(Contest.objects.get(pk=contest.id))
        self._note_stage("determined", kind)

    def _closed(self, tier: str) -> None:
        districts = [s.region for s in self.plan.sessions if s.tier == "district"]
        closed = SessionCursor.objects.filter(region_id__in=districts, state="closed").count()
        if tier == "district" and closed == len(districts) and not self.stages:
            self._note_stage("districts_closed")

    def _note_stage(self, name: str, only: ContestKind | None = None) -> None:
        for kind, contest in self.plan.contests.items():
            if only in (None, kind):
                self.stages.setdefault(kind.value, {})[name] = self.votes(contest.id)

    def votes(self, contest_id: str, region: str = casting.REGENCY) -> list[int]:
        """Counted votes per column in a region."""
        figures = totals.of_contest(contest_id)[region]
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
