"""From the database to the change log: what moved between two cuts, from the facts and the two ledger sizes alone.

A record, once published, never changes; `records_of` takes it from the site where it stands and derives it anew where
it does not, so a lost or foreign file is no loss.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sirekap.election.contests import ContestKind
from sirekap.election.standing import COUNTED_FROM, Standing, Tier
from sirekap.publication import formats
from sirekap.publication.changes import Record, published
from sirekap.publication.load import TIERS, Source, display_name
from sirekap.publication.model import Cut
from sirekap.records import history
from sirekap.records.models import ContestReopened, Correction, Determination, Elected, FigureSet, StationContest

KEPT = 12
"""Cuts in the log."""
LISTED = 40
"""Regions, stations and corrections named in one record; of more, the number."""
Sums = dict[str, int]


@dataclass(slots=True)
class _Contest:
    """What moved in one contest: station moves, and per region the sums before and after."""

    moves: list[tuple[str, int | None, int | None]] = field(default_factory=list)
    before: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    after: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    now: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def records_of(src: Source, root: Path) -> list[Record]:
    """One record per cut, the newest first, at most `KEPT`; those that the site at ``root`` holds are taken from it."""
    known = published(root)
    out = []
    for place in range(len(src.cuts) - 1, max(-1, len(src.cuts) - 1 - KEPT), -1):
        cut, since = src.cuts[place], src.cuts[place - 1].ledger_size if place else 0
        found = known.get(cut.number)
        same = found is not None and (found["ledger_size"], found["since"]) == (cut.ledger_size, since)
        out.append(found if found is not None and same else record(src, cut, since))
    return out


def record(src: Source, cut: Cut, since: int) -> Record:
    """What the entries ``since <= index < cut.ledger_size`` moved. The first cut has nothing before it."""
    head = {"number": cut.number, "at": formats.iso(cut.at), "ledger_size": cut.ledger_size, "since": since}
    if not since:
        return {**head, "first": True, "contests": [], "decisions": []}
    contests = _moved(src, since, cut.ledger_size)
    seqs = sorted(set(history.seqs_since(since)) - set(history.seqs_since(cut.ledger_size)))
    corrected = _corrections(src, seqs)
    out = []
    for kind in sorted({*contests, *corrected}):
        out.append(_contest_record(src, kind, contests.get(kind, _Contest()), corrected.get(kind, [])))
    return {**head, "first": False, "contests": out, "decisions": _decisions(src, seqs)}


def _moved(src: Source, since: int, size: int) -> dict[ContestKind, _Contest]:
    """Walk the rows touched since, with their state before, at the cut, and now."""
    out: dict[ContestKind, _Contest] = defaultdict(_Contest)
    rows = history.states(history.touched_since(since), (since, size))
    for some in _batches(rows, 2000):
        figures = _figures(
            {pk for row, (old, new) in some for pk in (_counted(old), _counted(new), _present(row)) if pk}
        )
        for row, (old, new) in some:
            contest = out[ContestKind(row.pk.rpartition("-")[2])]
            rungs = [None if s is None or s.closed else s.standing for s in (old, new)]
            if rungs[0] != rungs[1]:
                contest.moves.append((row.station_id, rungs[0], rungs[1]))
            sums = [figures.get(pk, {}) for pk in (_counted(old), _counted(new), _present(row))]
            for code in (row.station_id[:n] for n in TIERS):
                for place, values in zip((contest.before, contest.after, contest.now), sums, strict=True):
                    place[code].update(values)
    return out


def _counted(state: Any) -> Any:
    return None if state is None or state.closed else state.counted_id


def _present(row: StationContest) -> Any:
    return None if row.closed else row.counted_id


def _figures(ids: set[Any]) -> dict[Any, Sums]:
    """Votes, valid and invalid of counted forms, and ``counted`` = 1 for each."""
    names = [f.name for f in FigureSet._meta.get_fields() if f.name.startswith("votes_")] + ["valid", "invalid"]
    out: dict[Any, Sums] = {}
    wanted = sorted(ids, key=str)
    for start in range(0, len(wanted), 400):
        for pk, *values in FigureSet.objects.filter(pk__in=wanted[start : start + 400]).values_list("pk", *names):
            out[pk] = {"counted": 1} | {n: v for n, v in zip(names, values, strict=True) if v is not None}
    return out


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    some: list[Any] = []
    for item in items:
        some.append(item)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def _contest_record(src: Source, kind: ContestKind, moved: _Contest, corrected: list[Record]) -> Record:
    """One contest's part of a record: falls are named before rises, regions from the top down."""
    ordered = sorted(moved.moves, key=lambda m: (_rank(m[2]) >= _rank(m[1]), m[0]))
    kinds = Counter((old, new) for _, old, new in moved.moves)
    regions = [] if kind not in src.books else list(_regions(src, kind, moved))
    return {
        "kind": kind.value,
        "risen": sum(n for (old, new), n in kinds.items() if _rank(new) > _rank(old)),
        "fallen": sum(n for (old, new), n in kinds.items() if _rank(new) < _rank(old)),
        "moves": [
            {"from": _key(old), "to": _key(new), "stations": n}
            for (old, new), n in sorted(kinds.items(), key=lambda item: (_rank(item[0][0]), _rank(item[0][1])))
        ],
        "stations": [{**_named(src, c), "from": _key(old), "to": _key(new)} for c, old, new in ordered[:LISTED]],
        "stations_more": max(0, len(ordered) - LISTED),
        "regions": regions[:LISTED],
        "regions_more": max(0, len(regions) - LISTED),
        "corrections": corrected[:LISTED],
        "corrections_more": max(0, len(corrected) - LISTED),
    }


def _rank(rung: int | None) -> int:
    return -1 if rung is None else rung


def _key(rung: int | None) -> str | None:
    """``None`` = no such station then (not opened yet, or closed)."""
    return None if rung is None else Standing(rung).key


def _named(src: Source, code: str) -> Record:
    return {"code": code, "name": f"{display_name(code[:10], src.names[code[:10]])}, TPS {code[-3:]}"}


def _regions(src: Source, kind: ContestKind, moved: _Contest) -> Iterator[Record]:
    """Provinces, regencies and districts whose sums differ between the two cuts."""
    book = src.books[kind]
    columns = [f"votes_{n}" for n in range(1, book.contest.columns + 1)] + ["valid", "invalid"]
    for code in sorted(moved.before.keys() | moved.after.keys(), key=lambda c: (len(c), c)):
        old, new, now = (part.get(code, Counter()) for part in (moved.before, moved.after, moved.now))
        if len(code) == TIERS[-1] or all(old[name] == new[name] for name in ("counted", *columns)):
            continue
        totals = _totals(book, code)
        at_cut = {name: totals.get(name, 0) - now[name] + new[name] for name in ("counted", *columns)}
        pair = {name: [at_cut[name] - new[name] + old[name], at_cut[name]] for name in at_cut}
        whole = code.startswith(book.contest.region)
        yield {
            "code": code,
            "name": display_name(code, src.names[code]),
            "counted": pair["counted"],
            "votes": [pair[name] for name in columns[:-2]] if whole else [],
            "valid": pair["valid"],
            "invalid": pair["invalid"],
        }


def _totals(book: Any, code: str) -> Sums:
    """A region's sums now; nothing for a region all of whose stations were closed."""
    try:
        rows = book.slice(code)
    except ValueError:
        return {}
    return {"counted": int(sum(s >= COUNTED_FROM for s in book.standing[rows])), **book.figures(code)}


def _corrections(src: Source, seqs: list[int]) -> dict[ContestKind, list[Record]]:
    """Corrections among these entries, in ledger order."""
    out: dict[ContestKind, list[Record]] = defaultdict(list)
    for start in range(0, len(seqs), 400):
        some = Correction.objects.filter(entry_id__in=seqs[start : start + 400]).prefetch_related("fields")
        for fact in some.order_by("entry_id"):
            code, _, kind = fact.row_id.rpartition("-")
            fields = [[c.field, c.old, c.new] for c in fact.fields.all()]
            item = {"tier": Tier(fact.tier).key, "reason": fact.reason, "fields": fields, "at": formats.iso(fact.at)}
            out[ContestKind(kind)].append({**_named(src, code), **item})
    return out


def _decisions(src: Source, seqs: list[int]) -> list[Record]:
    """Determinations, rulings that put them aside, and elected pairs among these entries."""
    kinds = {book.contest.pk: kind.value for kind, book in src.books.items()}
    facts: list[Determination | Elected | ContestReopened] = []
    for start in range(0, len(seqs), 400):
        facts += Determination.objects.filter(entry_id__in=seqs[start : start + 400])
        facts += Elected.objects.filter(entry_id__in=seqs[start : start + 400])
        facts += ContestReopened.objects.filter(entry_id__in=seqs[start : start + 400])
    return [
        {"kind": kinds.get(fact.contest_id, fact.contest_id), **_decision(fact), "at": formats.iso(fact.at)}
        for fact in sorted(facts, key=lambda f: f.entry_id)
    ]


def _decision(fact: Determination | Elected | ContestReopened) -> Record:
    if isinstance(fact, Determination):
        return {"what": "determined", "pair": fact.outcome["winner"], "reference": fact.decision_number}
    if isinstance(fact, Elected):
        return {"what": "elected", "pair": fact.pair, "reference": fact.reference}
    return {"what": "superseded", "pair": None, "reference": fact.reference}
