"""What an upload claims to be, against what its photograph shows. No pixels here: screens may import this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sirekap.paper import qr, templates
from sirekap.reading.messages import reason
from sirekap.reading.result import PageEvidence, Reason

Check = Callable[[bytes, bytes], bool]
"""Whether a QR's MAC belongs to its text: `paper.qr.checker` with the server's key."""

NEAR_DUPLICATE = 10
"""Fingerprints that differ in at most so many of 64 bits are of the same sheet: a copied file in 0-3, a second
photograph of the sheet mostly in fewer than 10, other sheets of the same page in more than 18 (measured)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an upload claims to be; None where it claims nothing.

    ``contest``: id (``pkwkk-3216``) or kind (``pkwkk``); ``station``: 13 digits; ``form``: a layout's name without the
    number of columns (``kwk-bupati``) or in full.
    """

    contest: str | None = None
    station: str | None = None
    page: int | None = None
    generation: int | None = None
    form: str | None = None


def compare(evidence: PageEvidence, expected: Expected) -> tuple[Reason, ...]:
    """Where a photograph is not what the upload claims: form, page, contest, station, generation, witness copy."""
    out = list(_form(evidence, expected))
    if expected.page is not None and evidence.page is not None and evidence.page != expected.page:
        out.append(reason("wrong_page", seen=evidence.page, expected=expected.page))
    qr = evidence.qr
    if qr is None or qr.check == "bad":
        return tuple(out)
    if qr.contest and expected.contest and not _same_contest(qr.contest, expected.contest):
        out.append(reason("wrong_contest", seen=qr.contest, expected=expected.contest))
    if qr.station and expected.station and qr.station != expected.station:
        out.append(reason("wrong_station", seen=qr.station, expected=expected.station))
    if qr.generation and expected.generation and qr.station and qr.generation != expected.generation:
        out.append(reason("wrong_generation", seen=qr.generation, expected=expected.generation))
    return tuple(out)


def _same_contest(seen: str, expected: str) -> bool:
    if "-" in seen and "-" in expected:
        return seen == expected
    return seen.partition("-")[0] == expected.partition("-")[0]


def _form(evidence: PageEvidence, expected: Expected) -> tuple[Reason, ...]:
    seen = evidence.template
    if expected.form is None or seen is None:
        return ()
    if seen.startswith("salinan-") and not expected.form.startswith("salinan-"):
        return (reason("witness_copy"),)
    if seen == expected.form or seen.rpartition("-")[0] == expected.form:
        return ()
    titles = [templates.get(name).title if name in templates.names() else name for name in (seen, expected.form)]
    return (reason("wrong_form", seen=titles[0], expected=titles[1]),)


def distance(first: int, second: int) -> int:
    """In how many of their 64 bits two fingerprints differ; 64 when either is 0 (no fingerprint)."""
    return (first ^ second).bit_count() if first and second else 64


def with_check(evidence: PageEvidence, check: Check) -> PageEvidence:
    """The evidence with its QR checked against the server's key, which the reader's own process never holds."""
    if evidence.qr is None:
        return evidence
    found = qr.parse(evidence.qr.text, check)
    if found is None or str(found.check) == evidence.qr.check:
        return evidence
    flags = evidence.flags
    if str(found.check) == "bad" and "qr_bad" not in {flag.code for flag in flags}:
        flags = (*flags, reason("qr_bad"))
    return replace(evidence, qr=replace(evidence.qr, check=str(found.check)), flags=flags)
