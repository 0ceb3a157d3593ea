"""One station-contest as staff see it: who may see which figures, the value chain, the history."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sirekap.election import chasil
from sirekap.election.roles import LABEL_ID as ROLE_LABEL
from sirekap.election.roles import Capability, Role
from sirekap.election.rules import Finding, check
from sirekap.publication.history import in_words
from sirekap.publication.model import Event
from sirekap.records.models import (
    Correction,
    Generation,
    ItemDecision,
    Photo,
    PhotoReading,
    Statement,
    StationContest,
    Verification,
)
from sirekap.workflow.people import Actor


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the value chain."""

    title: str
    figures: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One field over the chain: (figure or None, whether stated, whether it differs from the column before)."""

    field: chasil.Field
    cells: tuple[tuple[int | None, bool, bool], ...]


@dataclass(slots=True)
class Dossier:
    """Every fact of one row, read once."""

    row: StationContest
    photos: list[Photo]
    readings: list[PhotoReading]
    statements: list[Statement]
    verifications: list[Verification]
    others: list[Any]

    @property
    def current(self) -> list[Statement]:
        """Statements of the present generation."""
        return [s for s in self.statements if s.generation == self.row.generation]


def dossier(row: StationContest) -> Dossier:
    """The facts of a row, in ledger order."""
    others: list[Any] = [
        *ItemDecision.objects.filter(row=row),
        *Correction.objects.filter(row=row).prefetch_related("fields"),
        *Generation.objects.filter(row=row),
    ]
    return Dossier(
        row,
        list(Photo.objects.filter(row=row).order_by("entry_id")),
        list(PhotoReading.objects.filter(row=row).order_by("entry_id")),
        list(Statement.objects.filter(row=row).select_related("figures").order_by("entry_id")),
        list(Verification.objects.filter(row=row).select_related("figures").order_by("entry_id")),
        others,
    )


def hides_figures(actor: Actor, facts: Dossier) -> bool:
    """Whether unverified figures stay hidden: this person may still make an independent statement of the row."""
    row = facts.row
    if row.verified_id or row.decided_id or not facts.current:
        return False
    if any(s.author == actor.person for s in facts.current):
        return False
    if actor.may(Capability.CONFIRM, row.station_id):
        return True
    sent = any(p.uploader == actor.person and p.generation == row.generation for p in facts.photos)
    return actor.may(Capability.VERIFY, row.station_id) and not sent


def may_enter(actor: Actor, facts: Dossier) -> bool:
    """Whether the entry form is worth offering; the act itself decides."""
    row = facts.row
    if row.closed or row.verified_id or row.decided_id:
        return False
    mine = any(s.author == actor.person for s in facts.current)
    if actor.may(Capability.CONFIRM, row.station_id):
        return not mine or bool(row.open_fields)
    sent = any(p.uploader == actor.person and p.generation == row.generation for p in facts.photos)
    return actor.may(Capability.VERIFY, row.station_id) and not mine and not sent and row.complete


def columns(actor: Actor, facts: Dossier, hidden: bool) -> list[Column]:
    """The value chain: older generations, statements (unless hidden), verified, decided."""
    out = [
        Column(_("Generasi %s, terverifikasi") % v.generation, v.figures.figures())
        for v in facts.verifications
        if v.generation < facts.row.generation
    ]
    if not hidden:
        out += [Column(_author(s, actor.person), s.figures.figures()) for s in facts.current]
    if facts.row.verified:
        out.append(Column(_("Terverifikasi"), facts.row.verified.figures()))
    if facts.row.decided:
        out.append(Column(_("Pleno"), facts.row.decided.figures()))
    return out


def _author(statement: Statement, person: uuid.UUID) -> str:
    role = ROLE_LABEL[Role(statement.role)] if statement.human else _("Bacaan mesin")
    return _("%s (Anda)") % role if statement.author == person else role


def lines(columns_: Sequence[Column], vote_columns: int) -> list[Line]:
    """Rows of the value table, in form order."""
    stated = {name for column in columns_ for name in column.figures}
    fields = [f for f in chasil.fields(vote_columns, optional=True) if f.id in stated]
    return [Line(f, tuple(_cells(f.id, columns_))) for f in fields]


def _cells(name: str, columns_: Sequence[Column]) -> Iterator[tuple[int | None, bool, bool]]:
    before: list[int | None] = []
    for column in columns_:
        known = name in column.figures
        value = column.figures.get(name)
        yield value, known, bool(known and before and before[-1] != value)
        if known:
            before.append(value)


def known_findings(row: StationContest) -> list[Finding]:
    """The rules that the figures in force break, with their numbers."""
    figures = row.decided or row.verified
    return check(figures.figures(), row.contest.columns) if figures else []


def history(facts: Dossier) -> list[Event]:
    """What happened to the row, in ledger order; never a figure of an unverified statement."""
    events = [*facts.photos, *facts.readings, *facts.statements, *facts.verifications, *facts.others]
    return [
        Event(fact.at, *in_words(fact))
        for fact in sorted(events, key=lambda f: (f.entry_id, isinstance(f, Verification)))
    ]
