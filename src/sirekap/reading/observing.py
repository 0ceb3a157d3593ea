"""From untrusted bytes to one page's evidence: every stage before arithmetic. Run it in the worker of `sandbox`."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sirekap.paper import templates
from sirekap.paper.layout import FieldPlace
from sirekap.reading import bubbles, digits, gate, qr
from sirekap.reading.crops import cut
from sirekap.reading.decode import MOST_BYTES, Picture, decode
from sirekap.reading.finding import Sheet, find
from sirekap.reading.fingerprint import fingerprint
from sirekap.reading.messages import reason
from sirekap.reading.plane import project, scale_at, scaled
from sirekap.reading.registration import COARSEST, Registration, register
from sirekap.reading.result import FieldEvidence, PageEvidence, QrReading, Reason

FINE_ENOUGH = 4.4
"""Pixels per mm that a half-size picture must have on the page; otherwise every pixel is decoded."""


def observe(
    data: bytes,
    *,
    template: str | None = None,
    qr_check: qr.Check | None = None,
    words: bool = False,
    most_bytes: int = MOST_BYTES,
) -> PageEvidence:
    """What one photograph shows, without arithmetic. Raises nothing that ``data`` can cause.

    ``template``: the layout it must be (``KeyError`` for an unknown name). ``qr_check``: the server's check of a QR's
    HMAC. ``words``: also read amounts in words (slow; needs the extra ``words``).
    """
    started = time.process_time()
    if template is not None:
        templates.get(template)
    picture = decode(data, most_bytes=most_bytes)
    if isinstance(picture, Reason):
        return PageEvidence(None, None, None, False, (picture,), {}, cpu_ms=_since(started))
    sheet = find(picture.grey, template)
    if picture.reduced > 1 and not _fine(sheet):
        whole = decode(data, most_bytes=most_bytes, full=True)
        if isinstance(whole, Picture):
            sheet = _again(sheet, picture, whole, template)
            picture = whole
    return replace(_evidence(picture, sheet, qr_check, words), cpu_ms=_since(started))


def _since(started: float) -> float:
    return (time.process_time() - started) * 1000


def _fine(sheet: Sheet) -> bool:
    if sheet.official:
        return True
    if not sheet.proved or sheet.registration is None:
        return False
    page = sheet.registration.page
    middles = [box.centre for place in page.fields for box in place.digits]
    return bool(not middles or scale_at(sheet.registration.homography, middles).min() >= FINE_ENOUGH)


def _again(sheet: Sheet, half: Picture, whole: Picture, template: str | None) -> Sheet:
    """The sheet found in the full picture; a proved registration is only refined."""
    if sheet.proved and sheet.registration is not None:
        factor = whole.grey.shape[1] / half.grey.shape[1]
        finer = register(whole.grey, scaled(sheet.registration.homography, factor), sheet.registration.page)
        return replace(sheet, registration=finer) if finer is not None and finer.proved else find(whole.grey, template)
    found = find(whole.grey, template)
    return found if found.layout or not sheet.layout else sheet


def _evidence(picture: Picture, sheet: Sheet, check: qr.Check | None, words: bool) -> PageEvidence:
    full = max(picture.size) / max(picture.grey.shape)
    flags = [*picture.flags, *_sheet_flags(picture.grey, sheet)]
    found = sheet.registration if sheet.proved else None
    flags += gate.quality(picture.grey, picture.size, found, _guess(sheet), full)
    code = sheet.code
    if found is not None and found.page.qr is not None and code is None:
        code = qr.on_page(picture.grey, found.homography, found.page.qr)
    reading = qr.interpret(code, check, sheet.page) if code else None
    flags += _qr_flags(reading, sheet)
    fields: dict[str, FieldEvidence] = {}
    if found is not None and _fields_allowed(sheet, found):
        fields, unproved = _fields(picture.grey, found, full)
        if unproved:
            flags.append(reason("boxes_unproved", fields=unproved))
        if words:
            from sirekap.reading.words import with_words

            fields = with_words(picture.grey, found, fields)
    return PageEvidence(
        template=sheet.layout,
        page=sheet.page,
        qr=reading,
        registered=found is not None,
        flags=tuple(flags),
        fields=fields,
        size=picture.size,
        fingerprint=fingerprint(picture.grey, found) if found else 0,
        homography=tuple(float(v) for v in scaled(found.homography, full).ravel()) if found else (),
    )


def _guess(sheet: Sheet) -> gate.Page | None:
    if sheet.registration is not None:
        return gate.Page(sheet.registration.page, sheet.registration.homography)
    if sheet.guess is None or sheet.layout is None or sheet.page is None:
        return None
    return gate.Page(templates.get(sheet.layout).page(sheet.page), sheet.guess)


def _fields_allowed(sheet: Sheet, found: Registration) -> bool:
    known = sheet.layout is not None and templates.get(sheet.layout).geometry_known
    corners = np.array([[0, 0], [found.page.width, found.page.height]], np.float64)
    return known and bool(scale_at(found.homography, corners).min() >= COARSEST)


def _sheet_flags(grey: NDArray[np.uint8], sheet: Sheet) -> list[Reason]:
    out = []
    if sheet.several:
        out.append(reason("two_sheets"))
    if sheet.official:
        out.append(reason("geometry_unknown", page=sheet.page))
    elif sheet.layout is None:
        out.append(reason("unknown_form" if sheet.code or gate.ruled(grey) else "not_a_form"))
    elif not sheet.proved:
        out.append(reason("not_registered"))
    return out


def _qr_flags(reading: QrReading | None, sheet: Sheet) -> list[Reason]:
    if reading is None:
        return []
    if reading.check == "bad":
        return [reason("qr_bad")]
    ours = reading.generation is not None
    if ours and sheet.page is not None and not sheet.official and reading.page != sheet.page:
        return [reason("qr_differs")]
    return []


def _fields(
    grey: NDArray[np.uint8], found: Registration, full: float
) -> tuple[dict[str, FieldEvidence], tuple[str, ...]]:
    """Evidence of every field whose own boxes were found, and the names of the others."""
    places = [place for place in found.page.fields if found.field_proved(place.field)]
    unproved = tuple(place.field for place in found.page.fields if not found.field_proved(place.field))
    boxes = [box for place in places for box in place.digits]
    if not boxes:
        return {}, unproved
    own = np.stack([found.at(place.field, box) for place in places for box in place.digits])
    said = digits.log_probabilities(cut(grey, own, boxes))
    out = {}
    at = 0
    for place in places:
        count = len(place.digits)
        dark = None
        if place.bubbles:
            middle = place.bubbles[0][len(place.bubbles[0]) // 2]
            local = found.mapping.local((middle.x, middle.y), found.shifts.get(place.field, (0.0, 0.0)))
            dark = bubbles.darkness(grey, local, place.bubbles)
        out[place.field] = FieldEvidence(said[at : at + count], dark, None, _pixels(own[at : at + count], place, full))
        at += count
    return out, unproved


def _pixels(own: NDArray[np.float64], place: FieldPlace, full: float) -> tuple[int, int, int, int]:
    corners = []
    for matrix, box in zip(own, place.digits, strict=True):
        corners.append(
            project(matrix, [[box.x, box.y], [box.right, box.y], [box.right, box.bottom], [box.x, box.bottom]])
        )
    around = full * np.concatenate(corners)
    left, top = np.floor(around.min(axis=0))
    right, bottom = np.ceil(around.max(axis=0))
    return int(left), int(top), int(right - left), int(bottom - top)
