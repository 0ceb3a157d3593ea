"""The court after a determination: its register and rulings on record, and a ruling that supersedes the result."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from sirekap.election.legal_clock import Clock, CourtDay, CourtEvent, clock
from sirekap.election.regions import zoneinfo_name
from sirekap.election.roles import Capability
from sirekap.records import limits, locks
from sirekap.records.journal import Acting, append
from sirekap.records.models import ContestCursor, CourtRecord, Elected
from sirekap.workflow.determination import latest_determination
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor, need_reason

BASES = {
    "ruling": "Putusan Mahkamah Konstitusi",
    "supreme_court": "Putusan Mahkamah Agung",
    "supervisor": "Putusan Bawaslu",
}
"""What may supersede a determination."""


@transaction.atomic
def record_court(
    actor: Actor, contest_id: str, event: CourtEvent | str, reference: str, dated: date, at: datetime
) -> None:
    """Put on record what the court's register (BRPK) or a ruling says of a determined contest. Raises `Refused`.

    ``dated``: the local day of the court's paper, from which the law counts; ``reference``: its number.
    """
    cursor, acting = _locked(actor, contest_id)
    if event not in list(CourtEvent):
        raise Refused("court_event", "Pilih apa yang dicatat dari MK.", "Choose what the court said.", 400)
    found = latest_determination(contest_id)
    if cursor.state != "determined" or found is None:
        raise Refused(
            "not_determined",
            "Catatan MK hanya untuk pemilihan yang hasilnya sudah ditetapkan dan pasangan terpilihnya belum.",
            "The court's papers are recorded after the result is determined and before the pair is elected.",
        )
    if not local_day(found.at, contest_id) <= dated <= local_day(at, contest_id):
        raise Refused(
            "dated",
            "Tanggal surat MK harus antara hari penetapan hasil dan hari ini.",
            "The court's paper must be dated between the determination and today.",
            400,
        )
    _refuse_order(contest_id, found.entry_id, CourtEvent(event))
    body = {
        "contest": contest_id,
        "event": CourtEvent(event).value,
        "reference": need_reason(reference, 120),
        "dated": dated.isoformat(),
    }
    append("court.recorded", acting, at, body)


def _refuse_order(contest_id: str, since: int, event: CourtEvent) -> None:
    """A ruling needs a registered petition; the register says either that there is one or that there is none."""
    records = CourtRecord.objects.filter(contest_id=contest_id, entry_id__gt=since).order_by("entry_id")
    last = records.values_list("event", flat=True).last()
    ruling = event in (CourtEvent.DISMISSED, CourtEvent.GRANTED)
    before = (None, CourtEvent.NO_DISPUTE.value) if event is CourtEvent.PETITION else (None,)
    if last not in ((CourtEvent.PETITION.value,) if ruling else before):
        raise Refused(
            "court_order",
            "Urutannya tidak cocok: BRPK lebih dulu (ada perkara atau tidak), lalu putusan bila ada perkara.",
            "The order does not fit: first the register (a dispute or none), then a ruling where there is one.",
        )


@transaction.atomic
def supersede(actor: Actor, contest_id: str, basis: str, reference: str, at: datetime) -> None:
    """A ruling puts a determined contest back to counting: its stations fall to what ratified them. Raises `Refused`.

    Nothing is erased: the determination stays readable, and the result is determined anew after what the ruling
    orders (a re-vote, a recount, a correction) has gone through the sessions again. ``basis``: one of `BASES`.
    """
    cursor, acting = _locked(actor, contest_id)
    if basis not in BASES:
        raise Refused("basis", "Pilih dasar pembatalan penetapan.", "Choose what supersedes it.", 400)
    found = latest_determination(contest_id)
    if cursor.state == "counting" or found is None:
        raise Refused(
            "not_determined",
            "Hasil pemilihan ini belum ditetapkan, jadi tidak ada yang dibatalkan.",
            "This result is not determined, so there is nothing to supersede.",
        )
    body = {
        "contest": contest_id,
        "determination": str(found.pk),
        "basis": basis,
        "reference": need_reason(reference, 120),
    }
    append("contest.reopened", acting, at, body)


def _locked(actor: Actor, contest_id: str) -> tuple[ContestCursor, Acting]:
    """Lock the contest's rows and then the contest; the mandate of its commission's chair."""
    found = ContestCursor.objects.filter(pk=contest_id).select_related("contest").first()
    if found is None:
        raise not_found(f"Pemilihan {contest_id}")
    locks.rows_of_region(found.contest.region, [contest_id])
    cursor = locks.contest(contest_id)
    return cursor, actor.acting(Capability.DETERMINE, found.contest.region)


def legal_clock(contest_id: str, today: date) -> Clock:
    """Where a contest stands after its determination, by the facts; ``today``: the local day.

    Working days leave out weekends and ``SIREKAP_HOLIDAYS``.
    """
    state = ContestCursor.objects.values_list("state", flat=True).get(pk=contest_id)
    found = latest_determination(contest_id)
    if state == "counting" or found is None:
        return clock(today, None)
    records = CourtRecord.objects.filter(contest_id=contest_id, entry_id__gt=found.entry_id).order_by("entry_id")
    court = [CourtDay(CourtEvent(record.event), record.dated) for record in records]
    elected = Elected.objects.filter(contest_id=contest_id).order_by("entry_id").last() if state == "elected" else None
    day = local_day(elected.at, contest_id) if elected else None
    return clock(today, local_day(found.at, contest_id), court, day, holidays=limits.holidays())


def local_day(at: datetime, contest_id: str) -> date:
    """The local day where a contest (``<kind>-<region>``) is held."""
    province = contest_id.partition("-")[2][:2]
    return at.astimezone(ZoneInfo(zoneinfo_name(province))).date()
