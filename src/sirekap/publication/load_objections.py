"""From the database to objections and incidents as the public may read them: where they stand, what was answered."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sirekap.election.contests import ContestKind
from sirekap.election.objections import LABEL_EN, LABEL_ID, AnswerStatus, Capacity
from sirekap.election.standing import Tier
from sirekap.publication import history, load, model_papers, paths
from sirekap.publication.texts import Text, say
from sirekap.records.models import Entry, Leaf, Objection, ObjectionPublished
from sirekap.workflow.objection_agenda import Listed, listed

CHUNK = 400
"""Objections looked at together."""
DISTRICT_DIGITS, STATION_DIGITS = 6, 13
TIER_OF_DIGITS = {6: Tier.DISTRICT, 4: Tier.REGENCY, 2: Tier.PROVINCE}
STATUS = {
    AnswerStatus.ACCEPTED: say("Diterima"),
    AnswerStatus.REFUSED: say("Ditolak"),
    AnswerStatus.UNRESOLVED: say("Belum selesai"),
}
REMEDIES = {
    "item.corrected": say("koreksi"),
    "item.decided": say("angka dari kotak suara"),
    "generation.opened": say("penghitungan baru"),
}
"""Kind of the entry that an accepted objection names -> what it did."""
_LABELS = {str(key): Text(label, LABEL_EN[key]) for key, label in LABEL_ID.items()}


@dataclass
class Objections:
    """Every objection of one cut. ``inside``: district, regency or province -> those about any place in it.

    ``index``: entry -> ledger index.
    """

    all: list[Listed] = field(default_factory=list)
    inside: dict[str, list[Listed]] = field(default_factory=dict)
    index: dict[int, int] = field(default_factory=dict)
    published: dict[uuid.UUID, int] = field(default_factory=dict)
    """Objection -> entry of its text for the public."""
    remedies: dict[uuid.UUID, tuple[str, str, int]] = field(default_factory=dict)
    """Entry that an answer names -> its kind, the row it is about, its ledger index."""

    def changed(self, since: int) -> list[str]:
        """Places whose objections were raised, published or answered at that ledger index or later."""
        return [item.objection.region for item in self.all if self.newest(item) >= since]

    def newest(self, item: Listed) -> int:
        """Ledger index of the newest entry about an objection."""
        seqs = [item.objection.entry_id, *(answer.entry_id for answer in item.answers)]
        seqs += [self.published[item.objection.pk]] if item.objection.pk in self.published else []
        return max(self.index.get(seq, -1) for seq in seqs)

    def of_region(self, src: load.Source, code: str, contest: str) -> tuple[tuple[model_papers.Objection, ...], int]:
        """Objections on a region's page, and the newest ledger index about them: in a district all of its stations,
        higher up those that its own plenary dealt with or still has to.
        """
        if len(code) > DISTRICT_DIGITS:
            return (), -1
        found = [
            item
            for item in self.inside.get(code, ())
            if item.objection.contest_id in (None, contest) and _reached(item, TIER_OF_DIGITS[len(code)])
        ]
        return self._told(src, found)

    def of_station(self, src: load.Source, code: str, contest: str) -> tuple[tuple[model_papers.Objection, ...], int]:
        """Objections about one station in one contest or as a whole, and the newest ledger index about them."""
        known = self.inside.get(code[:DISTRICT_DIGITS], ())
        ours = [i for i in known if i.objection.region == code and i.objection.contest_id in (None, contest)]
        return self._told(src, ours)

    def _told(self, src: load.Source, found: list[Listed]) -> tuple[tuple[model_papers.Objection, ...], int]:
        told = tuple(self._public(src, item) for item in sorted(found, key=lambda item: item.objection.entry_id))
        return told, max((self.newest(item) for item in found), default=-1)

    def _public(self, src: load.Source, item: Listed) -> model_papers.Objection:
        one = item.objection
        kind = _kind(src, one)
        name, place = place_of(src, one.region, kind)
        return model_papers.Objection(
            kind=_LABELS[one.kind],
            who=_who(one),
            subject=_LABELS[one.subject],
            name=name,
            place=place,
            contest=src.books[kind].contest.title if one.contest_id and kind is not None else "",
            fields=tuple(one.fields),
            published=item.published,
            commitment=one.commitment,
            at=one.at,
            ledger_index=self.index.get(one.entry_id),
            standing=Text(item.standing.label_id(), item.standing.label_en()),
            open=item.standing.open,
            answers=tuple(self._answer(src, answer) for answer in item.answers),
            attachments=tuple(file.sha256 for file in item.attachments),
        )

    def _answer(self, src: load.Source, answer: Any) -> model_papers.Answer:
        act, row, index = self.remedies.get(answer.remedy, ("", "", -1))
        code, _, kind = row.partition("-")
        return model_papers.Answer(
            tier=history.TIERS[Tier(answer.tier)],
            status=STATUS[AnswerStatus(answer.status)],
            text=answer.answer,
            at=answer.at,
            remedy=REMEDIES.get(act),
            place=place_of(src, code, ContestKind(kind))[1] if row else "",
            ledger_index=index if row else None,
        )


def read(src: load.Source) -> Objections:
    """All objections with their answers, as they stand in this cut."""
    out = Objections(inside=defaultdict(list))
    pks = list(Objection.objects.order_by("entry_id").values_list("pk", flat=True))
    for start in range(0, len(pks), CHUNK):
        some = listed(Objection.objects.filter(pk__in=pks[start : start + CHUNK]))
        published = ObjectionPublished.objects.filter(objection__in=pks[start : start + CHUNK]).order_by("entry_id")
        out.published |= dict(published.values_list("objection_id", "entry_id"))
        out.all += some
        for item in some:
            for digits in TIER_OF_DIGITS:
                if digits <= len(item.objection.region):
                    out.inside[item.objection.region[:digits]].append(item)
        answers = [answer for item in some for answer in item.answers]
        seqs = [*(i.objection.entry_id for i in some), *(a.entry_id for a in answers), *out.published.values()]
        out.index |= _indexes(seqs)
        out.remedies |= _remedies({answer.remedy for answer in answers if answer.remedy})
    return out


def _indexes(seqs: Iterable[int]) -> dict[int, int]:
    wanted = sorted(set(seqs))
    out: dict[int, int] = {}
    for start in range(0, len(wanted), CHUNK):
        out |= dict(Leaf.objects.filter(entry_id__in=wanted[start : start + CHUNK]).values_list("entry_id", "index"))
    return out


def _remedies(entries: set[uuid.UUID]) -> Mapping[uuid.UUID, tuple[str, str, int]]:
    found = Entry.objects.filter(id__in=entries).select_related("leaf")
    return {
        entry.id: (entry.kind, json.loads(bytes(entry.content))["body"]["row"], entry.leaf.index) for entry in found
    }


def _reached(item: Listed, tier: Tier) -> bool:
    tiers = {item.objection.tier, item.standing.tier, *(answer.tier for answer in item.answers)}
    return tier is Tier.DISTRICT or tier in tiers


def _kind(src: load.Source, one: Objection) -> ContestKind | None:
    """The contest it is about; of one about no contest in particular, the first that the place belongs to."""
    if one.contest_id:
        return next((kind for kind, book in src.books.items() if book.contest.pk == one.contest_id), None)
    found = (k for k, b in src.books.items() if one.region in b or b.place(one.region) is not None)
    return next(found, None)


def place_of(src: load.Source, code: str, kind: ContestKind | None) -> tuple[str, str]:
    """Name of a region or station, and its page from the site's root (empty where it has none)."""
    village = code[: load.TIERS[-1]]
    name = load.display_name(village, src.names[village])
    if len(code) == STATION_DIGITS:
        name = f"TPS {code[-3:]}, {name}"
    if kind is None or kind not in src.books:
        return name, ""
    book = src.books[kind]
    has = book.place(code) is not None if len(code) == STATION_DIGITS else code in book
    return name, paths.page(kind, code) if has else ""


def _who(one: Objection) -> Text:
    who = _LABELS[one.capacity]
    if one.capacity == Capacity.WITNESS and one.pair is not None:
        return say("Saksi pasangan calon nomor %(n)s", n=one.pair)
    return who
