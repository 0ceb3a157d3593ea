"""A document file in, a verdict out. Pure and unprotected: for untrusted files use `sandbox.verify`.

The file is never repaired: a signature's revision is written again from what it says and must be the same bytes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sirekap.election.conduct import Capacity
from sirekap.paper.documents.model import DocumentKind
from sirekap.paper.signing import revision
from sirekap.paper.signing.errors import SigningError
from sirekap.paper.signing.fields import NAMES, title
from sirekap.paper.signing.needed import MEMBERS, still_needed
from sirekap.paper.verifying import container, printed
from sirekap.paper.verifying.messages import Reason, reason
from sirekap.paper.verifying.objects import Held, check_objects
from sirekap.paper.verifying.structure import Misbuilt, check_base
from sirekap.paper.verifying.trust import Trust, office_of
from sirekap.paper.verifying.verdict import INVALID, UNSIGNED, VALID, Signature, Verdict

MOST_BYTES = 64 << 20
_TOUCHED = ("changed_after_signing", "signature_broken", "signature_malformed")


def examine(data: bytes, trust: Trust, *, known: frozenset[str] = frozenset()) -> Verdict:
    """Whether the file is a document that its chair and members have signed and nobody has changed since.

    ``known``: SHA-256 of certificates that the ledger names for this document; a certificate that states no office
    counts only when it is among them.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    if len(data) > MOST_BYTES:
        return _invalid(sha256, reason("too_large", size=len(data)))
    if not data.startswith(b"%PDF-"):
        return _invalid(sha256, reason("not_pdf"))
    try:
        chain = revision.revisions(data)
        base = data[: chain[0].length]
        check_base(base)
        held = check_objects(base)
    except SigningError:
        return _foreign(data, sha256, "trailer")
    except Misbuilt as error:
        return _foreign(data, sha256, str(error))
    signed, broken = _signatures(data, chain)
    return _judged(data, base, held, signed, broken, trust, known)


def _invalid(sha256: str, *why: Reason) -> Verdict:
    return Verdict(INVALID, why, sha256)


def _foreign(data: bytes, sha256: str, what: str) -> Verdict:
    """A PDF in another form: with anything like a signature it is invalid, else unsigned (and not ours)."""
    import pikepdf

    found = b"/ByteRange" in data
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
            encrypted = pdf.is_encrypted
            found = found or any(_is_signature(one) for one in pdf.objects)
    except pikepdf.PasswordError:
        return _invalid(sha256, reason("encrypted"))
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        return _invalid(sha256, reason("unreadable"), *([reason("foreign_signature")] if found else []))
    if encrypted:
        return _invalid(sha256, reason("encrypted"))
    if found:
        return _invalid(sha256, reason("foreign_signature"), reason("not_ours", what=what))
    return Verdict(UNSIGNED, (reason("unsigned"), reason("not_ours", what=what)), sha256)


def _is_signature(found: Any) -> bool:
    import pikepdf

    if not isinstance(found, pikepdf.Dictionary):
        return False
    return "/ByteRange" in found or str(found.get("/Type", "")) in ("/Sig", "/DocTimeStamp")


def _signatures(data: bytes, chain: Sequence[revision.Tail]) -> tuple[list[tuple[str, Any, Any, Any]], list[Reason]]:
    """(field, container, pieces covered, time) of each signature; and why a revision is none of ours."""
    if len(chain) == 1:
        return [], []
    try:
        places = {place.widget: place for place in revision.places(data[: chain[0].length]).values()}
    except SigningError:
        return [], [reason("changed_after_signing")]
    out: list[tuple[str, Any, Any, Any]] = []
    for before, after in pairwise(chain):
        try:
            widget, values = revision.read(data[before.length : after.length])
            place = places[widget]
            found = container.parse(bytes.fromhex(values.contents.decode("ascii")))
        except (SigningError, KeyError, ValueError):
            return out, [reason("changed_after_signing")]
        except container.Malformed as error:
            return out, [reason("signature_malformed", who=title(places[widget].name), what=error)]
        sealed = found.der.hex().encode("ascii").ljust(len(values.contents), b"0")
        certificate = hashlib.sha256(found.certificate.dump()).hexdigest()
        again = revision.written(before, place, replace(values, contents=sealed), found.name, certificate)
        if again.data != data[before.length : after.length] or place.name in [name for name, *_ in out]:
            return out, [reason("changed_after_signing")]
        start, end = again.gap
        out.append((place.name, found, (data[:start], data[end : after.length]), values.at))
    return out, []


def _judged(
    data: bytes,
    base: bytes,
    held: Held,
    signed: Sequence[tuple[str, Any, Any, Any]],
    broken: list[Reason],
    trust: Trust,
    known: frozenset[str],
) -> Verdict:
    reasons = list(broken)
    for _, found, covered, at in signed if not broken else ():
        reasons += container.problems(found, covered, at, trust)
    contents, pages, wrong = _contents(base, held, read=not any(one.code in _TOUCHED for one in reasons))
    reasons += wrong
    shown = tuple(_shown(name, found, at) for name, found, _, at in signed)
    verdict = Verdict(
        VALID,
        sha256=hashlib.sha256(data).hexdigest(),
        base_sha256=hashlib.sha256(base).hexdigest(),
        document=pages.document if pages else "",
        title=held.title,
        region=contents.region,
        printed=contents.printed,
        pages=held.pages,
        signatures=shown,
        unsigned_boxes=tuple(name for name in held.boxes if name not in [one.field for one in shown]),
    )
    if not signed and not broken:
        return replace(verdict, verdict=INVALID if reasons else UNSIGNED, reasons=(reason("unsigned"), *reasons))
    if contents.region:
        reasons += _offices(signed, contents.region, known)
    if not broken:
        reasons += _missing(verdict, contents.kind)
    return replace(verdict, verdict=INVALID if reasons else VALID, reasons=tuple(dict.fromkeys(reasons)))


def _contents(base: bytes, held: Held, *, read: bool) -> tuple[printed.Stored, printed.Printed | None, list[Reason]]:
    """The stored figures, and the pages against them; a file already known to be changed is not ``read`` further."""
    found = printed.stored(held.files)
    if isinstance(found, Reason):
        return printed.Stored(None, "", "", ""), None, [found]
    return (found, *_pages(base, found, held)) if read else (found, None, [])


def _pages(base: bytes, contents: printed.Stored, held: Held) -> tuple[printed.Printed | None, list[Reason]]:
    try:
        texts = list(printed.page_texts(base))
    except ValueError as error:
        return None, [reason("page_unreadable", page=error)]
    if len(texts) != held.pages:
        return None, [reason("page_unreadable", page=held.pages)]
    found = printed.compare(texts, contents, held.title)
    return found, list(found.problems)


def _shown(name: str, found: container.Container, at: Any) -> Signature:
    certificate = hashlib.sha256(found.certificate.dump()).hexdigest()
    return Signature(name, found.name, at.isoformat(), certificate, found.stamp is not None)


def _offices(signed: Sequence[tuple[str, Any, Any, Any]], region: str, known: frozenset[str]) -> list[Reason]:
    """Each box by the office it belongs to, each by somebody else."""
    out: list[Reason] = []
    seen: dict[bytes, str] = {}
    for name, found, _, _ in signed:
        key = found.certificate.public_key.dump()
        if key in seen:
            out.append(reason("same_signer", box=f"{title(seen[key])}, {title(name)}"))
        seen[key] = name
        office = office_of(found.certificate)
        if office is None:
            certificate = hashlib.sha256(found.certificate.dump()).hexdigest()
            if certificate not in known:
                out.append(reason("role_unknown", who=found.name))
            continue
        kind, _, number = name.partition("-")
        own = kind in (NAMES[Capacity.CHAIR], NAMES[Capacity.MEMBER])
        fits = (office.region == region) if own else region.startswith(office.region)
        right = NAMES.get(Capacity(office.role)) == kind if office.role in list(Capacity) else False
        pair = office.pair is None or kind != NAMES[Capacity.WITNESS] or str(office.pair) == number
        if not (fits and right and pair):
            out.append(reason("wrong_role", box=title(name), role=office))
    return out


def _missing(verdict: Verdict, kind: str) -> list[Reason]:
    if "D.HASIL" in verdict.title:
        kind = DocumentKind.DHASIL_KECAMATAN
    signed = [one.field for one in verdict.signatures]
    chosen = DocumentKind(kind) if kind in list(DocumentKind) else DocumentKind.SK_HASIL
    no_chair, members = still_needed(chosen, signed)
    out = [reason("no_chair")] if no_chair else []
    return out + ([reason("few_members", count=members, needed=MEMBERS[chosen])] if members else [])


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the ledger says of a document. ``files``: SHA-256 unsigned and after each signature.

    ``replaced``: number of the sheet's newer version, if there is one.
    """

    files: frozenset[str]
    figures_sha256: str
    certificates: frozenset[str] = frozenset()
    replaced: int | None = None


def with_record(verdict: Verdict, recorded: Recorded | None) -> Verdict:
    """The verdict where the ledger is at hand: the file must be one it names, over the figures it names."""
    out: list[Reason] = []
    if recorded is None or verdict.sha256 not in recorded.files:
        out.append(reason("not_recorded"))
    if recorded is not None and verdict.printed and recorded.figures_sha256 != verdict.printed:
        out.append(reason("recorded_otherwise"))
    newer = recorded.replaced if recorded is not None else None
    notes = (reason("outdated", version=newer),) if newer is not None else ()
    if not out:
        return replace(verdict, notes=notes)
    return replace(verdict, verdict=INVALID, reasons=(*verdict.reasons, *out), notes=notes)
