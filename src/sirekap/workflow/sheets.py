"""The figures of a session's sheets (D.Hasil), from the database, and the groups of their hash that are typed back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from django.db.models.functions import Coalesce

from sirekap.election import chasil
from sirekap.election.regions import DIGITS
from sirekap.election.sheet import (
    COLUMN_TIER,
    SheetFigures,
    Values,
    asked_chunks,
    chunks,
    same_chunk,
)
from sirekap.election.standing import Tier
from sirekap.records import totals
from sirekap.records.models import Contest, FigureSet, SessionCursor
from sirekap.workflow.agenda import agenda_rows
from sirekap.workflow.errors import Refused

Figures = Mapping[str, int | None] | None
"""One station's stated figures by field id."""
AT_ONCE = 400
"""Figure sets fetched by one query."""


def sheet_of(session: SessionCursor, contest_id: str, instead: Mapping[str, Figures] | None = None) -> SheetFigures:
    """What the session's sheet of one contest says now: figures as decided, else as verified.

    A district has one column a station, blank where nothing is decided or verified; a regency one a district and a
    province one a regency, sums. Rows that only some layouts print are on the sheet once a station states them.
    Regencies that other nodes counted (`totals.received`) stand beside our own on a province's sheet.
    ``instead``: station -> figures to take in place of its own (``None``: blank), for a sheet as it was or will be.
    """
    tier = Tier(session.tier)
    columns = Contest.objects.values_list("columns", flat=True).get(pk=contest_id)
    wanted = chasil.field_ids(columns, optional=True)
    stations = _stations(session, contest_id, wanted, instead or {})
    received = totals.received(contest_id) if tier is Tier.PROVINCE else {}
    core = set(chasil.field_ids(columns))
    fields = tuple(
        name
        for n, name in enumerate(wanted)
        if name in core
        or any(values[n] is not None for _, values in stations)
        or any(sums.get(name) is not None for sums in received.values())
    )
    keep = [wanted.index(name) for name in fields]
    narrow = [(code, tuple(values[n] for n in keep)) for code, values in stations]
    if tier is not Tier.DISTRICT:
        narrow = _summed(narrow, DIGITS[COLUMN_TIER[tier]], len(fields))
        narrow += [(code, tuple(sums.get(name) for name in fields)) for code, sums in received.items()]
    return SheetFigures(contest_id, tier, session.region_id, fields, tuple(sorted(narrow)))


def _stations(
    session: SessionCursor, contest_id: str, wanted: Sequence[str], instead: Mapping[str, Figures]
) -> list[tuple[str, Values]]:
    rows = agenda_rows(session).filter(contest_id=contest_id).annotate(current=Coalesce("decided_id", "verified_id"))
    current = list(rows.values_list("station_id", "current"))
    found = _figures([pk for _, pk in current if pk is not None], wanted)
    blank: Values = (None,) * len(wanted)
    given = {code: tuple((figures or {}).get(name) for name in wanted) for code, figures in instead.items()}
    return [(code, given.get(code, found.get(pk, blank))) for code, pk in current]


def _figures(pks: Sequence[uuid.UUID], wanted: Sequence[str]) -> dict[uuid.UUID, Values]:
    out: dict[uuid.UUID, Values] = {}
    for start in range(0, len(pks), AT_ONCE):
        some = FigureSet.objects.filter(pk__in=pks[start : start + AT_ONCE]).values_list("pk", *wanted)
        out.update((row[0], tuple(row[1:])) for row in some)
    return out


def _summed(columns: Iterable[tuple[str, Values]], digits: int, width: int) -> list[tuple[str, Values]]:
    out: list[tuple[str, Values]] = []
    for code, members in groupby(columns, lambda column: column[0][:digits]):
        sums: list[int | None] = [None] * width
        for _, values in members:
            sums = [_add(total, value) for total, value in zip(sums, values, strict=True)]
        out.append((code, tuple(sums)))
    return out


def _add(total: int | None, value: int | None) -> int | None:
    return total if value is None else (total or 0) + value


def sheets_of(session: SessionCursor) -> dict[str, SheetFigures]:
    """Contest -> its sheet, for every contest of the session."""
    return {contest: sheet_of(session, contest) for contest in session.contests}


def figures_sha256(session: SessionCursor) -> dict[str, str]:
    """Contest -> hash of its sheet's figures, as it is printed on every page (`SheetFigures.figures_sha256`)."""
    return {contest: sheet.figures_sha256() for contest, sheet in sheets_of(session).items()}


def asked(session: SessionCursor) -> dict[str, tuple[int, int]]:
    """Contest -> the two groups (positions 0-15) of the printed hash that closing asks for."""
    return {contest: asked_chunks(session.pk, found) for contest, found in figures_sha256(session).items()}


def on_paper(session: SessionCursor) -> dict[str, list[str]]:
    """Contest -> the asked groups as a sheet printed now shows them. For rehearsals; no screen may fill them in."""
    hashes = figures_sha256(session)
    return {
        contest: [chunks(sha256)[place] for place in asked_chunks(session.pk, sha256)]
        for contest, sha256 in hashes.items()
    }


def refuse_untyped(session: SessionCursor, hashes: Mapping[str, str], typed: Mapping[str, Sequence[str]]) -> None:
    """Raise `Refused` ("chunks") unless the groups typed back are those of every contest's sheet."""
    titles = dict(Contest.objects.filter(pk__in=hashes).values_list("pk", "title"))
    for contest, sha256 in sorted(hashes.items()):
        places = asked_chunks(session.pk, sha256)
        printed = [chunks(sha256)[place] for place in places]
        given = [str(group) for group in typed.get(contest) or ()]
        right = len(given) == len(printed) and all(same_chunk(a, b) for a, b in zip(given, printed, strict=True))
        if not right:
            first, second = (place + 1 for place in places)
            raise Refused(
                "chunks",
                f"Kode dari lembar {titles[contest]} tidak cocok. Lihat kelompok ke-{first} dan ke-{second} "
                "pada lembar cetakan terbaru; bila lembarnya lama, cetak lagi.",
                f"The code of the sheet {titles[contest]} does not match. Look at groups {first} and {second} on the "
                "newest printout; print it again if it is an older one.",
                400,
            )
