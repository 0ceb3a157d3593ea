"""Who attends a plenary, and whether the body can decide."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.conduct import BODY, LABEL_ID, Capacity
from sirekap.election.roles import Capability
from sirekap.publication.load import short_title
from sirekap.records import clock
from sirekap.records.models import Attendance, Mandate, Pair, SessionCursor
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary.frame import frame, session_or_404
from sirekap.workflow import conduct, people
from sirekap.workflow.errors import Refused

GUESTS = tuple(capacity for capacity in Capacity if capacity not in BODY)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the attendance list."""

    name: str
    capacity: str
    capacity_code: str
    pair: str
    pair_id: str
    mandate: str
    person: str
    record: Attendance | None

    @property
    def present(self) -> bool:
        """Whether they are in the room, as recorded last."""
        return self.record is not None and self.record.present


@allow(Capability.READ)
def attendance(request: HttpRequest, session: uuid.UUID) -> HttpResponse:
    """The attendance list, the quorum, and the form for whoever comes or leaves."""
    found = session_or_404(session)
    refused = None
    if request.method == "POST":
        try:
            _record(request, found)
            messages.success(request, _("Kehadiran tercatat."))
            return HttpResponseRedirect(reverse("attendance", args=[session]))
        except Refused as why:
            refused = why
    pairs = (
        Pair.objects.filter(contest_id__in=found.contests).select_related("contest").order_by("contest_id", "number")
    )
    context: dict[str, Any] = {
        **frame(request, found),
        "quorum": conduct.quorum(found),
        "body": _body(found),
        "guests": _guests(found),
        "may_record": request.actor.may(Capability.PREPARE_PLENARY, found.region_id) and found.state != "closed",
        "capacities": [(c.value, LABEL_ID[c]) for c in GUESTS],
        "pairs": [("", "–")] + [(p.pk, f"{short_title(p.contest)}: {p.number}. {p.name}") for p in pairs],
        "typed": {name: request.POST.get(name, "") for name in ("capacity", "pair", "mandate", "name")},
        "refused": refused,
    }
    return render(request, "attendance.html", context, refused.status if refused else 200)


def _body(session: SessionCursor) -> list[Line]:
    """Chair and members of the body, whether they came or not."""
    wanted = [capacity.value for capacity in BODY]
    held = Mandate.objects.filter(region=session.region_id, role__in=wanted, end__isnull=True).order_by("entry_id")
    names = lookups.person_names(held.values_list("person_id", flat=True))
    records = {r.person_id: r for r in conduct.attendance(session) if r.capacity in wanted}
    lines = [
        Line(
            names.get(m.person_id, "–"),
            LABEL_ID[Capacity(m.role)],
            m.role,
            "",
            "",
            "",
            str(m.person_id),
            records.get(m.person_id),
        )
        for m in held
    ]
    return sorted(lines, key=lambda line: line.capacity_code != Capacity.CHAIR)


def _guests(session: SessionCursor) -> list[Line]:
    """Witnesses, supervisors and observers on record."""
    records = [r for r in conduct.attendance(session) if r.capacity not in [c.value for c in BODY]]
    names = lookups.person_names(r.person_id for r in records if r.person_id)
    pairs = Pair.objects.select_related("contest").in_bulk([r.pair_id for r in records if r.pair_id])
    out = []
    for record in records:
        pair = pairs.get(record.pair_id)
        out.append(
            Line(
                names.get(record.person_id, _("tanpa nama")) if record.person_id else _("tanpa nama"),
                LABEL_ID[Capacity(record.capacity)],
                record.capacity,
                f"{short_title(pair.contest)}: {pair.number}. {pair.name}" if pair else "",
                record.pair_id or "",
                record.mandate,
                str(record.person_id or ""),
                record,
            )
        )
    return out


@transaction.atomic
def _record(request: HttpRequest, session: SessionCursor) -> None:
    """One person comes or leaves; a guest's name is registered first, outside the ledger."""
    data, at = request.POST, clock.now()
    name = " ".join(data.get("name", "").split())[:200]
    person = _person(data.get("person", ""))
    request.actor.acting(Capability.PREPARE_PLENARY, session.region_id)
    if person is None and name:
        person = people.register_person(name, at).pk
    conduct.record_attendance(
        request.actor,
        session.pk,
        data.get("capacity", ""),
        at,
        pair=data.get("pair") or None,
        person=person,
        mandate=data.get("mandate", ""),
        present=data.get("present") != "0",
    )


def _person(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise Refused("person", "Orang itu tidak dikenal.", "That person is not known.", 400) from None
