"""Canonical JSON of a ledger entry: RFC 8785, restricted.

Allowed: str, bool, None, int in (-2^53, 2^53), list or tuple, dict with str keys, by exact type.
Keys are ordered by UTF-16 code units (RFC 8785 section 3.2.3). No floats: confidences are parts per million.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Any, NoReturn

from sirekap.ledger.errors import CanonicalError

_TYPE_CODES = {float: "float", bytes: "bytes", bytearray: "bytes"}

INT_LIMIT = 2**53
"""Integers must lie strictly between -INT_LIMIT and INT_LIMIT: exact in every JSON reader."""

MAX_DEPTH = 64
"""Deepest nesting of lists and objects."""

_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def dumps(obj: object) -> bytes:
    """Canonical UTF-8 bytes of ``obj``; raises `CanonicalError` for anything outside the allowed types.

    A tuple is written as a list. Subclasses (enums, named tuples, safe strings) are refused: convert them first.
    """
    text = _write(obj) if _check(obj, 0) else _encode(obj)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _error("surrogate", "teks memuat separuh pasangan surrogate", "a text holds a lone surrogate") from error


def loads(data: bytes) -> Any:
    """The value in canonical ``data``; raises `CanonicalError` unless re-encoding gives exactly ``data``."""
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_float=_refuse_number, parse_constant=_refuse_number)
    except CanonicalError:
        raise
    except (ValueError, RecursionError) as error:
        raise _error("syntax", "data bukan JSON UTF-8 yang sah", "the data is not valid UTF-8 JSON") from error
    if dumps(value) != data:
        json.loads(text, object_pairs_hook=_refuse_duplicates)
        raise _error(
            "not_canonical",
            "JSON ini sah tetapi tidak dalam bentuk kanonis",
            "this JSON is valid but not in canonical form",
        )
    return value


def _check(obj: object, depth: int) -> bool:
    """Validate ``obj``; True when a key lies beyond the BMP, so that code-point order would be wrong."""
    kind = type(obj)
    if kind is str or obj is None or kind is bool:
        return False
    if kind is int:
        if not -INT_LIMIT < obj < INT_LIMIT:  # type: ignore[operator]
            raise _error("range", "bilangan bulat melampaui 2^53", "an integer is outside the range of 2^53")
        return False
    if depth >= MAX_DEPTH:
        raise _error("depth", "data terlalu dalam atau melingkar", "the value is nested too deeply or refers to itself")
    if kind is dict:
        keys, values = _check_keys(obj), obj.values()  # type: ignore[attr-defined, arg-type]
    elif kind is list or kind is tuple:
        keys, values = False, obj
    else:
        raise _error(
            _TYPE_CODES.get(kind, "type"),
            f"jenis nilai {kind.__name__} tidak boleh masuk buku besar",
            f"a value of type {kind.__name__} may not enter the ledger",
        )
    return _check_values(values, depth + 1) or keys


def _check_keys(obj: dict[object, object]) -> bool:
    astral = False
    for key in obj:
        if type(key) is not str:
            raise _error("key", "kunci objek bukan teks", "an object key is not a string")
        if not key.isascii() and max(key) > "\uffff":
            astral = True
    return astral


def _check_values(values: Iterable[object], depth: int) -> bool:
    astral = False
    for value in values:
        if type(value) is not str and _check(value, depth):
            astral = True
    return astral


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _write(obj: Any) -> str:
    """The plain reference writer for a checked value; slow, exact for every key."""
    if obj is None:
        return "null"
    if isinstance(obj, bool):
        return "true" if obj else "false"
    if isinstance(obj, int):
        return str(obj)
    if isinstance(obj, str):
        return encode_basestring(obj)
    if isinstance(obj, dict):
        keys = sorted(obj, key=_utf16)
        return "{" + ",".join(f"{encode_basestring(key)}:{_write(obj[key])}" for key in keys) + "}"
    return "[" + ",".join(map(_write, obj)) + "]"


def _refuse_number(text: str) -> NoReturn:
    raise _error("float", f"bilangan {text} bukan bilangan bulat", f"the number {text} is not an integer")


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _error("duplicate", "satu objek memuat kunci yang sama dua kali", "an object holds the same key twice")
    return value


def _error(code: str, text_id: str, text_en: str) -> CanonicalError:
    return CanonicalError(
        code,
        f"Entri tidak dapat ditulis secara kanonis: {text_id}. Tidak ada yang dicatat; perbaiki datanya.",
        f"The entry has no canonical form: {text_en}. Nothing was recorded; correct the data.",
    )
