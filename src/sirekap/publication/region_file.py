"""The layout of a region's ``data.json``: tables of columns and rows, so that a nation's files stay small.

`pack` and `expand` are each other's inverse. Inside the program, and for whoever wants objects, there is the expanded
form (`opendata`); on the disk every field id stands once in ``fields``, every text in ``texts``, every form in
``forms``. The page of published formats says what the places mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sirekap.election import chasil
from sirekap.election.standing import COUNTED_FROM, Standing
from sirekap.publication import paths

Object = dict[str, Any]
FORMAT = "sirekap-region-2"
STAGES = ("written", "verified", "decided", "counted")
CHILDREN = ("code", "name", "standing", "findings", "figures")
RECEIVED = ("code", "name", "stations", "figures", "package_sha256", "simulated", "ledger_index")
STATIONS = (
    *("code", "cut", "standing", "generation", "generation_kind", *STAGES),
    *("findings", "photos", "history", "replaced", "agreement"),
)
PHOTOS = ("sha256", "extension", "pages", "generation", "received_at", "seen")
HISTORY = ("ledger_index", "kind", "at", "role", "what", "generation", "why", "evidence", "changes")
NOT_STATED = -1
"""In a list of figures: the form says nothing about the field. ``null``: its box is blank."""
_RUNGS = tuple(standing.key for standing in Standing)
_ORDER = {field.id: place for place, field in enumerate(chasil.CATALOGUE)}
_COUNTED = _RUNGS[COUNTED_FROM:]
_AGREEMENT = ("same", "differs", "doubtful")


def pack(document: Mapping[str, Any]) -> Object:
    """A region in its expanded form -> as it is written."""
    stations = document.get("stations")
    own = {key: value for key, value in document.items() if key not in _REPLACED}
    names = sorted(_names(document), key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
    out: Object = {
        **own,
        "format": FORMAT,
        "fields": names,
        "standing": {key: n for key, n in document["standing"].items() if n},
        "figures": _values(document["figures"], names),
    }
    if "received" in document:
        out["received"] = [_as_received(row, names) for row in document["received"]]
    if stations is None:
        rows = [_child(row, names) for row in document["children"]]
        return out | {"children": {"columns": list(CHILDREN), "rows": rows}}
    pool = _Pool(names)
    rows = [pool.station(station) for station in stations]
    table = {"columns": list(STATIONS), "rows": rows}
    return out | {"stations": table, "forms": list(pool.forms), "texts": list(pool.texts)}


def _as_received(row: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    return [_values(row[key], names) if key == "figures" else row[key] for key in RECEIVED]


_REPLACED = ("children", "stations", "figures", "standing", "station_count", "counted")


def expand(packed: Mapping[str, Any]) -> Object:
    """A region as it is written -> its expanded form: objects, every field by its id."""
    names, standing = packed["fields"], _standings(packed["standing"].get(key, 0) for key in _RUNGS)
    out = {k: v for k, v in packed.items() if k not in ("format", "fields", "forms", "texts")}
    out |= {"standing": standing, "station_count": sum(standing.values()), "counted": _counted(standing)}
    out["figures"] = _figures(packed["figures"], names)
    if "received" in packed:
        rows = (dict(zip(RECEIVED, row, strict=True)) for row in packed["received"])
        out["received"] = [row | {"figures": _figures(row["figures"], names)} for row in rows]
    if "stations" not in packed:
        return out | {"children": [_expanded_child(row, names) for row in packed["children"]["rows"]]}
    shared = {key: packed[key] for key in ("contest", "official", "label", "simulated")}
    reader = _Reader(names, packed["texts"], packed["forms"])
    stations = [{**shared, **reader.station(row)} for row in packed["stations"]["rows"]]
    return out | {"stations": stations, "children": [child_of(station) for station in stations]}


def child_of(station: Mapping[str, Any]) -> Object:
    """A station as a row of its village's table."""
    standing = _standings(int(key == station["standing"]) for key in _RUNGS)
    return {
        "code": station["code"],
        "name": station["name"],
        "station_count": 1,
        "counted": _counted(standing),
        "standing": standing,
        "findings": len(station["findings"]),
        "figures": station["figures"]["counted"],
    }


def _names(document: Mapping[str, Any]) -> set[str]:
    """Every field id that the file has to name."""
    names = set(document["figures"] or ())
    for station in document.get("stations") or ():
        figures = (*station["figures"].values(), *(old["figures"] for old in station["replaced"]))
        names.update(*filter(None, figures), *(f["fields"] for f in station["findings"]))
        names.update(change["field"] for event in station["history"] for change in event["changes"])
        names.update(*(station["agreement"] or {}).values())
        for photo in station["photos"]:
            if photo["seen"]:
                names.update(photo["seen"]["boxes"], photo["seen"]["doubtful"])
    for row in document["children"] if "stations" not in document else ():
        names.update(row["figures"] or ())
    for row in document.get("received", ()):
        names.update(row["figures"])
    return names


def _values(figures: Mapping[str, int | None] | None, names: Sequence[str]) -> list[int | None] | None:
    return None if figures is None else [figures.get(name, NOT_STATED) for name in names]


def _figures(values: Sequence[int | None] | None, names: Sequence[str]) -> dict[str, int | None] | None:
    return None if values is None else {n: v for n, v in zip(names, values, strict=True) if v != NOT_STATED}


def _standings(counts: Iterable[int]) -> dict[str, int]:
    return dict(zip(_RUNGS, counts, strict=True))


def _counted(standing: Mapping[str, int]) -> int:
    return sum(standing[key] for key in _COUNTED)


def _child(row: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    standing = [row["standing"][key] for key in _RUNGS]
    return [row["code"], row["name"], standing, row["findings"], _values(row["figures"], names)]


def _expanded_child(row: Sequence[Any], names: Sequence[str]) -> Object:
    code, name, counts, findings, values = row
    standing = _standings(counts)
    return {
        "code": code,
        "name": name,
        "station_count": sum(counts),
        "counted": _counted(standing),
        "standing": standing,
        "findings": findings,
        "figures": _figures(values, names),
    }


class _Pool:
    """Collects what stands once in a village's file while its stations become rows."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._place = {name: place for place, name in enumerate(names)}
        self.texts: dict[str, int] = {}
        self.forms: list[list[int | None]] = []
        self._known: dict[tuple[int | None, ...], int] = {}

    def text(self, text: str) -> int | None:
        return self.texts.setdefault(text, len(self.texts)) if text else None

    def form(self, figures: Mapping[str, int | None] | None) -> int | None:
        values = _values(figures, self._names)
        if values is None:
            return None
        found = self._known.setdefault(tuple(values), len(self.forms))
        if found == len(self.forms):
            self.forms.append(values)
        return found

    def fields(self, names: Iterable[str]) -> list[int]:
        return [self._place[name] for name in names]

    def station(self, station: Mapping[str, Any]) -> list[Any]:
        agreement = station["agreement"]
        return [
            *(station[key] for key in STATIONS[:5]),
            *(self.form(station["figures"][stage]) for stage in STAGES),
            [[f["code"], f["severity"], self.text(f["text"]), self.fields(f["fields"])] for f in station["findings"]],
            [self._photo(photo) for photo in station["photos"]],
            [self._event(event) for event in station["history"]],
            [[r["generation"], r["generation_kind"], self.form(r["figures"])] for r in station["replaced"]],
            None if agreement is None else [self.fields(agreement[key]) for key in _AGREEMENT],
        ]

    def _photo(self, photo: Mapping[str, Any]) -> list[Any]:
        row = [
            photo["sha256"],
            photo["path"].rpartition(".")[2],
            photo["pages"],
            photo["generation"],
            self.text(photo["received_at"]),
        ]
        seen = photo["seen"]
        return row if seen is None else [*row, self._seen(seen)]

    def _seen(self, seen: Mapping[str, Any]) -> list[Any]:
        return [
            self.text(seen["reader"]),
            seen["page"],
            self.text(seen["verdict"]),
            [[self.text(flag["code"]), self.text(flag["text"])] for flag in seen["flags"]],
            [[self._place[name], *box] for name, box in seen["boxes"].items()],
            self.fields(seen["doubtful"]),
            seen["size"],
        ]

    def _event(self, event: Mapping[str, Any]) -> list[Any]:
        changes = [[self._place[c["field"]], c["old"], c["new"]] for c in event["changes"]]
        row = [
            event["ledger_index"],
            *(self.text(event[key]) for key in ("kind", "at", "role", "what")),
            event["generation"],
            self.text(event["why"]),
            event["evidence"],
            changes or None,
        ]
        while row[-1] is None:
            row.pop()
        return row


class _Reader:
    """The other way round."""

    def __init__(self, names: Sequence[str], texts: Sequence[str], forms: Sequence[Sequence[int | None]]) -> None:
        self._names, self._texts, self._forms = names, texts, forms

    def text(self, place: int | None) -> str:
        return "" if place is None else self._texts[place]

    def form(self, place: int | None) -> dict[str, int | None] | None:
        return None if place is None else _figures(self._forms[place], self._names)

    def fields(self, places: Iterable[int]) -> list[str]:
        return [self._names[place] for place in places]

    def station(self, row: Sequence[Any]) -> Object:
        findings, photos, history, replaced, agreement = row[9:]
        return {
            **dict(zip(STATIONS[:5], row, strict=False)),
            "name": f"TPS {row[0][-3:]}",
            "figures": {stage: self.form(place) for stage, place in zip(STAGES, row[5:9], strict=True)},
            "findings": [
                {"code": code, "severity": severity, "text": self.text(text), "fields": self.fields(fields)}
                for code, severity, text, fields in findings
            ],
            "photos": [self._photo(*photo) for photo in photos],
            "history": [self._event(event) for event in history],
            "replaced": [
                {"generation": number, "generation_kind": kind, "figures": self.form(form)}
                for number, kind, form in replaced
            ],
            "agreement": agreement and dict(zip(_AGREEMENT, map(self.fields, agreement), strict=True)),
        }

    def _photo(
        self, sha256: str, extension: str, pages: list[int], generation: int, at: int, seen: list[Any] | None = None
    ) -> Object:
        return {
            "pages": pages,
            "sha256": sha256,
            "path": paths.photo_path(sha256, extension),
            "received_at": self.text(at),
            "generation": generation,
            "seen": self._seen(*seen) if seen else None,
        }

    def _seen(self, reader: int, page: int | None, verdict: int, *rest: Any) -> Object:
        flags, boxes, doubtful, size = rest
        return {
            "reader": self.text(reader),
            "page": page,
            "verdict": self.text(verdict),
            "flags": [{"code": self.text(code), "text": self.text(text)} for code, text in flags],
            "boxes": {self._names[place]: box for place, *box in boxes},
            "doubtful": self.fields(doubtful),
            "size": size,
        }

    def _event(self, row: list[Any]) -> Object:
        whole = [*row, *[None] * (len(HISTORY) - len(row))]
        index, kind, at, role, what, generation, why, evidence, changes = whole
        return {
            "ledger_index": index,
            "kind": self.text(kind),
            "at": self.text(at),
            "role": self.text(role),
            "what": self.text(what),
            "generation": generation,
            "why": self.text(why),
            "evidence": evidence,
            "changes": [{"field": self._names[f], "old": old, "new": new} for f, old, new in changes or ()],
        }
