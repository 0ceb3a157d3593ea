"""A page's evidence as compact bytes: kept so that a whole form can be decoded from its pages later.

Exact: numbers come back bit for bit, so decoding again gives the same reading.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sirekap.reading.result import FieldEvidence, Floats, PageEvidence, QrReading, Reason

MAX_BYTES = 1 << 20
"""Longest packed evidence that is unpacked."""
MAX_UNPACKED = 8 << 20
"""Longest evidence after decompression, in bytes."""


def pack(evidence: PageEvidence) -> bytes:
    """The evidence as bytes: zlib of JSON, arrays as base64 of little-endian float32."""
    found = {
        "template": evidence.template,
        "page": evidence.page,
        "qr": evidence.qr.as_dict() if evidence.qr else None,
        "registered": evidence.registered,
        "flags": [flag.as_dict() for flag in evidence.flags],
        "fields": {name: _field(field) for name, field in evidence.fields.items()},
        "size": list(evidence.size),
        "fingerprint": evidence.fingerprint,
        "homography": list(evidence.homography),
        "cpu_ms": evidence.cpu_ms,
    }
    return zlib.compress(json.dumps(found, separators=(",", ":")).encode(), 6)


def unpack(data: bytes) -> PageEvidence:
    """The evidence that `pack` wrote; raises ``ValueError`` for anything else."""
    if len(data) > MAX_BYTES:
        raise ValueError("packed evidence is too long")
    try:
        plain = zlib.decompressobj().decompress(data, MAX_UNPACKED)
        found = json.loads(plain)
        qr = found["qr"]
        return PageEvidence(
            template=found["template"],
            page=found["page"],
            qr=QrReading(**qr) if qr else None,
            registered=found["registered"],
            flags=tuple(_reason(flag) for flag in found["flags"]),
            fields={name: _evidence(field) for name, field in found["fields"].items()},
            size=(found["size"][0], found["size"][1]),
            fingerprint=found["fingerprint"],
            homography=tuple(found["homography"]),
            cpu_ms=found["cpu_ms"],
        )
    except (zlib.error, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"not packed evidence: {error}") from error


def pack_crops(crops: Mapping[str, NDArray[np.uint8]]) -> bytes:
    """Field id -> grey crops (boxes, side, side), as bytes."""
    found = {
        name: {"shape": list(boxes.shape), "data": base64.b64encode(boxes.tobytes()).decode("ascii")}
        for name, boxes in crops.items()
    }
    return zlib.compress(json.dumps(found, separators=(",", ":")).encode(), 6)


def unpack_crops(data: bytes, side: int) -> dict[str, NDArray[np.uint8]]:
    """The crops that `pack_crops` wrote, ``side`` pixels wide; raises ``ValueError`` for anything else."""
    if len(data) > MAX_BYTES:
        raise ValueError("packed crops are too long")
    try:
        found = json.loads(zlib.decompressobj().decompress(data, MAX_UNPACKED))
        out = {}
        for name, boxes in found.items():
            flat = np.frombuffer(base64.b64decode(boxes["data"]), np.uint8)
            out[str(name)] = flat.reshape(-1, side, side) if list(boxes["shape"])[1:] == [side, side] else None
    except (zlib.error, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not packed crops: {error}") from error
    if any(boxes is None for boxes in out.values()):
        raise ValueError("not packed crops: another size")
    return {name: boxes for name, boxes in out.items() if boxes is not None}


def _field(field: FieldEvidence) -> dict[str, Any]:
    words = None if field.words is None else [[value, p] for value, p in field.words.items()]
    return {
        "digits": _array(field.digits),
        "bubbles": None if field.bubbles is None else _array(field.bubbles),
        "words": words,
        "box": [int(side) for side in field.box],
    }


def _evidence(found: dict[str, Any]) -> FieldEvidence:
    left, top, width, height = found["box"]
    return FieldEvidence(
        digits=_floats(found["digits"]),
        bubbles=None if found["bubbles"] is None else _floats(found["bubbles"]),
        words=None if found["words"] is None else {int(value): float(p) for value, p in found["words"]},
        box=(left, top, width, height),
    )


def _array(values: Floats) -> dict[str, Any]:
    exact = np.ascontiguousarray(values, dtype="<f4")
    return {"shape": list(exact.shape), "data": base64.b64encode(exact.tobytes()).decode("ascii")}


def _floats(found: dict[str, Any]) -> Floats:
    flat = np.frombuffer(base64.b64decode(found["data"]), dtype="<f4")
    return flat.reshape(found["shape"]).astype(np.float32)


def _reason(found: dict[str, Any]) -> Reason:
    return Reason(found["code"], found["text_id"], found["text_en"], tuple(found["fields"]))
