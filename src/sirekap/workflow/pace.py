"""How fast sessions read, when they will be done, which districts hold up the rest, and what is outside its window."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from sirekap.election import conduct as rules
from sirekap.election.conduct import Pace, Span
from sirekap.election.plenary import SessionState
from sirekap.election.regions import zoneinfo_name
from sirekap.election.standing import Tier
from sirekap.election.timetable import PILKADA_2024, Stage
from sirekap.records import limits
from sirekap.records.journal import parse_timestamp
from sirekap.records.models import Correction, ItemDecision, RegionTaken, SessionCursor, SessionEvent
from sirekap.records.ranges import within
from sirekap.workflow.agenda import LOWER_LENGTH, agenda_rows, deferred_rows, regions_below, taken_regions, waiting_rows
from sirekap.workflow.conduct import open_panels, quorum
from sirekap.workflow.sessions import VILLAGE_LENGTH


@dataclass(frozen=True, slots=True)
class PanelPace:
    """The pace of one panel; number 0 with ``lead`` None is what the chair reads outside any panel."""

    number: int
    lead: uuid.UUID | None
    villages: tuple[str, ...]
    pace: Pace


@dataclass(frozen=True, slots=True)
class SessionPace:
    """The pace of a session: units are stations in a district, lower regions above.

    ``eta``: when the slowest panel will be done, without adjourning. ``due``: the end of the tier's window. ``late``:
    ``eta`` is after ``due``. ``mega``: the district is so large that it is called out from the start.
    """

    session: SessionCursor
    whole: Pace
    panels: tuple[PanelPace, ...]
    eta: datetime | None
    due: datetime
    late: bool
    mega: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the chair should know; it never stops an act. ``code`` is stable."""

    code: str
    text_id: str
    text_en: str


def pace(session: SessionCursor, now: datetime, stages: Sequence[Stage] = PILKADA_2024) -> SessionPace:
    """How fast a session reads and when it will be done."""
    spans = reading_spans(session, now)
    units = _stations(session) if session.tier == Tier.DISTRICT else _lower(session)
    panels = _panels(session, units, spans, now)
    whole = _pace(list(units.values()), spans, now)
    etas = [panel.pace.eta for panel in panels if panel.pace.left] or [whole.eta]
    eta = max((at for at in etas if at is not None), default=None) if None not in etas else None
    due = _end(_stage(session, stages), session.region_id)
    mega = session.tier == Tier.DISTRICT and len(units) >= limits.mega_district()
    return SessionPace(session, whole, panels, eta, due, eta is not None and eta > due, mega)


def call_outs(region: str, now: datetime, stages: Sequence[Stage] = PILKADA_2024) -> list[SessionPace]:
    """District sessions inside a region that hold the others up: mega-districts and those late, the last one first.

    Sessions that have closed are none.
    """
    sessions = SessionCursor.objects.filter(within("region_id", region), tier=Tier.DISTRICT)
    running = sessions.exclude(state=SessionState.CLOSED.value).select_related("region").order_by("region_id")
    found = [pace(session, now, stages) for session in running]
    far = now + timedelta(days=365)
    return sorted((p for p in found if p.mega or p.late), key=lambda p: (p.eta or far, p.whole.left), reverse=True)


def reading_spans(session: SessionCursor, now: datetime) -> list[Span]:
    """When the session sat: from opening, resuming or reopening to adjourning or closing, or to ``now``."""
    spans: list[Span] = []
    since: datetime | None = None
    for event, at in SessionEvent.objects.filter(session=session).order_by("entry_id").values_list("event", "at"):
        if event in ("opened", "resumed", "reopened"):
            since = at
        elif event in ("adjourned", "closed") and since is not None:
            spans.append((since, at))
            since = None
    return [*spans, (since, now)] if since is not None and since < now else spans


def _stations(session: SessionCursor) -> dict[str, datetime | None]:
    """Station -> when the session settled the last of its rows; None while one is open."""
    times: dict[str, datetime] = {}
    for model in (ItemDecision, Correction):
        found = model.objects.filter(session=session).order_by().values("row_id").annotate(last=Max("at"))
        for row, last in found.values_list("row_id", "last"):
            times[row] = max(last, times.get(row, last))
    still_open = {*waiting_rows(session), *deferred_rows(session)}
    out: dict[str, datetime | None] = {}
    for row in agenda_rows(session).values_list("pk", flat=True):
        station = row[:13]
        settled = None if row in still_open else times.get(row)
        before = out.get(station, settled)
        out[station] = max(before, settled) if before is not None and settled is not None else None
    return out


def _lower(session: SessionCursor) -> dict[str, datetime | None]:
    taken = taken_regions(session)
    own = RegionTaken.objects.filter(session=session).order_by().values("region_id").annotate(last=Max("at"))
    times = dict(own.values_list("region_id", "last"))
    return {code: times[code] if code in taken else None for code in regions_below(session)}


def _panels(
    session: SessionCursor, units: dict[str, datetime | None], spans: Sequence[Span], now: datetime
) -> tuple[PanelPace, ...]:
    out, rest = [], dict(units)
    for panel in open_panels(session):
        own = [rest.pop(code) for code in list(rest) if code[:VILLAGE_LENGTH] in panel.villages]
        since = [(max(start, panel.since), end) for start, end in spans if end > panel.since]
        out.append(PanelPace(panel.number, panel.lead, panel.villages, _pace(own, since, now)))
    if out and rest:
        villages = tuple(sorted({code[:VILLAGE_LENGTH] for code in rest}))
        out.append(PanelPace(0, None, villages, _pace(list(rest.values()), spans, now)))
    return tuple(out)


def _pace(units: Sequence[datetime | None], spans: Sequence[Span], now: datetime) -> Pace:
    return rules.pace([at for at in units if at is not None], len(units), spans, now)


def _stage(session: SessionCursor, stages: Sequence[Stage]) -> Stage:
    return next(stage for stage in stages if stage.key == Tier(session.tier).key)


def _local_day(at: datetime, region: str) -> date:
    return at.astimezone(ZoneInfo(zoneinfo_name(region))).date()


def _end(stage: Stage, region: str) -> datetime:
    """Midnight after the stage's last day, in the region's time."""
    after = stage.end + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zoneinfo_name(region)))


def schedule_warnings(session: SessionCursor, at: datetime, stages: Sequence[Stage] = PILKADA_2024) -> list[Notice]:
    """What is not as it should be with a session's time, invitation and attendance. Warnings, never refusals."""
    out = _window(session, at, stages)
    plan = plan_of(session)
    if plan is None:
        out.append(
            Notice("not_convened", "Undangan rapat ini belum dicatat.", "No invitation to this session is on record.")
        )
    elif plan.planned_at - plan.invited_at < rules.INVITATION:
        out.append(
            Notice(
                "short_notice",
                "Undangan dikirim kurang dari satu hari sebelum rapat.",
                "The invitations went out less than a day before the session.",
            )
        )
    body = quorum(session)
    if session.state in (SessionState.OPENED, SessionState.READING) and not body.met:
        out.append(
            Notice(
                "quorum",
                f"Belum kuorum: hadir {body.present} dari {body.needed} anggota yang diperlukan.",
                f"No quorum: {body.present} of the {body.needed} members needed are present.",
            )
        )
    return out


def _window(session: SessionCursor, at: datetime, stages: Sequence[Stage]) -> list[Notice]:
    stage, day = _stage(session, stages), _local_day(at, session.region_id)
    window = f"{stage.start:%d-%m-%Y} – {stage.end:%d-%m-%Y}"
    if day < stage.start:
        return [
            Notice(
                "before_window",
                f"Jadwal tahapan ini belum mulai ({window}).",
                f"The window of this stage has not begun ({window}).",
            )
        ]
    if day > stage.end and session.state != SessionState.CLOSED:
        return [
            Notice(
                "after_window",
                f"Jadwal tahapan ini sudah lewat ({window}).",
                f"The window of this stage is over ({window}).",
            )
        ]
    return []


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """The plan of a convened session; ``order``: lower regions or villages in the order of reading."""

    planned_at: datetime
    invited_at: datetime
    order: tuple[str, ...]


def plan_of(session: SessionCursor) -> SessionPlan | None:
    """The latest convening of a session; None when it was opened without one."""
    convened = SessionEvent.objects.filter(session=session, event="convened").order_by("entry_id").last()
    if convened is None:
        return None
    detail = convened.detail
    return SessionPlan(
        parse_timestamp(detail["planned_at"]), parse_timestamp(detail["invited_at"]), tuple(detail["order"])
    )


def reading_order(session: SessionCursor) -> list[str]:
    """Villages (district) or lower regions of the agenda in the order of reading: as planned, the rest by code."""
    length = LOWER_LENGTH.get(Tier(session.tier), VILLAGE_LENGTH)
    stations = agenda_rows(session).order_by().values_list("station_id", flat=True).distinct()
    known = sorted({code[:length] for code in stations})
    plan = plan_of(session)
    first = [code for code in plan.order if code in known] if plan else []
    return [*first, *(code for code in known if code not in first)]
