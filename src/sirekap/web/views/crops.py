"""The crop of one field's boxes from its photograph."""

from __future__ import annotations

import functools
import io
import uuid

from django.http import Http404, HttpRequest, HttpResponse

from sirekap.election.roles import Capability
from sirekap.evidence import EvidenceError
from sirekap.records.models import PhotoReading
from sirekap.web.access import allow
from sirekap.web.pages import error_page, store

MARGIN = 0.35
"""Share of the box's height that a crop shows around it on every side."""
TALL = 72
"""Height of a crop in pixels, at most."""
KEPT = 64
"""Photographs whose crops are kept in memory."""


@allow(Capability.READ)
def crop(request: HttpRequest, row: str, reading: uuid.UUID, field: str) -> HttpResponse:
    """One field as it stands on the photograph. Needs a reading of this row that found the field."""
    found = PhotoReading.objects.filter(pk=reading, row_id=row).select_related("photo").first()
    if found is None or field not in found.fields:
        raise Http404
    try:
        pictures = crops_of(found.pk)
    except (EvidenceError, ValueError):
        return error_page(500)
    response = HttpResponse(pictures[field], content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@functools.lru_cache(maxsize=KEPT)
def crops_of(reading: uuid.UUID) -> dict[str, bytes]:
    """Field id -> JPEG of every box one reading found; the photograph is decoded once, within the reader's limits.

    Raises ``ValueError`` when the photograph cannot be decoded, `EvidenceError` when it is missing or damaged.
    """
    from PIL import Image

    from sirekap.reading.decode import decode
    from sirekap.reading.result import Reason

    found = PhotoReading.objects.select_related("photo").get(pk=reading)
    picture = decode(store().get(found.photo.sha256))
    if isinstance(picture, Reason):
        raise ValueError(picture.code)
    page = Image.fromarray(picture.grey)
    out = {}
    for name, seen in found.fields.items():
        left, top, width, height = (side / picture.reduced for side in seen["box"])
        edge = height * MARGIN
        area = (round(left - edge), round(top - edge), round(left + width + edge), round(top + height + edge))
        area = (max(0, area[0]), max(0, area[1]), min(page.width, area[2]), min(page.height, area[3]))
        if area[2] <= area[0] or area[3] <= area[1]:
            area = (0, 0, 1, 1)
        cut = page.crop(area)
        if cut.height > TALL:
            cut = cut.resize((max(1, cut.width * TALL // cut.height), TALL), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        cut.save(buffer, "JPEG", quality=80)
        out[name] = buffer.getvalue()
    return out
