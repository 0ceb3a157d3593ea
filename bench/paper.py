"""Printing C.Hasil: pages a second into PDF/A files, header, QR and HMAC of every station included.

The contests are those of the demo in shape: four pairs and three, three pages each. The clock runs from the first
order to the last file closed on disk, with the static part of the forms drawn inside it.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sirekap.keys import Key, Purpose
from sirekap.paper import printing
from sirekap.paper.batch import Order, Printed, print_one, print_to
from sirekap.paper.frame import Heading
from sirekap.paper.identity import Form
from sirekap.paper.printing import Station

STATIONS, QUICK_STATIONS = 603, 48
"""Stations of the largest district of the 2024 Pilkada in Kabupaten Bekasi; two villages' worth."""


def run(quick: bool = False) -> dict[str, Any]:
    """Measure; ``quick`` prints 48 stations instead of 603, each in two contests.

    ``pages_s``: one file a station and contest, the default number of processes. ``pages_s_core``: the same in one
    process (fewer stations). ``pages_s_one_file``: one file a contest, one process.
    """
    stations = QUICK_STATIONS if quick else STATIONS
    orders = _orders(stations)
    few = _orders(min(stations, 100))
    key = Key(Purpose.QR, "bench/qr", True, bytes(range(32)))
    with tempfile.TemporaryDirectory(prefix="sirekap-bench-") as name:
        folder = Path(name)
        all_cores, many = _timed(lambda: list(print_to(folder / "all", orders, key=key)))
        one_core, alone = _timed(lambda: list(print_to(folder / "one", few, key=key, workers=0)))
        together, bound = _timed(lambda: [print_one(folder / f"{order.name}.pdf", order, key=key) for order in few])
    return {
        "bench": "paper",
        "figures": {
            "pages_s": round(_pages(many) / all_cores, 1),
            "pages_s_core": round(_pages(alone) / one_core, 1),
            "pages_s_one_file": round(_pages(bound) / together, 1),
            "bytes_page": round(sum(file.bytes for file in many) / _pages(many)),
            "bytes_page_one_file": round(sum(file.bytes for file in bound) / _pages(bound)),
            "pages": _pages(many),
            "seconds": round(all_cores, 2),
        },
        "conditions": {
            "machine": platform.machine(),
            "cpus": os.cpu_count(),
            "load_1m": round(os.getloadavg()[0], 2),
            "python": platform.python_version(),
            "quick": quick,
            "stations": stations,
            "contests": 2,
            "pages_a_form": 3,
            "paper": "A4, PDF/A-2b, QR with HMAC",
        },
    }


def _orders(stations: int) -> list[Order]:
    above = ("Tambun Selatan", "Kabupaten Bekasi", "Jawa Barat")
    places = tuple(
        Station(f"321606{2001 + n // 60}{n % 60 + 1:03d}", f"Desa {n // 60 + 1}", *above) for n in range(stations)
    )
    names = tuple(f"Calon Nomor {n} dan Wakil Calon Nomor {n}" for n in range(1, 5))
    return [
        Order(Heading(form, columns, title, "2024", names[:columns]), places, form.slug)
        for form, columns, title in (
            (Form.CHASIL_GOVERNOR, 4, "Pemilihan Gubernur dan Wakil Gubernur Jawa Barat"),
            (Form.CHASIL_REGENT, 3, "Pemilihan Bupati dan Wakil Bupati Bekasi"),
        )
    ]


def _timed(work: Callable[[], list[Printed]]) -> tuple[float, list[Printed]]:
    printing.forget_forms()
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def _pages(files: list[Printed]) -> int:
    return sum(file.pages for file in files)
