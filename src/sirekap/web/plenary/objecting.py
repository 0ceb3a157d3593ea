"""Objections and incidents as a screen shows them: about which place, by whom, in whose words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sirekap.election import chasil
from sirekap.election.objections import LABEL_ID, Capacity, ObjectionKind, Subject
from sirekap.election.roles import Capability
from sirekap.publication.load import display_name
from sirekap.records.models import Contest, Objection
from sirekap.web import lookups
from sirekap.workflow.objections import Listed
from sirekap.workflow.people import Actor


@dataclass(frozen=True, slots=True)
class Shown:
    """One objection. ``text``: the original for whom it concerns, else what was published; empty for nothing."""

    item: Listed
    place: str
    by: str
    about: str
    text: str
    demand: str
    original: bool

    @property
    def objection(self) -> Objection:
        """The fact."""
        return self.item.objection

    @property
    def kind(self) -> str:
        """``Keberatan`` or ``Kejadian khusus``."""
        return LABEL_ID[ObjectionKind(self.objection.kind)]

    @property
    def where(self) -> str:
        """Where it stands, in words."""
        return self.item.standing.label_id()


CONCERNED = (Capability.PREPARE_PLENARY, Capability.OBJECT, Capability.CONFIRM)
"""The words of an objection concern the committees, the witnesses and the supervisors; others read what is public."""


def may_read_original(actor: Actor, region: str) -> bool:
    """Whether the words of an objection about a place concern this person."""
    return any(actor.may(c, region) for c in CONCERNED)


def shown(actor: Actor, items: Iterable[Listed]) -> list[Shown]:
    """The objections in the order given; three queries whatever their number."""
    found = list(items)
    codes = {i.objection.region[:10] for i in found} | {i.objection.region for i in found}
    names = lookups.names(codes)
    contests = Contest.objects.prefetch_related("pairs").in_bulk([i.objection.contest_id for i in found])
    return [_shown(actor, item, names, contests.get(item.objection.contest_id)) for item in found]


def _shown(actor: Actor, item: Listed, names: dict[str, str], contest: Contest | None) -> Shown:
    objection = item.objection
    original = item.original if may_read_original(actor, objection.region) else None
    return Shown(
        item,
        _place(objection.region, names, contest),
        _by(objection, contest),
        _about(objection),
        original.text if original else item.published,
        original.demand if original else "",
        original is not None,
    )


def _place(region: str, names: dict[str, str], contest: Contest | None) -> str:
    if len(region) == 13:
        where = f"TPS {region[10:]}, {names.get(region[:10], region[:10])}"
    else:
        where = display_name(region, names.get(region, region))
    return where


def _by(objection: Objection, contest: Contest | None) -> str:
    who = LABEL_ID[Capacity(objection.capacity)]
    if objection.pair is None or contest is None:
        return who
    name = next((p.name for p in contest.pairs.all() if p.number == objection.pair), "")
    return f"{who} pasangan {objection.pair}. {name}".strip()


def _about(objection: Objection) -> str:
    if objection.subject != Subject.FIELD:
        return LABEL_ID[Subject(objection.subject)]
    labels = [chasil.BY_ID[name].label_id for name in objection.fields if name in chasil.BY_ID]
    return "; ".join(labels)


def open_first(items: Sequence[Shown]) -> list[Shown]:
    """Those that still wait for this plenary before those that are settled."""
    return sorted(items, key=lambda s: not s.item.standing.open)
