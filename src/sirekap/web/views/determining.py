"""The determination form of the commission's chair."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.contests import ContestKind
from sirekap.election.legal_clock import LABEL_ID as CLOCK_ID
from sirekap.election.legal_clock import CourtEvent
from sirekap.election.outcome import LABEL_ID, HumanDecision
from sirekap.election.roles import Capability
from sirekap.publication.books import pairs_of
from sirekap.publication.formats import percent
from sirekap.records import clock, totals
from sirekap.records.models import (
    Contest,
    ContestCursor,
    ContestReopened,
    CourtRecord,
    Determination,
    Document,
    Elected,
    StationContest,
)
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.web.plenary import papers
from sirekap.web.views.documents import DECREES
from sirekap.workflow import court, determination
from sirekap.workflow.errors import Refused


@allow(Capability.DETERMINE)
def determine(request: HttpRequest, contest: str) -> HttpResponse:
    """Record the decision (SK) on a contest's result."""
    found = Contest.objects.filter(pk=contest).prefetch_related("pairs").first()
    if found is None:
        raise Http404
    refused = None
    if request.method == "POST":
        try:
            return _determine(request, found)
        except Refused as why:
            refused = why
    cursor = ContestCursor.objects.filter(pk=contest).first()
    state = cursor.state if cursor else "counting"
    tier = determination.FINAL_TIER[ContestKind(found.kind)]
    waiting = StationContest.objects.filter(contest=found, closed=False, ratified_tier__lt=tier).count()
    context = {
        **_after(found),
        "contest": found,
        "pairs": pairs_of(found),
        "sums": totals.of_contest(contest).get(found.region, {}),
        "waiting": waiting,
        "cursor": cursor,
        "in_force": determination.latest_determination(contest) if state != "counting" else None,
        "state": state,
        "pick": [(str(p.number), f"{p.number}. {p.name}") for p in pairs_of(found)],
        "tie": refused is not None and (refused.code == "tie" or bool(request.POST.get("chosen"))),
        "refused": refused,
        "typed": {name: request.POST.get(name, "") for name in ("number", "population", "chosen", "by", "why")},
    }
    return render(request, "determine.html", context, refused.status if refused else 200)


@dataclass(frozen=True, slots=True)
class Margin:
    """How far the winner leads, against what the law lets the court hear; ``exact`` rounded down to whole votes."""

    votes: int
    share: str
    exact: int | None
    within: bool | None


def _margin(outcome: dict[str, Any]) -> Margin:
    """The margin of a determination as its entry states it."""
    threshold = outcome.get("threshold")
    if threshold is None:
        return Margin(outcome["margin"], "", None, None)
    whole, parts = threshold["exact"]
    share = Fraction(*threshold["share"])
    return Margin(
        outcome["margin"],
        percent(share.numerator, share.denominator, 1),
        whole // parts,
        outcome["margin"] * parts <= whole,
    )


def _after(contest: Contest) -> dict[str, Any]:
    """Where the legal clock stands, the court's papers, the decrees, what was superseded."""
    decisions = list(Determination.objects.filter(contest=contest).order_by("-entry_id"))
    return {
        "legal": court.legal_clock(contest.pk, court.local_day(clock.now(), contest.pk)),
        "CLOCK": CLOCK_ID,
        "EVENT": {event.value: CLOCK_ID[event] for event in CourtEvent},
        "events": [(event.value, CLOCK_ID[event]) for event in CourtEvent],
        "bases": list(court.BASES.items()),
        "BASE": court.BASES,
        "court": list(CourtRecord.objects.filter(contest=contest).order_by("entry_id")),
        "elected": Elected.objects.filter(contest=contest).order_by("entry_id").last(),
        "decisions": decisions,
        "margin": _margin(decisions[0].outcome) if decisions else None,
        "superseded": {r.determination_id: r for r in ContestReopened.objects.filter(contest=contest)},
        "papers": papers.papers(
            Document.objects.filter(contest=contest, kind__in=DECREES).select_related("cursor", "contest")
        ),
    }


def _determine(request: HttpRequest, contest: Contest) -> HttpResponse:
    outcome = determination.determine(
        request.actor,
        contest.pk,
        request.POST.get("number", ""),
        clock.now(),
        population=_population(request.POST.get("population", "")),
        human=_human(request),
    )
    messages.success(request, _("Hasil ditetapkan: %s.") % LABEL_ID[outcome.kind])
    return HttpResponseRedirect(reverse("determine", args=[contest.pk]))


def _population(text: str) -> int | None:
    cleaned = text.strip().replace(".", "")
    if not cleaned:
        return None
    if not (cleaned.isascii() and cleaned.isdigit()) or len(cleaned) > 10:
        raise Refused(
            "population",
            "Jumlah penduduk ditulis sebagai bilangan bulat, misalnya 3.200.000, atau dikosongkan.",
            "The population is a whole number such as 3,200,000, or left empty.",
            400,
        )
    return int(cleaned)


def _human(request: HttpRequest) -> HumanDecision | None:
    chosen = request.POST.get("chosen", "").strip()
    if not (chosen.isascii() and chosen.isdigit()):
        return None
    by = tuple(name.strip() for name in request.POST.get("by", "").split(",") if name.strip())
    return HumanDecision((int(chosen[:2]),), by, request.POST.get("why", "").strip(), request.POST.get("number", ""))
