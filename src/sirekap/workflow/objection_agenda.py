"""Where objections stand: which plenary has to answer which, and what an answer may name as its remedy."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from sirekap.election.objections import AnswerStatus, Given, ObjectionStanding, standing
from sirekap.election.plenary import SessionState
from sirekap.election.standing import Tier
from sirekap.records.models import (
    Correction,
    Generation,
    ItemDecision,
    ItemReopened,
    Objection,
    ObjectionAnswer,
    ObjectionAttachment,
    ObjectionPublished,
    ObjectionText,
    SessionCursor,
)
from sirekap.records.ranges import within
from sirekap.workflow.agenda import TIER_OF_LENGTH
from sirekap.workflow.errors import Refused

REGION_LENGTHS = (2, 4, 6)
SETTLES = ("from_box", "recount_entered")
"""Decisions that give a station figures it did not have."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An objection with where it stands, its answers (oldest first), files, and the text for the public.

    ``original``: the full text, for screens of those who may read it; ``None`` where it was erased or not asked for.
    """

    objection: Objection
    standing: ObjectionStanding
    answers: tuple[ObjectionAnswer, ...]
    attachments: tuple[ObjectionAttachment, ...]
    published: str
    original: ObjectionText | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """An act that an accepted objection may name: the id of its entry, and the fact in its own words."""

    entry: uuid.UUID
    fact: Correction | Generation | ItemDecision


def open_objections(session: SessionCursor) -> list[Listed]:
    """What is on a session's agenda: raised there and not answered, raised on a station's form, or left open below.

    An objection that the plenary below left unresolved is here without anybody's act.
    """
    covered = listed(within_reach(session), with_text=True)
    return [item for item in covered if item.standing.tier == session.tier]


def unanswered(session: SessionCursor) -> list[Listed]:
    """What keeps a session from closing."""
    return open_objections(session)


def refuse_unanswered(session: SessionCursor) -> None:
    """Raise `Refused` while something on the agenda has no answer of this plenary: `unresolved` is one too."""
    waiting = unanswered(session)
    if waiting:
        raise Refused(
            "objections",
            f"Masih ada {len(waiting)} keberatan atau kejadian khusus yang belum dijawab. Terima, tolak, atau nyatakan "
            "belum selesai; yang belum selesai otomatis dibawa ke tingkat di atasnya.",
            f"{len(waiting)} objections or incidents have no answer yet. Accept, refuse, or leave them unresolved: "
            "what is unresolved goes to the tier above by itself.",
        )


def of_session(session: SessionCursor) -> list[Listed]:
    """Everything a session has or had to do with: its agenda, and what was raised or answered there."""
    found = listed(within_reach(session), with_text=True)
    return [
        item
        for item in found
        if item.standing.tier == session.tier
        or item.objection.session_id == session.pk
        or any(answer.session_id == session.pk for answer in item.answers)
    ]


def of_row(row_id: str, *, with_text: bool = False) -> list[Listed]:
    """Objections and incidents about one station in one contest, and those about the station as a whole."""
    about = Q(row_id=row_id) | Q(region=row_id[:13], row__isnull=True)
    return listed(Objection.objects.filter(about), with_text=with_text)


def within_reach(session: SessionCursor) -> QuerySet[Objection]:
    """Objections about a session's region and contests, whatever became of them."""
    ours = Q(contest__isnull=True) | Q(contest_id__in=session.contests)
    return Objection.objects.filter(ours, within("region", session.region_id), final_tier__gte=session.tier)


def listed(objections: Iterable[Objection], *, with_text: bool = False) -> list[Listed]:
    """Each objection with where it stands, in the order in which they were raised."""
    found = sorted(objections, key=lambda objection: objection.entry_id)
    pks = [objection.pk for objection in found]
    answers = _grouped(ObjectionAnswer.objects.filter(objection_id__in=pks).order_by("entry_id"))
    files = _grouped(ObjectionAttachment.objects.filter(objection_id__in=pks).order_by("pk"))
    published = {
        fact.objection_id: fact.text
        for fact in ObjectionPublished.objects.filter(objection_id__in=pks).order_by("entry_id")
    }
    texts = ObjectionText.objects.in_bulk(pks) if with_text else {}
    undone = _undone([answer for some in answers.values() for answer in some if answer.remedy])
    sessions = _sessions({objection.region for objection in found})
    return [
        Listed(
            objection,
            _standing(objection, answers[objection.pk], undone, sessions),
            tuple(answers[objection.pk]),
            tuple(files[objection.pk]),
            published.get(objection.pk, ""),
            texts.get(objection.pk),
        )
        for objection in found
    ]


def one(objection: Objection) -> Listed:
    """One objection with where it stands."""
    return listed([objection], with_text=True)[0]


def first_tier(tier: int, region: str) -> Tier:
    """The lowest tier that may deal with something raised at ``tier`` about ``region`` (code of any length)."""
    return max(Tier(tier), TIER_OF_LENGTH.get(len(region), Tier.NONE))


def _standing(
    objection: Objection,
    answers: Sequence[ObjectionAnswer],
    undone: set[uuid.UUID],
    sessions: dict[str, SessionCursor],
) -> ObjectionStanding:
    given = [Given(Tier(a.tier), AnswerStatus(a.status), a.remedy not in undone) for a in answers]
    closed = {
        Tier(found.tier)
        for found in (sessions.get(objection.region[:length]) for length in REGION_LENGTHS)
        if found is not None and found.state == SessionState.CLOSED and objection.contest_id in (None, *found.contests)
    }
    return standing(first_tier(objection.tier, objection.region), Tier(objection.final_tier), given, closed)


def _sessions(places: set[str]) -> dict[str, SessionCursor]:
    """Region -> its session, for every region that holds one of these places."""
    regions = {place[:length] for place in places for length in REGION_LENGTHS if len(place) >= length}
    return {session.region_id: session for session in SessionCursor.objects.filter(region_id__in=regions)}


def _grouped(facts: Iterable[ObjectionAnswer | ObjectionAttachment]) -> dict[uuid.UUID, list]:  # type: ignore[type-arg]
    out: dict[uuid.UUID, list] = defaultdict(list)  # type: ignore[type-arg]
    for fact in facts:
        out[fact.objection_id].append(fact)
    return out


def _undone(answers: Sequence[ObjectionAnswer]) -> set[uuid.UUID]:
    """Remedies whose session took them back later."""
    remedies = {answer.remedy for answer in answers}
    out: set[uuid.UUID] = set()
    for model in (Correction, ItemDecision):
        for fact in model.objects.filter(entry__id__in=remedies).select_related("entry"):
            later = ItemReopened.objects.filter(
                row_id=fact.row_id, generation=fact.generation, session_id=fact.session_id, entry_id__gt=fact.entry_id
            )
            if later.exists():
                out.add(fact.entry.id)
    return out


def remedies(objection: Objection) -> list[Remedy]:
    """Acts since the objection was raised that changed figures it is about: what accepting it may name, newest first.

    An objection to certain fields needs a correction of one of them, or a new count.
    """
    after = Q(entry_id__gt=objection.entry_id) & within("row_id", objection.region)
    if objection.row_id:
        after &= Q(row_id=objection.row_id)
    elif objection.contest_id:
        after &= Q(row__contest_id=objection.contest_id)
    corrections = Correction.objects.filter(after)
    if objection.fields:
        corrections = corrections.filter(fields__field__in=objection.fields).distinct()
    found: list[Correction | Generation | ItemDecision] = [
        *corrections.select_related("entry"),
        *Generation.objects.filter(after).select_related("entry"),
        *ItemDecision.objects.filter(after, decision__in=SETTLES).select_related("entry"),
    ]
    return [Remedy(fact.entry.id, fact) for fact in sorted(found, key=lambda fact: -fact.entry_id)]
