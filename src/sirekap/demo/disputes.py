"""What is disputed in the demo: objections that travel up to a correction, one refused, an incident, a re-vote."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sirekap.demo import cast as casting
from sirekap.demo.facts import REGENT, facts
from sirekap.demo.placeholder import placeholder
from sirekap.demo.plan import Correction, Plan, Revote, Session
from sirekap.demo.sessions import LAST
from sirekap.election.generations import ResultKind
from sirekap.election.objections import AnswerStatus, ObjectionKind, Subject
from sirekap.election.plenary import ReopenCause
from sirekap.election.standing import all_pages
from sirekap.evidence.store import EvidenceStore
from sirekap.records.models import Objection, SessionCursor
from sirekap.workflow import intake, objections, orders, plenary, sessions, sheets, verification

Step = Callable[[], None]
Scripted = Iterator[tuple[datetime, Step]]
RAISED_BEFORE = timedelta(minutes=50)
ANSWERED_BEFORE = timedelta(minutes=20)
"""Before the district closes."""
TAKEN_AFTER = timedelta(minutes=90)
"""The regency takes the reopened district again."""
WIB = timedelta(hours=7)
REFUSED_WHY = "Daftar hadir TPS dibuka bersama saksi dan pengawas; jumlahnya cocok, jadi keberatan ditolak. (Simulasi)"


@dataclass
class Disputes:
    """Objections and re-votes of a plan; ``sessions``: the open or closed ones by region, shared with the plenaries."""

    plan: Plan
    cast: casting.Cast
    store: EvidenceStore
    clock: Callable[[], datetime]
    sessions: dict[str, SessionCursor]
    raised_about: dict[str, uuid.UUID] = field(default_factory=dict)

    def raised(self, session: Session) -> Scripted:
        """What a district hears before it closes: each disputed station, and in the largest one more of each kind."""
        for correction in self.plan.regency_corrections:
            if correction.station.startswith(session.region) and not correction.late:
                yield session.closes - RAISED_BEFORE, partial(self._object, session.region, correction)
                yield session.closes - ANSWERED_BEFORE, partial(self._leave_open, session.region, correction)
        if session.region == LAST:
            yield session.closes - RAISED_BEFORE, partial(self._refused, session.region)
            yield session.closes - RAISED_BEFORE, partial(self._incident, session.region)

    def _object(self, region: str, correction: Correction) -> None:
        gains = {c.field: c.new - c.old for c in correction.changes if c.field.startswith("votes_")}
        pair = int(max(gains, key=lambda name: gains[name]).removeprefix("votes_"))
        self.raised_about[correction.station] = objections.file_objection(
            self.cast.witnesses[REGENT, pair],
            session_id=self.sessions[region].pk,
            region=correction.station,
            row=f"{correction.station}-{correction.contest.value}",
            kind=ObjectionKind.OBJECTION,
            subject=Subject.FIELD,
            fields=tuple(gains),
            pair=pair,
            text=f"Saksi paslon {pair} berpendapat suaranya pada TPS ini kurang dihitung. (Simulasi)",
            published=f"Saksi paslon {pair} berpendapat suaranya pada TPS ini kurang dihitung. (Simulasi)",
            demand="Surat suara dan turus (tally) TPS ini diperiksa ulang.",
            at=self.clock(),
        )

    def _leave_open(self, region: str, correction: Correction) -> None:
        objections.answer_objection(
            self.cast.chairs[region],
            self.raised_about[correction.station],
            self.sessions[region].pk,
            AnswerStatus.UNRESOLVED,
            "PPK dan saksi tidak sepakat; dibawa ke rapat pleno kabupaten. (Simulasi)",
            self.clock(),
        )

    def settle(self, correction: Correction) -> None:
        """The regency answers what the district left open by naming the correction it has just decided."""
        raised = self.raised_about.get(correction.station)
        if raised is None:
            return
        remedy = objections.remedies(Objection.objects.get(pk=raised))[-1]
        objections.answer_objection(
            self.cast.chairs[casting.REGENCY],
            raised,
            self.sessions[casting.REGENCY].pk,
            AnswerStatus.ACCEPTED,
            f"Diterima: {correction.reason}",
            self.clock(),
            correction=remedy.fact.pk,
        )

    def _refused(self, region: str) -> None:
        at, session = self.clock(), self.sessions[region].pk
        station = next(s.code for s in self.plan.stations if s.district == region)
        text = "Saksi paslon 1 meminta pemungutan suara ulang karena mengira ada pemilih ganda. (Simulasi)"
        raised = objections.file_objection(
            self.cast.witnesses[REGENT, 1],
            session_id=session,
            region=station,
            contest=self.plan.contests[REGENT].id,
            subject=Subject.STATION,
            pair=1,
            text=text,
            published=text,
            demand="Pemungutan suara ulang di TPS ini.",
            at=at,
        )
        later = at + timedelta(minutes=15)
        chair = self.cast.chairs[region]
        objections.answer_objection(chair, raised, session, AnswerStatus.REFUSED, REFUSED_WHY, later)

    def _incident(self, region: str) -> None:
        at, session, chair = self.clock(), self.sessions[region].pk, self.cast.chairs[region]
        text = "Listrik di gedung pleno padam selama 25 menit; pembacaan berhenti lalu dilanjutkan. (Simulasi)"
        raised = objections.file_objection(
            chair,
            session_id=session,
            region=region,
            kind=ObjectionKind.INCIDENT,
            subject=Subject.PROCEDURE,
            text=text,
            published=text,
            at=at,
        )
        answer = "Kotak suara tetap tersegel dan diawasi selama listrik padam. (Simulasi)"
        objections.answer_objection(chair, raised, session, AnswerStatus.ACCEPTED, answer, at + timedelta(minutes=15))

    # -- re-vote -------------------------------------------------------------------------------

    def revotes(self) -> Scripted:
        """The order, the new form, and the two plenaries that read the station again."""
        for revote in self.plan.revotes:
            yield revote.at, partial(self._order, revote)
            yield revote.voted, partial(self._form, revote)
            yield revote.read_at, partial(self._read_again, revote)
            yield revote.read_at + TAKEN_AFTER, partial(self._take_again, revote.station[:6])

    def _order(self, revote: Revote) -> None:
        orders.order_generation(
            self.cast.chairs[casting.REGENCY],
            f"{revote.station}-{revote.contest.value}",
            ResultKind.PSU,
            revote.reason,
            (revote.voted + WIB).date(),
            revote.order,
            self.clock(),
        )

    def _form(self, revote: Revote) -> None:
        """The new form arrives, is keyed by the committee, and keyed again by an operator."""
        contest, at = self.plan.contests[revote.contest], self.clock()
        row, figures = f"{revote.station}-{revote.contest.value}", dict(revote.figures)
        names = tuple(facts().region_names[revote.station[:n]] for n in (2, 4, 6, 10))
        pairs = tuple(p.name for p in contest.pairs)
        picture = placeholder(revote.station, names, f"PSU: {contest.title}", figures, pairs)
        kpps, operator = self.cast.kpps[revote.station], self.cast.operators[revote.station[:6]][0]
        intake.receive_photo(kpps, self.store, row, all_pages(contest.columns), picture, at, read=False)
        verification.make_statement(kpps, row, figures, at + timedelta(minutes=20))
        verification.make_statement(operator, row, figures, at + timedelta(minutes=50))

    def _read_again(self, revote: Revote) -> None:
        """The district reopens for this station alone and closes again."""
        region, at = revote.station[:6], self.clock()
        chair, session = self.cast.chairs[region], self.sessions[region]
        reason = f"Membacakan hasil pemungutan suara ulang menurut keputusan {revote.order}"
        sessions.reopen_session(chair, session.pk, reason, at, cause=ReopenCause.GENERATION)
        plenary.accept(chair, session.pk, f"{revote.station}-{revote.contest.value}", at + timedelta(minutes=20))
        session.refresh_from_db()
        sessions.close_session(chair, session.pk, at + timedelta(minutes=60), sheets.on_paper(session))

    def _take_again(self, district: str) -> None:
        chair, regency = self.cast.chairs[casting.REGENCY], self.sessions[casting.REGENCY].pk
        sessions.take_region(chair, regency, district, self.clock())
