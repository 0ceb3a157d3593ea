"""Station views: figures by stage, findings in words, photographs and the whole history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sirekap.election.contests import ContestKind
from sirekap.election.generations import LABEL_ID as GENERATION_LABEL
from sirekap.election.generations import RecountReason, RevoteReason
from sirekap.election.roles import LABEL_ID as ROLE_LABEL
from sirekap.election.roles import Role
from sirekap.election.rules import RULE_BY_CODE, describe, title
from sirekap.election.standing import Standing, Tier, page_numbers
from sirekap.publication import model, paths
from sirekap.publication.load import Book, Source, pairs_of
from sirekap.publication.overlay import photo_seen
from sirekap.records.limits import check
from sirekap.records.models import (
    Correction,
    Determination,
    FigureSet,
    Generation,
    ItemDecision,
    Leaf,
    Photo,
    PhotoReading,
    SessionEvent,
    Statement,
    StationContest,
    Verification,
)
from sirekap.records.ranges import within
from sirekap.records.readings import latest, seen_fields

EXTENSION = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
MACHINE_LABEL = "Mesin"
TIER_LABEL = {Tier.DISTRICT: "Pleno kecamatan", Tier.REGENCY: "Pleno kabupaten/kota", Tier.PROVINCE: "Pleno provinsi"}
DECISION_LABEL = {
    "accepted": "Dibacakan dan diterima",
    "from_box": "Dibacakan dari C.Hasil dalam kotak suara",
    "recount_entered": "Hasil hitung ulang dicatat",
    "deferred": "Pembacaan ditunda",
}


@dataclass(slots=True)
class _Facts:
    """Facts of one district grouped by row, and ledger indexes by entry."""

    photos: dict[str, list[Photo]]
    readings: dict[str, list[PhotoReading]]
    statements: dict[str, list[Statement]]
    others: dict[str, list[Any]]
    wide: list[Any]
    index: dict[int, int]


def _grouped(facts: Iterable[Any]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = defaultdict(list)
    for fact in facts:
        out[fact.row_id].append(fact)
    return out


def _load(prefix: str) -> _Facts:
    """Facts of a district; sessions and determinations that cover whole regions are shared by its rows."""
    mine = within("row_id", prefix)
    photos = list(Photo.objects.filter(mine).order_by("entry_id"))
    readings = list(PhotoReading.objects.filter(mine).order_by("entry_id"))
    statements = list(Statement.objects.filter(mine).select_related("figures").order_by("entry_id"))
    others: list[Any] = [
        *Verification.objects.filter(mine),
        *ItemDecision.objects.filter(mine),
        *Correction.objects.filter(mine).prefetch_related("fields"),
        *Generation.objects.filter(mine),
    ]
    others.sort(key=lambda fact: fact.entry_id)
    wide: list[Any] = [
        *SessionEvent.objects.filter(event="closed").select_related("session"),
        *Determination.objects.all(),
    ]
    seqs = sorted({fact.entry_id for fact in (*photos, *readings, *statements, *others, *wide)})
    index: dict[int, int] = {}
    for start in range(0, len(seqs), 500):
        index.update(Leaf.objects.filter(entry_id__in=seqs[start : start + 500]).values_list("entry_id", "index"))
    return _Facts(_grouped(photos), _grouped(readings), _grouped(statements), _grouped(others), wide, index)


def stations(src: Source, only: Mapping[ContestKind, set[str]] | None = None) -> Iterator[model.StationView]:
    """Station views district by district, all or only the station codes named."""
    districts = sorted({code[:6] for book in src.books.values() for code in book.codes})
    for district in districts:
        wanted = {
            kind: {c for c in codes if len(c) == 13 and c.startswith(district)} for kind, codes in (only or {}).items()
        }
        if only is not None and not any(wanted.values()):
            continue
        yield from _district(src, district, wanted if only is not None else None)


def _district(src: Source, district: str, only: Mapping[ContestKind, set[str]] | None) -> Iterator[model.StationView]:
    facts = _load(district)
    rows = (
        StationContest.objects.filter(within("pk", district), closed=False)
        .select_related("verified", "decided")
        .order_by("pk")
    )
    for row in rows:
        kind = ContestKind(row.pk.rpartition("-")[2])
        if only is None or row.station_id in only.get(kind, ()):
            yield _view(src, src.books[kind], kind, row, facts)


def _view(src: Source, book: Book, kind: ContestKind, row: StationContest, facts: _Facts) -> model.StationView:
    statements = [s for s in facts.statements[row.pk] if s.generation == row.generation]
    others = facts.others[row.pk]
    return model.StationView(
        kind=kind,
        contest_title=book.contest.title,
        code=row.station_id,
        name=f"TPS {row.station_id[-3:]}",
        trail=src.trail(row.station_id),
        pairs=pairs_of(book.contest),
        standing=Standing(row.standing),
        cut=src.stamp([row.last_seq]),
        written=_written(statements),
        verified=row.verified.figures() if row.verified else None,
        decided=row.decided.figures() if row.decided else None,
        generation=row.generation,
        generation_kind=_generation_kind(others, row.generation),
        official=src.official(book.contest),
        findings=tuple(_findings(row, book.contest.columns)),
        photos=tuple(_photos(facts.photos[row.pk], facts.readings[row.pk])),
        agreement=_agreement(row, statements, facts.readings[row.pk]),
        history=tuple(_history(facts, row, src.evidence)),
        also=tuple(k for k in src.books if k is not kind),
    )


def _written(statements: list[Statement]) -> dict[str, int | None] | None:
    """What the station's own committee stated, latest value per field."""
    own = [s.figures.figures() for s in statements if s.role == Role.KPPS]
    return {name: value for figures in own for name, value in figures.items()} if own else None


def _generation_kind(others: list[Any], number: int) -> str:
    found = [g for g in others if isinstance(g, Generation) and g.generation == number]
    return "Hitung ulang" if found and found[-1].kind == "HSU" else (found[-1].kind if found else "Reguler")


def _findings(row: StationContest, columns: int) -> Iterator[model.Finding]:
    current: FigureSet | None = row.decided or row.verified
    known = {f.code: f for f in (check(current.figures(), columns) if current else ())}
    for code in row.findings:
        finding = known.get(code)
        text = describe(finding, "public") if finding else title(code)
        yield model.Finding(code, RULE_BY_CODE[code].severity.value, text, finding.fields if finding else ())


def _agreement(
    row: StationContest, statements: list[Statement], readings: list[PhotoReading]
) -> model.Agreement | None:
    """The machine against what people read from the same paper; None when there is only one of them."""
    people = row.verified.figures() if row.verified else _written(statements)
    seen = seen_fields([reading for reading in readings if reading.generation == row.generation])
    if people is None or not seen:
        return None
    both = [name for name in people if name in seen]
    legible = [name for name in both if seen[name].legible]
    return model.Agreement(
        same=tuple(name for name in legible if seen[name].value == people[name]),
        differs=tuple(name for name in legible if seen[name].value != people[name]),
        doubtful=tuple(name for name in both if not seen[name].legible),
    )


def _photos(photos: list[Photo], readings: list[PhotoReading]) -> Iterator[model.Photo]:
    by_photo, seen = latest(readings), seen_fields(readings)
    for photo in photos:
        reading = by_photo.get(photo.pk)
        yield model.Photo(
            pages=page_numbers(photo.pages),
            sha256=photo.sha256,
            path=paths.photo_path(photo.sha256, EXTENSION[photo.media_type]),
            received_at=photo.at,
            generation=photo.generation,
            seen=photo_seen(reading, seen) if reading else None,
        )


def _covers(fact: Any, row: StationContest) -> bool:
    if isinstance(fact, Determination):
        return bool(fact.contest_id == row.contest_id)
    return row.station_id.startswith(fact.session.region_id) and row.contest_id in fact.session.contests


def _history(facts: _Facts, row: StationContest, papers: Mapping[str, str]) -> Iterator[model.Event]:
    wide = [fact for fact in facts.wide if _covers(fact, row)]
    events = [*facts.photos[row.pk], *facts.readings[row.pk], *facts.statements[row.pk], *facts.others[row.pk], *wide]
    for fact in sorted(events, key=lambda f: f.entry_id):
        role, what, why, changes = in_words(fact)
        evidence = papers.get(fact.evidence, "") if isinstance(fact, Correction) else ""
        yield model.Event(fact.at, role, what, why, changes, facts.index.get(fact.entry_id), evidence)


def in_words(fact: Any) -> tuple[str, str, str, tuple[model.Change, ...]]:
    """Role, what happened, why, and changed fields of one fact of a station's history, never a stated figure."""
    if isinstance(fact, Determination):
        return "KPU", f"Hasil ditetapkan, keputusan nomor {fact.decision_number}", "", ()
    if isinstance(fact, SessionEvent):
        return TIER_LABEL[Tier(fact.session.tier)], "Rapat pleno ditutup: angka disahkan", "", ()
    if isinstance(fact, Photo):
        pages = ", ".join(str(n) for n in page_numbers(fact.pages))
        return ROLE_LABEL[Role(fact.role)], f"Foto C.Hasil halaman {pages} diterima", "", ()
    if isinstance(fact, PhotoReading):
        return MACHINE_LABEL, _reading_text(fact), "", ()
    if isinstance(fact, Statement):
        return ROLE_LABEL[Role(fact.role)] if fact.human else MACHINE_LABEL, _statement_text(fact), fact.reason, ()
    if isinstance(fact, Verification):
        text = "Terverifikasi: dua pengisian terpisah sama"
        return "Sistem", text + (", dengan temuan" if fact.findings else ""), "", ()
    if isinstance(fact, Generation):
        reasons = {str(r): GENERATION_LABEL[r] for r in (*RecountReason, *RevoteReason)}
        return "Pleno", f"Hasil dibuka kembali, generasi {fact.generation}", reasons.get(fact.reason, fact.reason), ()
    if isinstance(fact, Correction):
        changes = tuple(model.Change(c.field, c.old, c.new) for c in fact.fields.all())
        return TIER_LABEL[Tier(fact.tier)], "Dikoreksi", fact.reason, changes
    return TIER_LABEL[Tier(fact.tier)], DECISION_LABEL[fact.decision], fact.reason, ()


def _reading_text(fact: PhotoReading) -> str:
    """What the machine made of a photograph, never the figures."""
    page = f"halaman {fact.page}" if fact.page else "halaman tidak dikenal"
    text = f"Foto dibaca mesin ({fact.reader}): {page}, {len(fact.fields)} isian, {len(fact.doubtful)} ragu"
    return text + (f", {len(fact.flags)} tanda" if fact.flags else "")


def _statement_text(statement: Statement) -> str:
    """What was stated, never the figures: unverified ones stand only in the station's own table."""
    fields = len(statement.figures.stated)
    if not statement.human:
        return f"Bacaan formulir lengkap: menyatakan {fields} isian; tidak dihitung tanpa pembaca manusia"
    text = f"Mengisi {fields} isian"
    return text + ("; menyatakan kertas memang tertulis begitu" if statement.paper_wrong else "")
