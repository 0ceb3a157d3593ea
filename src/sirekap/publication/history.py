"""A station's history in words: who acted in which role, when, what, and why. Never a person, never a stated figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sirekap.election.generations import LABEL_EN as GENERATION_EN
from sirekap.election.generations import LABEL_ID as GENERATION_ID
from sirekap.election.generations import OrderBasis, RecountReason, RevoteReason
from sirekap.election.roles import Role
from sirekap.election.standing import Tier, page_numbers
from sirekap.publication import formats, model
from sirekap.publication.texts import Text, say
from sirekap.records.models import (
    ContestReopened,
    Correction,
    Determination,
    Generation,
    ItemDecision,
    ItemReopened,
    Photo,
    PhotoReading,
    SessionEvent,
    Statement,
    StationContest,
    Verification,
)

Words = tuple[str, str, str, tuple[model.Change, ...]]
"""Role, what, why, changed fields."""

ROLES = {
    Role.KPPS: say("KPPS"),
    Role.PPS: say("PPS"),
    Role.OPERATOR: say("Operator"),
    Role.MEMBER: say("Anggota PPK/KPU"),
    Role.CHAIR: say("Ketua PPK/KPU"),
    Role.WITNESS: say("Saksi"),
    Role.SUPERVISOR: say("Pengawas"),
    Role.AUDITOR: say("Auditor"),
    Role.ADMINISTRATOR: say("Administrator"),
}
MACHINE = say("Mesin")
TIERS = {
    Tier.DISTRICT: say("Pleno kecamatan"),
    Tier.REGENCY: say("Pleno kabupaten/kota"),
    Tier.PROVINCE: say("Pleno provinsi"),
}
DECISIONS = {
    "accepted": say("Dibacakan dan diterima"),
    "from_box": say("Dibacakan dari C.Hasil dalam kotak suara"),
    "recount_entered": say("Hasil hitung ulang dicatat"),
    "deferred": say("Pembacaan ditunda"),
}
RULINGS = {
    "ruling": say("Putusan Mahkamah Konstitusi"),
    "supreme_court": say("Putusan Mahkamah Agung"),
    "supervisor": say("Putusan Bawaslu"),
}
"""What may supersede a determination: `workflow.court.BASES`."""
_ORDERS = {str(b): Text(GENERATION_ID[b], GENERATION_EN[b]) for b in OrderBasis}
REASONS = {str(r): Text(GENERATION_ID[r], GENERATION_EN[r]) for r in (*RecountReason, *RevoteReason)}


def events(
    facts: Iterable[Any], row: StationContest, index: Mapping[int, int], papers: Mapping[str, str]
) -> Iterator[model.Event]:
    """The facts that concern ``row``, in the order they were recorded.

    ``index``: entry sequence number -> ledger index. ``papers``: a correction's evidence -> its path in the site.
    """
    for fact in sorted((fact for fact in facts if covers(fact, row)), key=lambda f: f.entry_id):
        role, what, why, changes = in_words(fact)
        evidence = papers.get(fact.evidence, "") if isinstance(fact, Correction) else ""
        yield model.Event(
            fact.at, role, what, why, changes, index.get(fact.entry_id), evidence, kind_of(fact), generation_of(fact)
        )


def kind_of(fact: Any) -> str:
    """The act in one word for machines; what decides a station's figures is in `model.DECIDING`."""
    return f"item.{fact.decision}" if isinstance(fact, ItemDecision) else _KINDS[type(fact)]


def generation_of(fact: Any) -> int | None:
    """The generation a station's own fact belongs to; ``None`` for acts on whole regions and contests."""
    return getattr(fact, "generation", None)


def covers(fact: Any, row: StationContest) -> bool:
    """Whether a fact is the row's own, or one of a whole contest or session that the row belongs to."""
    if isinstance(fact, Determination | ContestReopened):
        return bool(fact.contest_id == row.contest_id)
    if isinstance(fact, SessionEvent):
        return row.station_id.startswith(fact.session.region_id) and row.contest_id in fact.session.contests
    return bool(fact.row_id == row.pk)


def in_words(fact: Any) -> Words:
    """One fact of a station's history. Raises ``KeyError`` for a kind of fact that has no words."""
    return _WORDS[type(fact)](fact)


def _determined(fact: Determination) -> Words:
    return say("KPU"), say("Hasil ditetapkan, keputusan nomor %(number)s", number=fact.decision_number), "", ()


def _superseded(fact: ContestReopened) -> Words:
    what = say(
        "Penetapan hasil dibatalkan oleh %(basis)s: %(number)s", basis=RULINGS[fact.basis], number=fact.reference
    )
    return say("KPU"), what, "", ()


def _closed(fact: SessionEvent) -> Words:
    return TIERS[Tier(fact.session.tier)], say("Rapat pleno ditutup: angka disahkan"), "", ()


def _photo(fact: Photo) -> Words:
    pages = ", ".join(str(n) for n in page_numbers(fact.pages))
    return ROLES[Role(fact.role)], say("Foto C.Hasil halaman %(pages)s diterima", pages=pages), "", ()


def _reading(fact: PhotoReading) -> Words:
    """What the machine made of a photograph, never the figures."""
    page = say("halaman %(n)s", n=fact.page) if fact.page else say("halaman tidak dikenal")
    counts: dict[str, object] = {
        "reader": fact.reader,
        "page": page,
        "fields": len(fact.fields),
        "doubtful": len(fact.doubtful),
    }
    text = "Foto dibaca mesin (%(reader)s): %(page)s, %(fields)s isian, %(doubtful)s ragu"
    if fact.flags:
        text = "Foto dibaca mesin (%(reader)s): %(page)s, %(fields)s isian, %(doubtful)s ragu, %(flags)s tanda"
        counts["flags"] = len(fact.flags)
    return MACHINE, say(text, **counts), "", ()


def _statement(fact: Statement) -> Words:
    """What was stated, never the figures: unverified ones stand only in the station's own table."""
    fields = len(fact.figures.stated)
    if not fact.human:
        text = "Bacaan formulir lengkap: menyatakan %(n)s isian; tidak dihitung tanpa pembaca manusia"
        return MACHINE, say(text, n=fields), fact.reason, ()
    text = "Mengisi %(n)s isian"
    if fact.paper_wrong:
        text = "Mengisi %(n)s isian; menyatakan kertas memang tertulis begitu"
    return ROLES[Role(fact.role)], say(text, n=fields), fact.reason, ()


def _verified(fact: Verification) -> Words:
    if fact.findings:
        return say("Sistem"), say("Terverifikasi: dua pengisian terpisah sama, dengan temuan"), "", ()
    return say("Sistem"), say("Terverifikasi: dua pengisian terpisah sama"), "", ()


def _reopened(fact: Generation) -> Words:
    why = REASONS.get(fact.reason, fact.reason)
    if fact.order is None:
        return say("Pleno"), say("Hasil dibuka kembali, generasi %(n)s", n=fact.generation), why, ()
    what = say(
        "%(kind)s diperintahkan, keputusan nomor %(number)s (%(basis)s), tanggal %(day)s, generasi %(n)s",
        kind=formats.generation_label(fact.kind),
        number=fact.order["number"],
        basis=_ORDERS.get(fact.order["basis"], fact.order["basis"]),
        day=formats.day(date.fromisoformat(fact.order["voting_date"])),
        n=fact.generation,
    )
    return say("KPU"), what, why, ()


def _undone(fact: ItemReopened) -> Words:
    return TIERS[Tier(fact.tier)], say("Keputusan pleno atas TPS ini ditarik kembali"), fact.reason, ()


def _corrected(fact: Correction) -> Words:
    changes = tuple(model.Change(c.field, c.old, c.new) for c in fact.fields.all())
    return TIERS[Tier(fact.tier)], say("Dikoreksi"), fact.reason, changes


def _decided(fact: ItemDecision) -> Words:
    return TIERS[Tier(fact.tier)], DECISIONS[fact.decision], fact.reason, ()


_KINDS: dict[type, str] = {
    Determination: "contest.determined",
    SessionEvent: "session.closed",
    Photo: "photo.received",
    PhotoReading: "photo.read",
    Statement: "statement.made",
    Verification: "statement.verified",
    Generation: "generation.opened",
    ItemReopened: "item.reopened",
    ContestReopened: "contest.reopened",
    Correction: "item.corrected",
}
_WORDS: dict[type, Any] = {
    Determination: _determined,
    SessionEvent: _closed,
    Photo: _photo,
    PhotoReading: _reading,
    Statement: _statement,
    Verification: _verified,
    Generation: _reopened,
    ItemReopened: _undone,
    ContestReopened: _superseded,
    Correction: _corrected,
    ItemDecision: _decided,
}
