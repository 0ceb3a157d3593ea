"""From the database to the outcome of a contest: the determination in force, the court, the elected pair."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sirekap.election.legal_clock import LABEL_EN, LABEL_ID
from sirekap.election.regions import zoneinfo_name
from sirekap.publication import model, model_papers
from sirekap.publication.books import pairs_of
from sirekap.publication.history import RULINGS
from sirekap.publication.load import Source
from sirekap.publication.texts import Text, say
from sirekap.records.models import Contest, ContestReopened, CourtRecord, Determination, Elected
from sirekap.workflow.court import legal_clock
from sirekap.workflow.determination import latest_determination


def outcome(src: Source, contest: Contest) -> model.Outcome | None:
    """What the determination in force says; ``None`` while the contest counts, also again after a ruling."""
    found = latest_determination(contest.pk)
    if found is None or not src.official(contest):
        return None
    said = found.outcome
    elected = Elected.objects.filter(contest=contest, entry_id__gt=found.entry_id).order_by("entry_id").last()
    return model.Outcome(
        winner=said["winner"],
        explanation=explanation(found, contest),
        valid=said["valid"],
        margin=said["margin"],
        threshold=_threshold_votes(said["threshold"]),
        decision=found.decision_number,
        determined_at=found.at,
        elected=elected is not None,
        after=_after(src, contest, found, elected),
    )


def explanation(found: Determination, contest: Contest) -> Text:
    """Who has most votes by a determination, in one sentence."""
    winner = found.outcome["winner"]
    if not winner:
        return say("Belum ada peraih tunggal.")
    names = {pair.number: pair.name for pair in pairs_of(contest)}
    return say("Suara terbanyak: nomor urut %(n)s, %(name)s.", n=winner, name=names[winner])


def _after(src: Source, contest: Contest, found: Determination, elected: Elected | None) -> model_papers.After:
    """What followed a determination, and what the contest waits for on the day of the cut (its local time)."""
    today = src.cut.at.astimezone(ZoneInfo(zoneinfo_name(contest.region[:2]))).date()
    clock = legal_clock(contest.pk, today)
    court = CourtRecord.objects.filter(contest=contest, entry_id__gt=found.entry_id).order_by("entry_id")
    labels = {str(key): Text(label, LABEL_EN[key]) for key, label in LABEL_ID.items()}
    names = {pair.number: pair.name for pair in pairs_of(contest)}
    return model_papers.After(
        state=labels[clock.state],
        petition_until=clock.petition_until,
        due=clock.due,
        late=clock.late,
        court=tuple(model_papers.CourtFact(labels[one.event], one.reference, one.dated) for one in court),
        pair=elected.pair if elected else None,
        pair_name=names[elected.pair] if elected else "",
        decision=elected.decision_number if elected else "",
        reference=elected.reference if elected else "",
        at=elected.at if elected else None,
    )


def superseded(contest: Contest) -> tuple[model_papers.Superseded, ...]:
    """Determinations that a ruling put aside, oldest first."""
    found = ContestReopened.objects.filter(contest=contest).select_related("determination").order_by("entry_id")
    return tuple(
        model_papers.Superseded(one.determination.decision_number, RULINGS[one.basis], one.reference, one.at)
        for one in found
    )


def _threshold_votes(threshold: dict[str, object] | None) -> int | None:
    """Whole votes, half up, as `election.outcome.CourtThreshold.votes` shows them."""
    if threshold is None:
        return None
    numerator, denominator = threshold["exact"]  # type: ignore[misc]
    return int((2 * numerator + denominator) // (2 * denominator))
