"""A regency of 23 districts as views, in three states of the count: what the front page is measured and looked at with."""

from __future__ import annotations

import dataclasses
from datetime import date

from sirekap.election import timetable
from sirekap.election.contests import ContestKind
from sirekap.election.standing import Standing
from sirekap.publication import centroids, front, model
from sirekap.publication.load import progress as progress_of
from sirekap.publication.texts import Text, say
from tests.publication import sample

STATES = {"none": date(2024, 11, 27), "half": date(2024, 11, 30), "done": date(2024, 12, 13)}
"""State of the count -> the day it is looked at."""
_SHARES = {ContestKind.REGENT: (14, 40, 46), ContestKind.GOVERNOR: (10, 10, 19, 61)}


def _counted(state: str, index: int, stations: int) -> int:
    return {"none": 0, "half": (0, stations // 5, stations * 4 // 5, stations)[index % 4], "done": stations}[state]


def _figures(kind: ContestKind, counted: int, index: int) -> dict[str, int | None]:
    """Shares that lean a little to another pair from district to district."""
    weights = [weight + 3 * ((index * 7 + 5 * n) % 5) for n, weight in enumerate(_SHARES[kind])]
    valid = counted * 344
    votes = [valid * weight // sum(weights) for weight in weights]
    votes[0] += valid - sum(votes)
    figures: dict[str, int | None] = {f"votes_{n}": v for n, v in enumerate(votes, 1)}
    return figures | {"valid": valid, "invalid": counted * 10, "total": counted * 354}


def rows(kind: ContestKind, state: str) -> tuple[model.Row, ...]:
    """One row a district; sizes from 38 to 590 stations."""
    out = []
    for index, code in enumerate(sorted(centroids.shipped())):
        stations = 38 + 24 * ((index * 5) % 24)
        counted = _counted(state, index, stations)
        rung = Standing.DETERMINED if state == "done" else Standing.VERIFIED
        standings = [0] * model.RUNGS
        standings[Standing.RECEIVED], standings[rung] = stations - counted, counted
        figures = _figures(kind, counted, index) if counted else None
        out.append(model.Row(code, f"Kecamatan Cikarang {index:02d}", tuple(standings), figures))
    return tuple(out)


def contest(kind: ContestKind, state: str) -> model.ContestView:
    """A contest over these districts with its map and, when done, its outcome."""
    found = rows(kind, state)
    standings = tuple(sum(column) for column in zip(*(r.standings for r in found), strict=True))
    figures: dict[str, int | None] = {}
    for row in found:
        for key, value in (row.figures or {}).items():
            figures[key] = (figures.get(key) or 0) + (value or 0)
    region = dataclasses.replace(
        sample.region(kind, "3216" if kind is ContestKind.REGENT else "32"),
        standings=standings,
        figures=figures,
        rows=found,
        progress=progress_of(kind, standings, sum(standings)),
        official=state == "done",
        findings=(),
    )
    voters = {row.code: row.stations * 505 for row in found}
    areas = front.area_map(kind, found, region.pairs, voters, centroids.shipped())
    lead = front.lead(region.pairs, figures)
    outcome = None
    if state == "done" and lead is not None:
        text = say("Suara terbanyak: nomor urut %(n)s, %(name)s.", n=lead.numbers[0], name="A – B")
        valid = figures["valid"] or 0
        outcome = model.Outcome(lead.numbers[0], text, valid, lead.margin, 7296, "2901 Tahun 2024", sample.CUT.at)
    return model.ContestView(sample.TITLES[kind], region, outcome, areas)


def home(state: str) -> model.HomeView:
    """The front page of this state."""
    day = STATES[state]
    stages = []
    for stage in timetable.PILKADA_2024:
        status = timetable.status(stage, day, stage.end < day)
        note = say("%(n)s dari %(of)s rapat pleno selesai", n=9, of=23) if stage.key == "district" else ""
        stages.append(model.Stage(Text(stage.label_id, stage.label_en), stage.start, stage.end, status, note))
    return model.HomeView(tuple(contest(kind, state) for kind in reversed(ContestKind)), tuple(stages), sample.CUT)
