"""The Atom feed (RFC 4287) of cuts, determinations, documents. Ids never change; links are relative to its place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET  # nosec B405: written, never parsed

from sirekap.publication import formats
from sirekap.publication.model import Cut

NAMESPACE = "http://www.w3.org/2005/Atom"
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.rfc-editor.org/rfc/rfc4287#sirekap")
CUTS_SHOWN = 50
AUTHOR = "KPU"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A determination or a complete document: title, when, what it says, the page, ledger index, and which it is."""

    title: str
    at: datetime
    summary: str
    page: str
    ledger_index: int
    term: str = "determination"


def feed(title: str, identity: str, cuts: Sequence[Cut], announced: Iterable[Announcement], label: str) -> bytes:
    """The feed, newest first: the last ``CUTS_SHOWN`` cuts, every determination, documents that became complete.

    ``identity`` distinguishes this election's feed from every other; ``label`` is the standing, said with every cut.
    Raises ``ValueError`` without a cut.
    """
    if not cuts:
        raise ValueError("a feed begins with the first cut")
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}feed", {"xml:lang": "id"})
    _add(root, "id", _urn(identity, "feed"))
    _add(root, "title", title)
    _add(root, "updated", formats.iso(cuts[-1].at))
    _add(_add(root, "author"), "name", AUTHOR)
    _add(root, "link", rel="self", href="atom.xml", type="application/atom+xml")
    _add(root, "link", rel="alternate", href="../index.html", type="text/html")
    entries = [(a.at, 1, _announcement(identity, a)) for a in announced]
    entries += [(cut.at, 0, _cut(identity, cut, label)) for cut in cuts[-CUTS_SHOWN:]]
    root.extend(entry for _, _, entry in sorted(entries, key=lambda e: e[:2], reverse=True))
    ET.indent(root, space="")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _cut(identity: str, cut: Cut, label: str) -> ET.Element:
    entry = _entry(_urn(identity, f"cut {cut.number} {cut.ledger_root}"), f"Potongan data {cut.number}", cut.at)
    text = f"{label}. Buku besar: {cut.ledger_size} entri, akar {cut.ledger_root}."
    _add(entry, "summary", text)
    _add(entry, "link", rel="alternate", href="../index.html", type="text/html")
    _add(entry, "category", term="cut")
    return entry


def _announcement(identity: str, found: Announcement) -> ET.Element:
    entry = _entry(_urn(identity, f"entry {found.ledger_index}"), found.title, found.at)
    _add(entry, "summary", found.summary)
    _add(entry, "link", rel="alternate", href=f"../{found.page}", type="text/html")
    _add(entry, "category", term=found.term)
    return entry


def _entry(identity: str, title: str, at: datetime) -> ET.Element:
    entry = ET.Element(f"{{{NAMESPACE}}}entry")
    _add(entry, "id", identity)
    _add(entry, "title", title)
    _add(entry, "updated", formats.iso(at))
    return entry


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    child.text = text
    return child


def _urn(identity: str, what: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_IDS, f'{identity} {what}')}"
