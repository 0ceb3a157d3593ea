"""The people in the hall of a demo plenary: who attends, and the panels of the largest district."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from sirekap.demo import cast as casting
from sirekap.demo.plan import Plan, Session
from sirekap.election.conduct import PANELS, Capacity
from sirekap.records.models import SessionCursor
from sirekap.workflow import conduct
from sirekap.workflow.people import Actor


@dataclass
class Hall:
    """Attendance and panels; ``sessions`` by region, shared with the plenaries; ``panels``: village -> panel's lead."""

    plan: Plan
    cast: casting.Cast
    clock: Callable[[], datetime]
    sessions: dict[str, SessionCursor]
    panels: dict[str, dict[str, int]] = field(default_factory=dict)

    def attend(self, region: str) -> None:
        """The body, the witness of each pair and the supervisor arrive."""
        chair, at, session = self.cast.chairs[region], self.clock(), self.sessions[region]
        contests = {c.kind: c for c in self.plan.contests.values() if c.id in session.contests}
        people: list[tuple[Capacity, Actor, str | None, str]] = [(Capacity.CHAIR, chair, None, "")]
        people += [(Capacity.MEMBER, member, None, "") for member in self.cast.boards[region]]
        for (kind, number), witness in self.cast.witnesses.items():
            if kind in contests:
                pair = f"{contests[kind].id}-{number}"
                people.append((Capacity.WITNESS, witness, pair, f"SIM/{kind.value}/{number}/2024"))
        if self.cast.supervisor is not None:
            people.append((Capacity.SUPERVISOR, self.cast.supervisor, None, "SIM/PANWAS/2024"))
        for place, (capacity, actor, pair, mandate) in enumerate(people):
            conduct.record_attendance(
                chair,
                session.pk,
                capacity,
                at + timedelta(seconds=10 * place),
                pair=pair,
                person=actor.person,
                mandate=mandate,
            )

    def side_by_side(self, session: Session, rows: Sequence[str]) -> list[str]:
        """Rows in the order in which panels read them at the same time; shares the villages out among the panels."""
        size = Counter(row[:10] for row in rows)
        load = [0] * PANELS
        panels = self.panels.setdefault(session.region, {})
        for village, count in sorted(size.items(), key=lambda item: (-item[1], item[0])):
            lightest = load.index(min(load))
            panels[village] = lightest
            load[lightest] += count
        shares = [[row for row in rows if panels[row[:10]] == panel] for panel in range(PANELS)]
        return [row for row in chain.from_iterable(zip_longest(*shares)) if row is not None]

    def open_panels(self, region: str) -> None:
        """Each panel is led by a member of the committee."""
        for number in range(PANELS):
            villages = [village for village, panel in self.panels[region].items() if panel == number]
            lead = self.cast.boards[region][number].person
            conduct.open_panel(
                self.cast.chairs[region], self.sessions[region].pk, number + 1, villages, self.clock(), lead=lead
            )

    def presiding(self, region: str, row: str) -> Actor:
        """Who decides on a row: the lead of its village's panel, else the chair."""
        panel = self.panels.get(region, {}).get(row[:10])
        return self.cast.chairs[region] if panel is None else self.cast.boards[region][panel]
