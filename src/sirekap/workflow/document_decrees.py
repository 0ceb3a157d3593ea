"""The commission's decrees: the result of a contest, and the elected pair."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sirekap.election.conduct import Capacity
from sirekap.election.contests import ContestKind
from sirekap.election.sheet import SheetFigures
from sirekap.paper.documents.model import DocumentKind, ElectedDecree, ResultDecree, Signer
from sirekap.records.models import CourtRecord, Determination, Elected, Region, SessionCursor
from sirekap.workflow.determination import FINAL_TIER, latest_determination
from sirekap.workflow.document_people import board, names_of
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.sheets import sheet_of

_BASES = {"brpk": "Buku Registrasi Perkara Konstitusi (BRPK)", "ruling": "putusan Mahkamah Konstitusi"}


def decree(kind: DocumentKind, subject: Determination | Elected) -> tuple[ResultDecree | ElectedDecree, str] | None:
    """The decree's body and number; None where kind and subject do not belong together."""
    if kind is DocumentKind.SK_HASIL and isinstance(subject, Determination):
        return _result(subject), subject.decision_number
    if kind is DocumentKind.SK_TERPILIH and isinstance(subject, Elected):
        return _elected(subject), subject.decision_number
    return None


def _result(found: Determination) -> ResultDecree:
    from sirekap.workflow.document_contents import contest_data

    return ResultDecree(
        contest=contest_data(found.contest_id),
        figures=_figures(found),
        signers=_chair(found.contest.region),
        place=_place(found.contest.region),
        announced=found.at,
        remarks=_remarks(found.outcome),
    )


def _elected(found: Elected) -> ElectedDecree:
    from sirekap.workflow.document_contents import contest_data

    determination = latest_determination(found.contest_id)
    if determination is None:
        raise not_found("Penetapan hasil")
    court = CourtRecord.objects.filter(contest_id=found.contest_id, entry_id__lt=found.entry_id).order_by("entry_id")
    last = court.last()
    return ElectedDecree(
        contest=contest_data(found.contest_id),
        figures=_figures(determination),
        pair=found.pair,
        basis=f"{_BASES.get(found.basis, found.basis)} {found.reference}",
        basis_date=last.dated if last else None,
        signers=_chair(found.contest.region),
        result_decree=determination.decision_number,
        place=_place(found.contest.region),
    )


def _figures(found: Determination) -> SheetFigures:
    """The sheet that was determined; refused when its figures have been replaced since."""
    contest = found.contest
    tier = FINAL_TIER[ContestKind(contest.kind)]
    session = SessionCursor.objects.filter(region_id=contest.region, tier=tier).first()
    if session is None:
        raise not_found("Rapat pleno")
    sheet = sheet_of(session, contest.pk)
    said = {name: found.totals.get(name, 0) for name in sheet.fields}
    now = {name: total or 0 for name, total in zip(sheet.fields, sheet.totals(), strict=True)}
    if {name: total or 0 for name, total in said.items()} != now:
        raise Refused(
            "replaced",
            "Angka pemilihan ini sudah berubah sejak keputusan itu. Terbitkan keputusan yang baru.",
            "The figures of this contest have changed since that decision. Issue the new decision.",
        )
    return sheet


def _chair(region: str) -> tuple[Signer, ...]:
    people = [person for capacity, person in board(region) if capacity is Capacity.CHAIR]
    names = names_of(people)
    return tuple(Signer(Capacity.CHAIR, names.get(person, ""), key=str(person)) for person in people) or (
        Signer(Capacity.CHAIR),
    )


def _place(region: str) -> str:
    name = Region.objects.values_list("name", flat=True).get(code=region)
    return str(name).removeprefix("Kabupaten ").removeprefix("Kota ")


def _remarks(outcome: dict[str, Any]) -> tuple[str, ...]:
    threshold = outcome.get("threshold")
    if not threshold or "exact" not in threshold:
        return ()
    exact = Fraction(*threshold["exact"]) if isinstance(threshold["exact"], list) else Fraction(threshold["exact"])
    margin = int(outcome["margin"])
    most = f"{(2 * exact.numerator + exact.denominator) // (2 * exact.denominator):,}".replace(",", ".")
    shown = f"{margin:,}".replace(",", ".")
    relation = "tidak melebihi" if margin <= exact else "melebihi"
    return (
        f"Selisih suara peringkat pertama dan kedua adalah {shown} suara, {relation} ambang batas pengajuan permohonan "
        f"ke Mahkamah Konstitusi sebesar {most} suara.",
    )
