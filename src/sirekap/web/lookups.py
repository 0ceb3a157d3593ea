"""What screens look up: counts and names in few queries. Reads only; no figure is added here."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Substr

from sirekap.election.contests import SCOPE_LENGTH, ContestKind
from sirekap.election.roles import Capability
from sirekap.election.standing import Standing
from sirekap.records import queries
from sirekap.records.cursors import rows_in
from sirekap.records.models import Contest, Person, Photo, Region, Statement, StationContest
from sirekap.records.ranges import within
from sirekap.workflow.people import Actor

NEXT_LENGTH = {0: 2, 2: 4, 4: 6, 6: 10, 10: 13}
"""Digits of the codes one tier below a code of that many digits."""


@dataclass(slots=True)
class Below:
    """One region below another: rows at exactly each rung, and rows with all pages."""

    code: str
    name: str
    standing: Counter[Standing] = field(default_factory=Counter)
    arrived: int = 0

    @property
    def total(self) -> int:
        """All its rows."""
        return self.standing.total()


def names(codes: Iterable[str]) -> dict[str, str]:
    """Region code -> name."""
    return dict(Region.objects.filter(pk__in=set(codes)).values_list("code", "name"))


def trail(code: str) -> list[tuple[str, str]]:
    """(code, name) of every region from the province down to ``code`` (or a station's village)."""
    codes = [code[:n] for n in (2, 4, 6, 10) if n <= len(code)]
    found = names(codes)
    return [(c, found[c]) for c in codes if c in found]


def contests_over(region: str) -> list[Contest]:
    """The contests that have rows in a region."""
    ids = rows_in(region).order_by().values_list("contest_id", flat=True).distinct()
    return list(Contest.objects.filter(pk__in=list(ids)).order_by("pk").prefetch_related("pairs"))


def contest_of(contest: str, region: str) -> Contest | None:
    """The contest, if it is held in the region (or the region holds it whole)."""
    found = Contest.objects.filter(pk=contest).prefetch_related("pairs").first()
    if found is None or not region.startswith(found.region[: len(region)]):
        return None
    return found if len(region) >= SCOPE_LENGTH[ContestKind(found.kind)] else None


def below(region: str, contest: str) -> list[Below]:
    """The regions (or stations) directly below a region, in code order; two queries whatever their number."""
    length = NEXT_LENGTH[len(region)]
    grouped = (
        rows_in(region)
        .filter(contest_id=contest)
        .order_by()
        .annotate(code=Substr("station_id", 1, length))
        .values_list("code", "standing")
        .annotate(n=Count("pk"), arrived=Count("pk", filter=queries.all_received()))
    )
    out: dict[str, Below] = {}
    for code, standing, n, arrived in grouped:
        entry = out.setdefault(code, Below(code, ""))
        entry.standing[Standing(standing)] += n
        entry.arrived += arrived
    known = names(out) if length < 13 else {}
    for code, entry in out.items():
        entry.name = known.get(code, f"TPS {code[-3:]}")
    return [out[code] for code in sorted(out)]


def within_any(column: str, regions: Sequence[str]) -> Q:
    """Rows whose ``column`` lies in any of the regions; none for no region."""
    found = Q(pk__in=[])
    for region in regions:
        found |= within(column, region)
    return found


def queue(actor: Actor) -> QuerySet[StationContest]:
    """Rows that wait for this person's second statement or blind re-entry, in region-code order."""
    person = actor.person
    mine = Statement.objects.filter(author=person, generation=F("row__generation")).values("row_id")
    sent = Photo.objects.filter(uploader=person, generation=F("row__generation")).values("row_id")
    return (
        StationContest.objects.filter(within_any("pk", actor.regions(Capability.VERIFY)))
        .filter(queries.all_received(), closed=False, verified__isnull=True, decided__isnull=True)
        .exclude(pk__in=mine)
        .exclude(pk__in=sent)
        .order_by("pk")
    )


def queue_counts(actor: Actor) -> list[tuple[str, str, int, int]]:
    """(district, name, waiting rows, of which re-entries) of the queue."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    grouped = queue(actor).order_by().annotate(code=Substr("station_id", 1, 6)).values_list("code", "open_fields")
    for code, opened in grouped:
        counts[code][0] += 1
        counts[code][1] += bool(opened)
    known = names(counts)
    return [(code, known.get(code, code), *counts[code]) for code in sorted(counts)]  # type: ignore[misc]


def person_names(people: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Person -> name, for staff screens only; erased people are missing."""
    return dict(Person.objects.filter(pk__in=set(people)).values_list("pk", "name"))
