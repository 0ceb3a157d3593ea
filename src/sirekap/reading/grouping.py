"""Which photographs are pages of one form, so that they are judged together."""

from __future__ import annotations

from collections.abc import Sequence

from sirekap.reading.result import PageEvidence


def forms(pages: Sequence[PageEvidence]) -> list[list[int]]:
    """Indices of ``pages``, one list a form, in the order of their first page.

    Sheets are of one form when their QR names the same contest, station and generation. Without that, sheets of one
    design are taken for one form as long as no page number comes twice; otherwise each stands alone.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, page in enumerate(pages):
        groups.setdefault(_key(number, page), []).append(number)
    out: list[list[int]] = []
    for key, members in groups.items():
        numbers = [pages[n].page for n in members]
        if key[0] == "design" and len(set(numbers)) < len(numbers):
            out += [[n] for n in members]
        else:
            out.append(members)
    return sorted(out)


def _key(number: int, page: PageEvidence) -> tuple[object, ...]:
    qr = page.qr
    if qr is not None and qr.station and qr.check != "bad":
        return ("qr", qr.contest, qr.station, qr.generation, page.template)
    if page.template is None or page.page is None:
        return ("alone", number)
    return ("design", page.template)
