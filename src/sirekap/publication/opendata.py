"""Open data beside each page: CSV and canonical JSON, the same figures the page shows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sirekap.election import chasil, progress
from sirekap.election.chasil import Figures
from sirekap.election.standing import Standing
from sirekap.ledger import canonical
from sirekap.publication import formats, region_file
from sirekap.publication.model import Agreement, Cut, Event, Photo, PhotoSeen, RegionView, Row, SiteInfo, StationView

LABEL_UNOFFICIAL = "Bukan hasil resmi"
LABEL_OFFICIAL = "Hasil yang ditetapkan KPU"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def region_fields(view: RegionView) -> tuple[str, ...]:
    """The field ids a region's files carry: no vote column where the rows have no common contest."""
    stated = (view.figures, *(r.figures or {} for r in view.rows), *(r.figures for r in view.received))
    present = {key for figures in stated for key in figures}
    votes = {f"votes_{pair.number}" for pair in view.pairs}
    return tuple(f.id for f in chasil.CATALOGUE if f.id in present and (f.section != "IV" or f.id in votes))


def region_csv(view: RegionView) -> bytes:
    """One line per child: code, name, stations, counted, stations per rung, findings, every field."""
    ids = region_fields(view)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    rungs = [standing.key for standing in Standing]
    writer.writerow(["code", "name", "generation", "stations", "counted", *rungs, "findings", *ids])
    for row in view.rows:
        figures = row.figures or {}
        cells = [figures.get(i) for i in ids]
        writer.writerow(
            [row.code, _text(row.name), _text(row.generation), row.stations, row.counted]
            + [*row.standings, row.findings]
            + ["" if c is None else c for c in cells]
        )
    return out.getvalue().encode()


def region_json(view: RegionView, site: SiteInfo, stations: Sequence[dict[str, object]] | None = None) -> bytes:
    """The region's figures, standing, findings and children, as `region_file` lays them out.

    ``stations``: of a village, one :func:`station_object` per station, in code order; they are its children.
    """
    ids = region_fields(view)
    below = {"children": [_row(row, ids) for row in view.rows]} if stations is None else {"stations": list(stations)}
    document = region_file.pack(
        below
        | {
            "contest": view.kind.value,
            "contest_title": view.contest_title,
            "code": view.code,
            "name": view.name,
            "official": view.official,
            "label": LABEL_OFFICIAL if view.official else LABEL_UNOFFICIAL,
            "simulated": site.simulated,
            "cut": cut_object(view.cut),
            "standing": _standings(view.standings),
            "arrived": next((p.done for p in view.progress if p.key == progress.ARRIVED.key), 0),
            **_pairs(view),
            **_received(view, ids),
            "figures": _figures(view.figures, ids) if view.counted else None,
            "findings": [
                {"code": f.code, "severity": f.severity, "text": str(f.text), "stations": f.stations}
                for f in view.findings
            ],
            "documents": [
                {
                    "title": str(d.title),
                    "path": d.path,
                    "sha256": d.sha256,
                    "at": formats.iso(d.at),
                    "note": str(d.note),
                }
                for d in view.documents
            ],
        }
    )
    return canonical.dumps(document)


def _pairs(view: RegionView) -> dict[str, object]:
    """The vote columns; a village's are its district's."""
    if len(view.code) > 6:
        return {}
    return {"pairs": [{"number": p.number, "name": p.name, "commission_id": p.commission_id} for p in view.pairs]}


def _received(view: RegionView, ids: Iterable[str]) -> dict[str, object]:
    """What other nodes counted, on provinces only."""
    if len(view.code) > 2:
        return {}
    return {
        "received": [
            {
                "code": r.code,
                "name": r.name,
                "stations": r.stations,
                "figures": {key: r.figures[key] for key in ids if key in r.figures},
                "package_sha256": r.package_sha256,
                "simulated": r.simulated,
                "ledger_index": r.ledger_index,
            }
            for r in view.received
        ]
    }


def read_region(data: bytes) -> dict[str, Any]:
    """A region's ``data.json`` in its expanded form."""
    return region_file.expand(json.loads(data))


def station_object(view: StationView) -> dict[str, object]:
    """Everything public about one station in one contest; ``cut`` is the number of the cut that first said so."""
    return {
        "code": view.code,
        "cut": view.cut.number,
        "standing": view.standing.key,
        "generation": view.generation,
        "generation_kind": view.generation_kind,
        "figures": {
            "written": None if view.written is None else dict(view.written),
            "verified": None if view.verified is None else dict(view.verified),
            "decided": None if view.decided is None else dict(view.decided),
            "counted": None if view.counted is None else dict(view.counted),
        },
        "replaced": [
            {"generation": r.generation, "generation_kind": r.kind, "figures": dict(r.figures)} for r in view.replaced
        ],
        "findings": [
            {"code": f.code, "severity": f.severity, "text": str(f.text), "fields": list(f.fields)}
            for f in view.findings
        ],
        "photos": [_photo(p) for p in view.photos],
        "agreement": _agreement(view.agreement),
        "history": [_event(e) for e in view.history],
    }


def cut_object(cut: Cut) -> dict[str, object]:
    """A cut as JSON."""
    return {
        "number": cut.number,
        "at": formats.iso(cut.at),
        "ledger_size": cut.ledger_size,
        "ledger_root": cut.ledger_root,
    }


def _row(row: Row, ids: tuple[str, ...]) -> dict[str, object]:
    return {
        "code": row.code,
        "name": row.name,
        "standing": _standings(row.standings),
        "findings": row.findings,
        "figures": None if row.figures is None else _figures(row.figures, ids),
    }


def _figures(figures: Figures, ids: Iterable[str]) -> dict[str, int | None]:
    return {key: figures.get(key) for key in ids}


def _standings(standings: tuple[int, ...]) -> dict[str, int]:
    return {standing.key: n for standing, n in zip(Standing, standings, strict=True)}


def _photo(photo: Photo) -> dict[str, object]:
    return {
        "pages": list(photo.pages),
        "sha256": photo.sha256,
        "path": photo.path,
        "received_at": formats.iso(photo.received_at),
        "generation": photo.generation,
        "seen": _seen(photo.seen),
    }


def _seen(seen: PhotoSeen | None) -> dict[str, object] | None:
    """Where the machine looked and what it doubts; its figures are not published."""
    if seen is None:
        return None
    return {
        "reader": seen.reader,
        "page": seen.page,
        "verdict": seen.verdict,
        "flags": [{"code": code, "text": str(text)} for code, text in seen.flags],
        "boxes": {name: list(box) for name, box in seen.boxes.items()},
        "doubtful": list(seen.doubtful),
        "size": list(seen.size),
    }


def _agreement(found: Agreement | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {"same": list(found.same), "differs": list(found.differs), "doubtful": list(found.doubtful)}


def _event(event: Event) -> dict[str, object]:
    return {
        "at": formats.iso(event.at),
        "role": str(event.role),
        "what": str(event.what),
        "why": str(event.why),
        "changes": [{"field": c.field, "old": c.old, "new": c.new} for c in event.changes],
        "ledger_index": event.ledger_index,
        "evidence": event.evidence or None,
        "kind": event.kind,
        "generation": event.generation,
    }


def _text(value: str) -> str:
    """A name a spreadsheet would take for a formula is quoted with an apostrophe."""
    return f"'{value}" if value.startswith(_FORMULA) else value
