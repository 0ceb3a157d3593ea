"""Documents of the largest district: D.Hasil Kecamatan of 603 stations in ten villages, annex and all, set and signed.

The comparison sets the same annex the obvious way, one typst table cell a figure, without header, hash or QR.
"""

from __future__ import annotations

import io
import json
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from sirekap.election import chasil
from sirekap.election.conduct import Capacity
from sirekap.election.contests import Contest, ContestKind, Pair
from sirekap.election.sheet import SheetFigures
from sirekap.election.standing import Tier
from sirekap.paper.documents import rendering
from sirekap.paper.documents.model import DocumentData, DocumentKind, Head, Recapitulation, Rendered, Signer

STATIONS = (76, 71, 68, 65, 62, 60, 57, 53, 49, 42)
"""603 in ten villages: the size of the largest district of the 2024 Pilkada in Kabupaten Bekasi."""
QUICK_STATIONS = (20, 11)
DISTRICT, COLUMNS_A_PAGE = "321606", 19
_AT = datetime(2024, 11, 30, 14, 5, tzinfo=UTC)


def run(quick: bool = False) -> dict[str, Any]:
    """Measure; ``quick`` sets 31 stations.

    ``cpu_s``: processor seconds of the first rendering in this process, fonts loaded within it; ``cpu_s_again``: of
    another sheet of the same size after it. ``seal_s``: its fields prepared and the chair's signature;
    ``signature_s``: each of seven later ones; ``examined_s``: all eight checked, every figure read from the pages.
    """
    data = _data(QUICK_STATIONS if quick else STATIONS, 1)
    other = _data(QUICK_STATIONS if quick else STATIONS, 2)
    rendering.forget()
    wall, cpu, done = _timed(lambda: rendering.render(data))
    _, again, _ = _timed(lambda: rendering.render(other))
    _, cells, plain_pages = _timed(lambda: _cell_by_cell(data))
    seals = _seals(data, done)
    return {
        "bench": "documents",
        "figures": {
            "pages": done.pages,
            "seconds": round(wall, 2),
            "cpu_s": round(cpu, 2),
            "cpu_s_again": round(again, 2),
            "cpu_ms_page": round(1000 * again / done.pages, 1),
            "bytes": len(done.pdf),
            "bytes_page": round(len(done.pdf) / done.pages),
            "seal_s": round(seals["first"], 3),
            "signature_s": round(seals["later"], 3),
            "render_and_seal_s": round(wall + seals["first"], 2),
            "examined_s": round(seals["examined"], 2),
            "bytes_signed": round(seals["bytes"]),
            "cpu_s_cell_by_cell": round(cells, 2),
            "pages_cell_by_cell": plain_pages,
        },
        "conditions": {
            "machine": platform.machine(),
            "cpus": os.cpu_count(),
            "load_1m": round(os.getloadavg()[0], 2),
            "python": platform.python_version(),
            "quick": quick,
            "stations": sum(QUICK_STATIONS if quick else STATIONS),
            "rows": len(_sheet(data).fields),
            "paper": "A4, PDF/A-3b, figures embedded",
            "signatures": "PAdES baseline, P-256 keys in files, no time stamp",
        },
    }


def _timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    began, used = time.perf_counter(), time.process_time()
    done = work()
    return time.perf_counter() - began, time.process_time() - used, done


def _seals(data: DocumentData, done: Rendered) -> dict[str, float]:
    """Wall seconds of the first signature, of later ones, and of checking them all; bytes at the end."""
    from sirekap.paper.signing import authority, fields_for, holders, prepare, sign
    from sirekap.paper.verifying import examine, parse_trust

    assert isinstance(data.body, Recapitulation)
    issuer = authority.make(_AT)
    certificate = issuer.certificate.public_bytes(Encoding.PEM)
    fields = fields_for(done.signature_boxes, data.body.signers)
    sealers = []
    with tempfile.TemporaryDirectory(prefix="sirekap-bench-") as name:
        folder = Path(name)
        for field, signer in zip(fields, data.body.signers, strict=True):
            holder = authority.Holder(f"Nama {field.name}", signer.capacity.value, DISTRICT, signer.pair)
            authority.save(authority.issue(issuer, holder, _AT), folder / "one.pem", folder / "one.key")
            settings = {"method": "pem", "key": "one.key", "certificate": "one.pem"}
            sealers.append(holders.from_settings(settings, folder))
            (folder / "one.key").unlink()
            (folder / "one.pem").unlink()
    first, _, pdf = _timed(lambda: sign(prepare(done.pdf, fields), fields[0].name, sealers[0], _AT))
    began = time.perf_counter()
    for field, sealer in zip(fields[1:], sealers[1:], strict=True):
        pdf = sign(pdf, field.name, sealer, _AT)
    later = (time.perf_counter() - began) / (len(fields) - 1)
    examined, _, verdict = _timed(lambda: examine(pdf, parse_trust(certificate, allow_test=True)))
    if verdict.verdict != "valid":
        raise RuntimeError(f"not valid: {verdict.reasons}")
    return {"first": first, "later": later, "examined": examined, "bytes": len(pdf)}


def _data(stations: tuple[int, ...], seed: int) -> DocumentData:
    dice = random.Random(seed)
    pairs = tuple(Pair(n, f"Calon Nomor {n} dan Wakil Calon Nomor {n}") for n in range(1, 4))
    contest = Contest(ContestKind.REGENT, "3216", pairs, "Pemilihan Bupati dan Wakil Bupati Bekasi")
    fields = chasil.field_ids(contest.columns)
    columns = tuple(
        (f"{DISTRICT}{village}{number:03d}", tuple(dice.randint(0, 600) for _ in fields))
        for village, count in enumerate(stations, 2001)
        for number in range(1, count + 1)
    )
    sheet = SheetFigures(contest.id, Tier.DISTRICT, DISTRICT, fields, columns)
    names = {"32": "Jawa Barat", "3216": "Kabupaten Bekasi", DISTRICT: "Tambun Selatan"}
    names |= {f"{DISTRICT}{village}": f"Desa {village}" for village, _ in enumerate(stations, 2001)}
    signers = tuple(
        Signer(capacity, pair=pair)
        for capacity, pair in (
            (Capacity.CHAIR, None),
            *[(Capacity.MEMBER, None)] * 4,
            *[(Capacity.WITNESS, n) for n in range(1, 4)],
        )
    )
    document = "01936f1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f"
    url = f"https://bench.example/dokumen/{document}.html"
    head = Head(DocumentKind.DHASIL_KECAMATAN, document, DISTRICT, names, "2024", _AT, url, simulated=True)
    return DocumentData(head, Recapitulation(contest, sheet, signers, _AT, _AT))


def _sheet(data: DocumentData) -> SheetFigures:
    assert isinstance(data.body, Recapitulation)
    return data.body.figures


def _cell_by_cell(data: DocumentData) -> int:
    """The annex as ordinary tables; how many pages."""
    import pikepdf
    import typst

    sheet = _sheet(data)
    pages = [
        [
            [str(values[row]) for _, values in sheet.columns[start : start + COLUMNS_A_PAGE]]
            for row in range(len(sheet.fields))
        ]
        for start in range(0, len(sheet.columns), COLUMNS_A_PAGE)
    ]
    source = """
#let pages = json(bytes(sys.inputs.data))
#set page(width: 297mm, height: 210mm, margin: 10mm)
#set text(font: "Noto Sans", size: 7pt)
#for page in pages {
  table(columns: page.first().len(), rows: 4mm, inset: 1pt, align: right, ..page.flatten())
  pagebreak(weak: true)
}
"""
    fonts = str(resources.files("sirekap.paper").joinpath("fonts"))
    compiler = typst.Compiler(source.encode(), font_paths=[fonts], ignore_system_fonts=True)
    pdf: Any = compiler.compile(
        format="pdf", pdf_standards="a-3b", timestamp=0, pdf_tags=False, sys_inputs={"data": json.dumps(pages)}
    )
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)
