"""The digit boxes of a photograph as the reader cuts them, for training data; no evidence, no judgement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sirekap.reading.crops import cut
from sirekap.reading.decode import decode
from sirekap.reading.finding import find
from sirekap.reading.result import Reason


def digit_crops(data: bytes, template: str | None = None) -> dict[str, NDArray[np.uint8]]:
    """Field id -> crops (boxes, 40, 40) of every field whose printed boxes were found; empty when none were.

    Call it in the worker of `sandbox`. Every pixel is decoded, so a crop may be a little sharper than the one the
    reading was made from.
    """
    picture = decode(data, full=True)
    if isinstance(picture, Reason):
        return {}
    sheet = find(picture.grey, template)
    if not sheet.proved or sheet.registration is None:
        return {}
    found = sheet.registration
    out = {}
    for place in found.page.fields:
        if place.digits and found.field_proved(place.field):
            own = np.stack([found.at(place.field, box) for box in place.digits])
            out[place.field] = cut(picture.grey, own, place.digits)
    return out
