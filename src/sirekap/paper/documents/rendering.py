"""`render`: a document's data in, PDF/A-3b out, with the places of its signatures. No clock, no database, no network.

PDF/A-3b because the figures travel inside as an associated file (ISO 19005-3, 6.8). The file is not tagged: checking
earlier signatures of a long tagged PDF takes seconds.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from sirekap.election.sheet import FIGURES_FILE, SheetFigures, chunks
from sirekap.paper.documents import words
from sirekap.paper.documents.bodies import Composed, compose
from sirekap.paper.documents.model import DocumentData, Head, Rendered, SignatureBox
from sirekap.paper.documents.page import MM
from sirekap.paper.typesetting import AUTHOR, TypesettingError, clean

if TYPE_CHECKING:
    import typst

STANDARD: Final = "a-3b"
LARGE, AGE = 8, 11
"""After a document of more pages than this, typst is given so many empty ones: it keeps what ten later compilations did
not use, some 60 MB for the largest district, and would hold nearly 1 GB after a dozen of them."""
CONTENT_FILE = "isi.json"
"""The associated file of a document that is not one sheet of figures."""
_LOCK = threading.Lock()
"""The compiler keeps its last input between setting a document and asking where its boxes are."""


def render(data: DocumentData) -> Rendered:
    """The unsigned document; the same data give the same bytes.

    Raises ``ValueError`` when the body is not of the head's kind or its figures are of another region or contest, and
    `TypesettingError` when typst refuses.
    """
    composed = compose(data)
    files, printed = _files(data)
    inputs = {"data": json.dumps(_input(data.head, composed, files, printed), ensure_ascii=False)}
    pdf, found = _typeset(inputs, int(data.head.at.timestamp()))
    pages = _pages(pdf)
    if pages > LARGE:
        _age()
    return Rendered(pdf, pages, printed, _boxes(composed, found))


def content(data: DocumentData) -> bytes:
    """Canonical JSON (RFC 8785) of everything a document says; what the hash of a document without a sheet is over."""
    plain = {"kind": data.head.kind.value, "head": _plain(data.head), "body": _plain(data.body)}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def sheets_of(data: DocumentData) -> tuple[SheetFigures, ...]:
    """The sheets of figures a document shows."""
    found = getattr(data.body, "figures", None)
    return (found,) if isinstance(found, SheetFigures) else tuple(getattr(data.body, "sheets", ()))


def forget() -> None:
    """Forget template and fonts, as a fresh process would have neither."""
    _compiler.cache_clear()


def _files(data: DocumentData) -> tuple[list[dict[str, str]], str]:
    """The associated files, and the hash that is printed."""
    own = getattr(data.body, "figures", None)
    about = "Angka lembar rekapitulasi dalam JSON kanonis (RFC 8785)"
    if isinstance(own, SheetFigures):
        text = own.canonical()
        return [{"name": FIGURES_FILE, "text": text.decode(), "about": about}], hashlib.sha256(text).hexdigest()
    whole = content(data)
    files = [{"name": CONTENT_FILE, "text": whole.decode(), "about": "Isi dokumen dalam JSON kanonis (RFC 8785)"}]
    files += [
        {"name": f"figures-{sheet.contest}.json", "text": sheet.canonical().decode(), "about": about}
        for sheet in sheets_of(data)
    ]
    return files, hashlib.sha256(whole).hexdigest()


def _input(head: Head, composed: Composed, files: list[dict[str, str]], printed: str) -> dict[str, Any]:
    page = composed.page
    made_of = "angka" if files[0]["name"] == FIGURES_FILE else "isi"
    version = f" · Versi {head.version}" if head.version > 1 else ""
    return {
        "title": clean(composed.title),
        "author": AUTHOR,
        "width": page.width,
        "height": page.height,
        "side": page.side,
        "top": page.top,
        "bottom": page.bottom,
        "head": {
            "model": clean(composed.model),
            "heading": [clean(line) for line in composed.heading],
            "places": [[clean(text) for text in place] for place in words.places(head)],
            "letter": composed.letter,
            "qr": _qr(head.page_url),
            "chunks": chunks(printed),
            "hash_label": f"HASH {made_of.upper()}\n(SHA-256)",
            "simulated": words.SIMULATED if head.simulated else None,
            "version": version,
            "footer": clean(f"Dokumen {head.id} · {words.moment(head.at, head.region)}"),
            "url": clean(head.page_url),
            "scan": "Pindai kode QR untuk memeriksa dokumen ini.",
        },
        "files": files,
        "tables": composed.tables,
        "parts": [_part(part) for part in composed.parts],
    }


def _part(part: dict[str, Any]) -> dict[str, Any]:
    if "places" not in part:
        return part
    return {**part, "places": [[clean(text) for text in place] for place in part["places"]]}


def _typeset(inputs: dict[str, str], at: int) -> tuple[bytes, list[dict[str, Any]]]:
    import typst

    compiler = _compiler()
    try:
        with _LOCK:
            pdf: Any = compiler.compile(
                format="pdf", pdf_standards=STANDARD, timestamp=at, pdf_tags=False, sys_inputs=inputs
            )
            found = json.loads(compiler.query("<signature-box>", field="value"))
    except typst.TypstError as error:
        raise TypesettingError(str(error)) from error
    return bytes(pdf), found


def _age() -> None:
    import typst

    empty = typst.Compiler(ignore_system_fonts=True)
    with _LOCK:
        for _ in range(AGE):
            empty.compile(b"", format="svg")


def _boxes(composed: Composed, found: Sequence[Mapping[str, Any]]) -> tuple[SignatureBox, ...]:
    out = []
    for box in found:
        x, y = _points(box["at"]["x"]), _points(box["at"]["y"])
        bottom = composed.page.height * MM - y - box["h"]
        rect = (round(x, 2), round(bottom, 2), round(x + box["w"], 2), round(bottom + box["h"], 2))
        out.append(SignatureBox(composed.signers[box["n"]], box["at"]["page"] - 1, rect))
    return tuple(out)


def _points(length: str) -> float:
    return float(length.removesuffix("pt"))


def _pages(pdf: bytes) -> int:
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def _qr(url: str) -> str:
    """The QR as SVG without a quiet zone (the page around it is white)."""
    import segno

    out = io.BytesIO()
    segno.make_qr(url, error="m", boost_error=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode("utf-8")


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.name.lower() if not isinstance(value, str) else value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


@functools.cache
def _compiler() -> typst.Compiler:
    import typst

    package = resources.files("sirekap.paper")
    return typst.Compiler(
        str(package.joinpath("documents", "document.typ")),
        font_paths=[str(package.joinpath("fonts"))],
        ignore_system_fonts=True,
    )
