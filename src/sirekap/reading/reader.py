"""The reader's front door: a photograph, or the pages of one form, to a `Reading`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sirekap.election.chasil import BY_ID, MAX_COLUMNS
from sirekap.reading import thresholds as shipped
from sirekap.reading.messages import ADVISORY, REFUSING
from sirekap.reading.result import FieldEvidence, PageEvidence, QrReading, Reading, Reason, Verdict
from sirekap.reading.thresholds import Thresholds
from sirekap.reading.verdict import judge_fields
from sirekap.reading.verdict_texts import reason
from sirekap.reading.version import READER


def observe(
    data: bytes,
    *,
    template: str | None = None,
    qr_check: Callable[[bytes, bytes], bool] | None = None,
    words: bool = False,
) -> PageEvidence:
    """What one photograph shows, looked at in this process. Untrusted bytes belong in `sandbox.observe_safely`."""
    from sirekap.reading.observing import observe as look

    return look(data, template=template, qr_check=qr_check, words=words)


def read(
    data: bytes,
    *,
    template: str | None = None,
    columns: int | None = None,
    caps: Mapping[str, int] | None = None,
    qr_check: Callable[[bytes, bytes], bool] | None = None,
) -> Reading:
    """One photograph read: `observe`, then `judge`."""
    return judge([observe(data, template=template, qr_check=qr_check)], columns=columns, caps=caps)


def judge(
    evidence: Sequence[PageEvidence],
    *,
    columns: int | None = None,
    caps: Mapping[str, int] | None = None,
    thresholds: Thresholds | None = None,
) -> Reading:
    """What the pages of one form say together: pure arithmetic, no pixels.

    ``evidence``: one or several pages, in any order; of two photographs of a page the better one counts. ``columns``:
    vote columns of the contest, by default those of the template. ``caps``: field id -> largest figure that the
    station's register allows. Raises ``ValueError`` without evidence.
    """
    if not evidence:
        raise ValueError("no page to judge")
    started = time.process_time()
    t = thresholds or shipped.load()
    pages = _chosen(evidence)
    template = next((page.template for page in pages if page.template), None)
    usable = [page for page in pages if page.registered and page.template == template]
    fields: dict[str, FieldEvidence] = {}
    for page in usable:
        fields |= {name: found for name, found in page.fields.items() if name in BY_ID}
    own = columns or _columns(template, fields)
    fields = {name: found for name, found in fields.items() if name in _known(own)}
    judged = judge_fields(fields, own, t, caps=caps, missing=_missing(usable, fields))
    flags = _flags(pages)
    reasons = (*flags, *_of_the_form(pages), *judged.reasons)
    pages_hold_back = any(r.code not in ADVISORY for r in (*flags, *_of_the_form(pages)))
    if any(flag.code in REFUSING for flag in flags):
        verdict = Verdict.REFUSED
    else:
        verdict = Verdict.REVIEW if pages_hold_back or judged.reasons else Verdict.ACCEPT
    held_back = Verdict.REFUSED if verdict is Verdict.REFUSED else Verdict.REVIEW
    only = pages[0] if len(pages) == 1 else None
    return Reading(
        template=template,
        page=only.page if only else None,
        qr=_qr(pages),
        verdict=verdict,
        reasons=reasons,
        fields=judged.fields,
        reader=READER,
        model=t.model_sha256,
        size=pages[0].size,
        cpu_ms=sum(page.cpu_ms for page in pages) + (time.process_time() - started) * 1000,
        findings=judged.findings,
        parts={
            name: Verdict.ACCEPT if stands and not pages_hold_back else held_back
            for name, stands in judged.parts.items()
        },
    )


def _chosen(evidence: Sequence[PageEvidence]) -> list[PageEvidence]:
    """One photograph for every page, the best; those of which the page is unknown all stay."""
    best: dict[tuple[str | None, int], PageEvidence] = {}
    loose = []
    for page in evidence:
        if page.page is None:
            loose.append(page)
            continue
        key = (page.template, page.page)
        if key not in best or _quality(page) >= _quality(best[key]):
            best[key] = page
    return [*(best[key] for key in sorted(best, key=lambda k: (k[1], k[0] or ""))), *loose]


def _quality(page: PageEvidence) -> tuple[bool, int, int]:
    return page.registered, len(page.fields), -len(page.flags)


def _columns(template: str | None, fields: Mapping[str, FieldEvidence]) -> int:
    if template is not None:
        from sirekap.paper import templates

        if template in templates.names():
            return templates.get(template).columns
    votes = [int(name.removeprefix("votes_")) for name in fields if name.startswith("votes_")]
    return min(max(votes, default=1), MAX_COLUMNS)


def _known(columns: int) -> frozenset[str]:
    from sirekap.election.chasil import field_ids

    return frozenset(field_ids(columns, optional=True))


def _missing(pages: Sequence[PageEvidence], fields: Mapping[str, FieldEvidence]) -> tuple[str, ...]:
    """Fields that the pages' template has there but that were not read."""
    from sirekap.paper import templates

    out: list[str] = []
    for page in pages:
        if page.template in templates.names() and page.template is not None and page.page is not None:
            layout = templates.get(page.template)
            if page.page in {p.page for p in layout.pages}:
                out += [place.field for place in layout.page(page.page).fields if place.field not in fields]
    return tuple(name for name in out if name in BY_ID)


def _flags(pages: Sequence[PageEvidence]) -> tuple[Reason, ...]:
    merged: dict[tuple[str, str], Reason] = {}
    for page in pages:
        for flag in page.flags:
            key = (flag.code, flag.text_id)
            known = merged.get(key)
            merged[key] = replace(flag, fields=(*known.fields, *flag.fields)) if known else flag
    return tuple(merged.values())


def _of_the_form(pages: Sequence[PageEvidence]) -> tuple[Reason, ...]:
    """What holds back a form because of its pages: not registered, or not of one form."""
    out = []
    unseen = [page for page in pages if not page.registered]
    if any(all(flag.code in ADVISORY for flag in page.flags) for page in unseen):
        out.append(reason("nothing_read"))
    known = {page.template for page in pages if page.template}
    stations = {(q.contest, q.station, q.generation) for page in pages if (q := page.qr) and q.station}
    if len(known) > 1 or len(stations) > 1:
        out.append(reason("mixed_forms"))
    return tuple(out)


def _qr(pages: Sequence[PageEvidence]) -> QrReading | None:
    found = [page.qr for page in pages if page.qr is not None]
    return min(found, key=lambda qr: ("bad", "valid", "unverified").index(qr.check), default=None)
