"""A regency's result as a signed package: written where it was counted, checked and taken in by its province.

The package holds every station's figures, column by column, and their sums. The province takes the sums into its
ledger and keeps the package, by its hash, in the evidence store: the sums can be recomputed by whoever fetches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction

from sirekap.election import chasil
from sirekap.election.contests import ContestKind
from sirekap.election.plenary import SessionState
from sirekap.election.roles import Capability
from sirekap.election.rules_columns import with_errors
from sirekap.election.sheet import SheetFigures
from sirekap.election.standing import Tier
from sirekap.election.tally import TallyError, station_codes
from sirekap.evidence.parcel import Content, Parcel, ParcelError, open_parcel, write
from sirekap.evidence.store import EvidenceStore, digest
from sirekap.ledger import canonical
from sirekap.ledger.checkpoint import open_checkpoint
from sirekap.ledger.errors import LedgerError
from sirekap.ledger.note import Signer, Verifier, parse_vkey
from sirekap.records import cursors, locks, queries
from sirekap.records.ids import uuid7
from sirekap.records.journal import append
from sirekap.records.limits import check
from sirekap.records.models import Checkpoint, Contest, ReceivedRegion, Region, SessionCursor, StationContest
from sirekap.workflow import sequencing
from sirekap.workflow.errors import Refused, not_found
from sirekap.workflow.people import Actor

KIND = "region"
STATIONS, CHECKPOINT = "stations.json", "checkpoint"
REGENCY_LENGTH, DISTRICT_LENGTH = 4, 6
MAX_BYTES = 64 * 1024 * 1024
"""Largest package read: a regency of 10,000 stations needs about one megabyte."""
MAX_NOTE = 4096
"""Longest checkpoint taken into an entry, in bytes."""
Ints = npt.NDArray[np.int64]
Json = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """A regency's stations in one contest.

    ``codes``: 13 digits each, ascending. ``fields``: catalogue ids in form order. ``figures``: int64 [stations x
    fields]; ``missing``: bool of the same shape, boxes that the paper leaves blank. ``findings``: station -> rule codes
    of the hard checks its ratified figures break.
    """

    region: str
    name: str
    contest: str
    fields: tuple[str, ...]
    codes: tuple[str, ...]
    figures: Ints
    missing: npt.NDArray[np.bool_]
    simulated: bool
    findings: dict[str, list[str]]

    def sums(self) -> dict[str, list[int]]:
        """District code -> sum per field, in code order."""
        out: dict[str, list[int]] = {}
        districts = np.array([code[:DISTRICT_LENGTH] for code in self.codes])
        present = np.where(self.missing, 0, self.figures)
        for district in sorted(set(districts.tolist())):
            out[district] = [int(value) for value in present[districts == district].sum(axis=0)]
        return out

    def sheet(self) -> SheetFigures:
        """The regency's D.Hasil that these stations make."""
        blank: list[tuple[str, tuple[int | None, ...]]] = []
        districts = np.array([code[:DISTRICT_LENGTH] for code in self.codes])
        for district, sums in self.sums().items():
            absent = self.missing[districts == district].all(axis=0)
            blank.append((district, tuple(None if gone else s for s, gone in zip(sums, absent, strict=True))))
        return SheetFigures(self.contest, Tier.REGENCY, self.region, self.fields, tuple(blank))


def breaches(result: Result, columns: int) -> dict[str, list[str]]:
    """Station -> codes of the hard checks that its figures break."""
    out: dict[str, list[str]] = {}
    for at in np.flatnonzero(with_errors(result.fields, result.figures, result.missing, columns)).tolist():
        row = zip(result.fields, result.figures[at].tolist(), result.missing[at].tolist(), strict=True)
        found = check({name: None if gone else value for name, value, gone in row}, columns, complete=True)
        out[result.codes[at]] = sorted({one.code for one in found if one.severity == "error"})
    return out


def write_result(out: Path, result: Result, checkpoint: str, signer: Signer) -> str:
    """Write a regency's package; returns the file's SHA-256. ``checkpoint``: its log's head, signed by the same key."""
    columns = [
        [None if gone else int(value) for value, gone in zip(values, absent, strict=True)]
        for values, absent in zip(result.figures.T.tolist(), result.missing.T.tolist(), strict=True)
    ]
    stations = {"codes": list(result.codes), "fields": list(result.fields), "columns": columns}
    sums = result.sums()
    meta = {
        "region": result.region,
        "name": result.name,
        "contest": result.contest,
        "node": {"origin": signer.name, "vkey": signer.verifier.vkey},
        "simulated": result.simulated,
        "stations": len(result.codes),
        "fields": list(result.fields),
        "figures": [sum(column) for column in zip(*sums.values(), strict=True)],
        "districts": sums,
        "figures_sha256": result.sheet().figures_sha256(),
        "findings": result.findings,
    }
    contents = [
        Content.of(CHECKPOINT, checkpoint.encode()),
        Content.of(STATIONS, canonical.dumps(stations)),
    ]
    return write(out, KIND, meta, contents, signer)


def export_region(out: Path, region: str, contest_id: str, signer: Signer, at: datetime) -> tuple[str, Result]:
    """Write the package of a regency of ours whose plenary has closed. Raises `Refused`."""
    contest = Contest.objects.filter(pk=contest_id).first()
    place = Region.objects.filter(pk=region).first()
    if contest is None or place is None or len(region) != REGENCY_LENGTH:
        raise not_found(f"Kabupaten/kota {region} dalam {contest_id}")
    session = SessionCursor.objects.filter(region_id=region, state=SessionState.CLOSED.value).first()
    if session is None or contest_id not in session.contests:
        raise Refused(
            "not_closed",
            f"Rapat pleno {region} belum ditutup, jadi hasilnya belum dapat dikirim.",
            f"The plenary of {region} has not closed, so its result cannot be sent yet.",
        )
    result = _ours(contest, place)
    sequencing.sequence(at, signer)
    head = Checkpoint.objects.order_by("size").last()
    if head is None:
        raise RuntimeError("the log has no checkpoint")
    return write_result(out, result, head.note, signer), result


def _ours(contest: Contest, place: Region) -> Result:
    names = chasil.field_ids(contest.columns, optional=True)
    rows = cursors.rows_in(place.pk).filter(contest=contest).order_by("pk")
    table = list(rows.values_list("station_id", *[f"counted__{name}" for name in names]))
    core = set(chasil.field_ids(contest.columns))
    keep = [n for n, name in enumerate(names) if name in core or any(row[n + 1] is not None for row in table)]
    missing = np.array([[row[n + 1] is None for n in keep] for row in table], bool)
    figures = np.array([[row[n + 1] or 0 for n in keep] for row in table], np.int64)
    election = queries.election()
    result = Result(
        place.pk,
        place.name,
        contest.pk,
        tuple(names[n] for n in keep),
        tuple(row[0] for row in table),
        figures,
        missing,
        election is not None and election.simulated,
        {},
    )
    result.findings.update(breaches(result, contest.columns))
    return result


def receive_region(
    actor: Actor, path: Path, store: EvidenceStore, at: datetime, trusted: Verifier | None = None
) -> tuple[ReceivedRegion, bool]:
    """Check a regency's package and take its result in; returns it, and whether it was here already.

    ``trusted``: the sender's log key, if known from elsewhere; else the package's own word is taken for it, and the
    entry says whose it was. Raises `ParcelError` or `Refused`; then nothing has changed.
    """
    _refuse_large(path)
    with open_parcel(path, KIND) as found:
        result, node, note = _read(found, trusted)
        data = path.read_bytes()
        known = ReceivedRegion.objects.filter(package_sha256=digest(data)).first()
        if known is not None:
            return known, True
        contest = _contest(result)
        _check_figures(result, contest, found.meta)
        actor.acting(Capability.MANAGE_ELECTION, contest.region)
        _refuse_known(result, contest)
        store.put(data)
        with transaction.atomic():
            return _take_in(actor, result, contest, node, note, digest(data), at), False


def _refuse_large(path: Path) -> None:
    if path.stat().st_size > MAX_BYTES:
        raise _wrong("berkasnya terlalu besar", "the file is too large")


def _wrong(why_id: str, why_en: str) -> ParcelError:
    return ParcelError(
        f"Hasil wilayah ini ditolak: {why_id}. Tidak ada yang diubah; tanyakan kepada pengirimnya.",
        f"This region's result is refused: {why_en}. Nothing was changed; ask its sender.",
    )


def _read(found: Parcel, trusted: Verifier | None) -> tuple[Result, Verifier, str]:
    try:
        node = trusted or parse_vkey(found.meta["node"]["vkey"])
        found.signed_by(node)
        note = found.read(CHECKPOINT)
        open_checkpoint(note, node)
        if len(note) > MAX_NOTE:
            raise ValueError("its checkpoint is too long")
        stations = canonical.loads(found.read(STATIONS))
        fields, codes = tuple(stations["fields"]), tuple(stations["codes"])
        if not all(type(one) is str for one in (*fields, *codes)):
            raise ValueError("a field or a code is no text")
        figures, missing = _table(stations["columns"], len(fields), len(codes))
        meta = found.meta
        findings = {str(code): list(rules) for code, rules in meta["findings"].items()}
        said = {key: str(meta[key]) for key in ("region", "name", "contest")}
        result = Result(
            **said,
            fields=fields,
            codes=codes,
            figures=figures,
            missing=missing,
            simulated=meta["simulated"] is not False,
            findings=findings,
        )
    except (LedgerError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _wrong(f"isinya rusak ({error})", f"its contents are damaged ({error})") from error
    return result, node, note.decode()


def _table(columns: Sequence[Sequence[int | None]], fields: int, stations: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
    if len(columns) != fields or not fields or not stations or any(len(column) != stations for column in columns):
        raise ValueError("the columns do not fit the stations")
    if any(value is not None and type(value) is not int for column in columns for value in column):
        raise ValueError("a figure is no whole number")
    missing = np.array([[value is None for value in column] for column in columns], bool).T
    figures = np.array([[0 if value is None else value for value in column] for column in columns], np.int64).T
    return np.ascontiguousarray(figures), np.ascontiguousarray(missing)


def _contest(result: Result) -> Contest:
    contest = Contest.objects.filter(pk=result.contest, kind=ContestKind.GOVERNOR).first()
    region = result.region
    if contest is None or len(region) != REGENCY_LENGTH or not region.startswith(contest.region):
        raise Refused(
            "wrong_contest",
            f"Paket ini untuk {result.contest} di {region}, yang tidak dihitung di sini.",
            f"This package is of {result.contest} in {region}, which is not counted here.",
            400,
        )
    return contest


def _check_figures(result: Result, contest: Contest, meta: Json) -> None:
    """Codes, fields, sums and rules of the station rows against what the package says."""
    known = chasil.field_ids(contest.columns, optional=True)
    places = [known.index(name) if name in known else -1 for name in result.fields]
    if places != sorted(set(places)) or not set(chasil.field_ids(contest.columns)) <= set(result.fields):
        raise _wrong("baris formulirnya tidak lengkap atau tidak dikenal", "its fields are incomplete or unknown")
    try:
        station_codes(np.array(result.codes, dtype="U"))
    except (TallyError, ValueError, TypeError) as error:
        raise _wrong(f"kode TPS-nya salah ({error})", f"its station codes are wrong ({error})") from error
    if not all(code.startswith(result.region) for code in result.codes):
        raise _wrong("ada TPS di luar wilayahnya", "a station lies outside the region")
    if (result.figures < 0).any() or (result.figures > _maxima(result.fields)).any():
        raise _wrong("ada angka di luar batas formulir", "a figure is outside the bounds of the form")
    sums = result.sums()
    figures = [sum(column) for column in zip(*sums.values(), strict=True)]
    said = (meta.get("districts"), meta.get("figures"), meta.get("fields"), meta.get("stations"))
    if said != (sums, figures, list(result.fields), len(result.codes)):
        raise _wrong("jumlahnya bukan jumlah baris TPS-nya", "its sums are not those of its station rows")
    if meta.get("figures_sha256") != result.sheet().figures_sha256():
        raise _wrong("hash lembarnya bukan hash angka ini", "the hash of its sheet is not that of these figures")
    if breaches(result, contest.columns) != result.findings:
        raise _wrong(
            "ada TPS yang melanggar aturan tanpa disebut sebagai temuan",
            "a station breaks a rule without being listed as a finding",
        )


def _maxima(fields: Sequence[str]) -> Ints:
    return np.array([chasil.BY_ID[name].maximum for name in fields], np.int64)


def _take_in(
    actor: Actor, result: Result, contest: Contest, node: Verifier, note: str, sha256: str, at: datetime
) -> ReceivedRegion:
    acting = actor.acting(Capability.MANAGE_ELECTION, contest.region)
    locks.contest(contest.pk)
    _refuse_known(result, contest)
    new_id, sums = uuid7(at), result.sums()
    missing = [] if Region.objects.filter(pk=result.region).exists() else [[result.region, result.name[:80]]]
    body = {
        "received": str(new_id),
        "region": result.region,
        "contest": contest.pk,
        "package_sha256": sha256,
        "node": {"origin": node.name, "vkey": node.vkey},
        "checkpoint": note,
        "stations": len(result.codes),
        "fields": list(result.fields),
        "figures": [sum(column) for column in zip(*sums.values(), strict=True)],
        "districts": sums,
        "findings": len(result.findings),
        "regions": missing,
        "simulated": result.simulated,
    }
    append("region.received", acting, at, body)
    return ReceivedRegion.objects.get(pk=new_id)


def _refuse_known(result: Result, contest: Contest) -> None:
    ours = StationContest.objects.filter(pk__startswith=result.region, contest=contest)
    known = ReceivedRegion.objects.filter(region_id=result.region, contest=contest).first()
    if ours.exists() or known is not None:
        raise Refused(
            "region_known",
            f"Wilayah {result.region} dihitung di sini atau sudah diterima dengan isi lain"
            + (f" (paket {known.package_sha256[:16]}…)." if known else "."),
            f"Region {result.region} is counted here, or was received with other contents"
            + (f" (package {known.package_sha256[:16]}…)." if known else "."),
        )
    session = SessionCursor.objects.filter(region_id=contest.region, state=SessionState.CLOSED.value)
    if session.exists():
        raise Refused(
            "session_closed",
            "Rapat pleno provinsi sudah ditutup, jadi hasil wilayah lain tidak dapat menyusul.",
            "The province's plenary has closed, so no region's result can follow.",
        )
