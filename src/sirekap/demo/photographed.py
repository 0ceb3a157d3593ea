"""The night of a photographed form: pages arrive, the machine reads them, the committee keys blind and then compares.

Where the committee and the machine agree, the form is verified without an operator. Elsewhere an operator enters the
fields that are still open, blind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from django.utils import timezone

from sirekap.demo.cast import Cast
from sirekap.demo.facts import facts
from sirekap.demo.photographs import Row, Snap, Studio, Taken
from sirekap.demo.plan import ErrorKind, Plan
from sirekap.election.chasil import blind_ids
from sirekap.evidence.store import EvidenceStore
from sirekap.jobs.reading import judge
from sirekap.ledger.note import Signer
from sirekap.paper import qr
from sirekap.reading import keeping
from sirekap.reading.expected import with_check
from sirekap.records.models import Statement, StationContest
from sirekap.workflow import intake, reading, reading_queue, verification
from sirekap.workflow.errors import Refused
from sirekap.workflow.people import Actor

Step = Callable[[], None]
READ_AFTER = timedelta(seconds=7)
"""From the arrival of a photograph to its reading."""
COMPARES_BEFORE = timedelta(minutes=4)
"""How long before the plan's verification the committee compares its entry with the reading, at most."""
COMPARED = "Dicocokkan dengan bacaan mesin dan kertas"
SLIPPED = "Salah ketik; dibetulkan setelah melihat kertas sekali lagi"


@dataclass
class PhotographedRows:
    """Acts of all photographed forms. ``arrived`` is told of each complete form, ``refuse`` of each refused entry."""

    plan: Plan
    cast: Cast
    store: EvidenceStore
    receipts: Signer
    studio: Studio
    arrived: Step
    refuse: Step
    retaken: int = 0
    _pictures: dict[Row, list[Taken]] = field(default_factory=dict)

    def script(self) -> Iterator[tuple[datetime, Step]]:
        """Every act with its time, form by form; not in order of time."""
        for row in self.studio.forms:
            yield from self._form(row)

    def _form(self, row: Row) -> Iterator[tuple[datetime, Step]]:
        kind, station = row
        times = self.plan.times[kind]
        arrive, confirm, verify = (
            _time(times.arrive[station]),
            _time(times.confirm[station]),
            _time(times.verify[station]),
        )
        pictures = self.studio.snaps(row)
        for number, snap in enumerate(pictures):
            at = arrive - snap.before
            yield at, partial(self._send, row, snap, at, number == len(pictures) - 1)
            yield at + READ_AFTER, partial(self._read, row, at + READ_AFTER)
        yield confirm, partial(self._key_blind, row, confirm)
        compare = compares_at(confirm, verify)
        yield compare, partial(self._compare, row, compare)
        yield verify, partial(self._operator, row, verify)
        third = _time(times.third[station]) if times.third[station] else verify
        yield third, partial(self._second_operator, row, third)

    def _ids(self, row: Row) -> tuple[str, str]:
        code = self.plan.stations[row[1]].code
        return code, f"{code}-{row[0].value}"

    def _send(self, row: Row, snap: Snap, at: datetime, last: bool) -> None:
        code, row_id = self._ids(row)
        if row not in self._pictures:
            self._pictures[row] = list(self.studio.taken(row))
        picture = self._pictures[row][0]
        if picture.snap != snap:
            raise ValueError(f"{row_id}: the photographs are not in order")
        pages = 1 << (snap.page - 1)
        intake.receive_photo(self.cast.kpps[code], self.store, row_id, pages, picture.jpeg, at, signer=self.receipts)
        self.retaken += snap.again
        if last:
            self.arrived()

    def _read(self, row: Row, at: datetime) -> None:
        picture = self._pictures[row].pop(0)
        check = qr.checker(self.studio.key)
        (leased,) = reading_queue.lease("demo", timezone.now())
        reading.record_reading(leased, with_check(keeping.unpack(picture.evidence), check), at, judge=judge)

    def _key_blind(self, row: Row, at: datetime) -> None:
        code, row_id = self._ids(row)
        names = blind_ids(self.plan.contests[row[0]].columns)
        typed = self.plan.keyed(*row, "kpps")
        slip = self.plan.slip(*row, "kpps")
        if slip is not None and slip.kind is ErrorKind.REFUSED_SLIP:
            self._state(self.cast.kpps[code], row_id, {n: {**typed, **slip.wrong}[n] for n in names}, at, only_try=True)
        self._state(self.cast.kpps[code], row_id, {name: typed[name] for name in names}, at)

    def _compare(self, row: Row, at: datetime) -> None:
        """The committee sees the reading, looks again where it differs from its own entry, and fills in the rest."""
        code, row_id = self._ids(row)
        actor, typed, paper = self.cast.kpps[code], self.plan.keyed(*row, "kpps"), self.plan.figures(*row)
        verification.disclose_reading(actor, row_id)
        machine: dict[str, int | None] = {}
        for statement in Statement.objects.filter(row=row_id, human=False).select_related("figures"):
            machine |= statement.figures.figures()
        keyed = blind_ids(self.plan.contests[row[0]].columns)
        same = {name for name in keyed if name in machine and machine[name] == typed[name]}
        looked = {name: paper[name] if machine.get(name, value) != value else value for name, value in typed.items()}
        asked = {name: looked[name] for name in typed if name not in same and (machine or name not in keyed)}
        slipped = any(looked[name] != typed[name] for name in asked)
        self._state(actor, row_id, asked, at, reason=SLIPPED if slipped else COMPARED)

    def _operator(self, row: Row, at: datetime) -> None:
        code, row_id = self._ids(row)
        self._enter_open(self.cast.operators[code[:6]][0], row_id, self.plan.keyed(*row, "operator"), at)

    def _second_operator(self, row: Row, at: datetime) -> None:
        code, row_id = self._ids(row)
        self._enter_open(self.cast.operators[code[:6]][1], row_id, self.plan.figures(*row), at)

    def _enter_open(self, actor: Actor, row_id: str, figures: Mapping[str, int], at: datetime) -> None:
        found = StationContest.objects.get(pk=row_id)
        if found.verified_id is None:
            self._state(actor, row_id, {name: figures[name] for name in found.open_fields}, at)

    def _state(
        self,
        actor: Actor,
        row_id: str,
        figures: Mapping[str, int],
        at: datetime,
        *,
        reason: str = "",
        only_try: bool = False,
    ) -> None:
        try:
            verification.make_statement(actor, row_id, figures, at, reason=reason)
        except Refused as refusal:
            self.refuse()
            if only_try:
                return
            if refusal.code != "arithmetic":
                raise
            verification.make_statement(actor, row_id, figures, at, reason=reason, paper_wrong=True)


def compares_at(confirm: datetime, verify: datetime) -> datetime:
    """When the committee compares: shortly before ``verify``, but never on the other side of a published count.

    Its act may verify the form, and the plan says in which of the commission's counts the form stands.
    """
    at = verify - min(COMPARES_BEFORE, (verify - confirm) / 2)
    counts = facts().early, facts().snapshot
    return verify if any(at <= moment < verify for moment in counts) else at


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
