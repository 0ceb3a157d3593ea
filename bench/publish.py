"""Cuts of a synthetic nation: the first, and after 1,000 changed stations, against plain writing of the same bytes.

The database is a real SQLite file (`bench.nation`); filling it is not measured. The national run needs some 30 GB of
disk and hours: ``SIREKAP_BENCH_STATIONS`` chooses another size, ``--quick`` some thousand stations.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import nation, serving
from bench.publish_work import plain_read, plain_write

QUICK, CHANGED, QUICK_CHANGED = 2_500, 1_000, 100
READS = 3_000
ROOT = Path(__file__).parents[1]


def run(quick: bool = False) -> dict[str, Any]:
    """Measure; ``cut_1000_*`` is the cut after changes scattered over the whole nation by the process that made the
    first one, ``cut_1000_together_*`` after changes of neighbours, ``cut_1000_cold_*`` by a new process;
    ``cut_1000_bytes_compressed``: each of its files as gzip sends it.

    ``ratio_first_write`` and ``ratio_1000_write``: our seconds over those of plainly writing the same bytes to as many
    files, lower is better. ``ratio_reads``: reads per second through a stock static server over bare reads, higher is
    better. ``projected_*`` are multiplied out from this run's rate, not measured. ``quick`` changes 100 stations of
    2,500.
    """
    stations = QUICK if quick else int(os.environ.get("SIREKAP_BENCH_STATIONS", nation.STATIONS))
    changed = QUICK_CHANGED if quick else CHANGED
    processes = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="sirekap-bench-", dir=os.environ.get("SIREKAP_BENCH_DIR")) as name:
        folder = Path(name)
        filled = work(folder, "fill", stations, changed)
        made = work(folder, "cut", processes) | work(folder, "cold")
        site = folder / "site"
        pages = sorted(p.relative_to(site).as_posix() for p in site.rglob("*.html"))
        written = [path for path in json.loads((folder / "scattered.json").read_text()) if (site / path).is_file()]
        floor = plain_write(site, written, folder / "plain")
        sample = pages[:: max(1, len(pages) // READS)]
        first = plain_write(site, sample, folder / "plain")
        bare = plain_read(site, sample)
        served = serving.measure(site, sample)
        figures = _figures(made, stations)
        figures["cut_1000_bytes_compressed"] = sum(len(gzip.compress((site / p).read_bytes(), 6)) for p in written)
        figures["ratio_1000_write"] = round(made["scattered"]["seconds"] / floor["seconds"], 2)
        rate = made["first"]["files"] / made["first"]["seconds"]
        figures["ratio_first_write"] = round(first["files"] / first["seconds"] / rate, 2)
        figures["reads_s"] = {name: round(found, 1) for name, found in served.items()}
        reads = bare["files"] / bare["seconds"]
        figures["ratio_reads"] = {name: round(found / reads, 4) for name, found in served.items()}
        figures |= _sizes(site)
    conditions = {
        "machine": platform.machine(),
        "cpus": processes,
        "python": platform.python_version(),
        "quick": quick,
        "changed": changed,
        "load_average": os.getloadavg()[0],
        "note": "stations = station-contests, all invented; one contest in one province: a database holds one of each",
        "floor_note": "first cut's floor: a sample of its pages; no fsync on either side",
        "filled": filled,
        "cuts": made,
    }
    return {"bench": "publish", "figures": figures, "conditions": conditions}


def _figures(made: dict[str, Any], stations: int) -> dict[str, Any]:
    first = made["first"]
    figures: dict[str, Any] = {"stations": stations, "first_cut_s": first["seconds"], "first_cut_files": first["files"]}
    figures["first_cut_bytes"] = first["bytes"]
    figures["first_cut_stations_s"] = round(stations / first["seconds"], 1)
    for name, cut in (("", "scattered"), ("_together", "together"), ("_cold", "cold")):
        figures |= {f"cut_1000{name}_{key}": made[cut][part] for key, part in _PARTS.items()}
    figures["peak_rss_mb"] = max(cut["peak_rss_mb"] for cut in made.values())
    if stations != nation.STATIONS:
        figures["projected_national_first_cut_s"] = round(first["seconds"] * nation.STATIONS / stations)
        figures["projected_national_bytes"] = round(first["bytes"] * nation.STATIONS / stations)
    return figures


_PARTS = {"s": "seconds", "cpu_s": "cpu_seconds", "bytes": "bytes", "files": "files"}


def _sizes(site: Path) -> dict[str, int]:
    """Compressed size of the front page and of a station page with all that they load."""
    station = next(site.glob("pkwkp/32/*/*/*/?????????????.html"))
    return {
        "home_bytes_compressed": compressed(site / "index.html"),
        "station_bytes_compressed": compressed(station),
    }


def compressed(page: Path) -> int:
    """Bytes of a page and of every stylesheet, script and picture it loads, each as gzip sends it."""
    text = page.read_text(encoding="utf-8")
    loads = re.findall(r'<link rel=stylesheet href="([^"]+)"|<(?:script|img)[^>]* src="([^"]+)"', text)
    files = {page, *((page.parent / (sheet or other)).resolve() for sheet, other in loads)}
    return sum(
        len(gzip.compress(file.read_bytes(), 6)) for file in files if file.is_file() and "foto" not in file.parts
    )


def work(folder: Path, phase: str, *arguments: object) -> dict[str, Any]:
    """Run one phase of `bench.publish_work` in a process of its own; its progress goes to stderr."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIREKAP_")}
    environment |= {
        "SIREKAP_MODE": "development",
        "SIREKAP_DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "SIREKAP_EVIDENCE": str(folder / "evidence"),
        "SIREKAP_KEYS": str(folder / "keys"),
        "SIREKAP_SITE": str(folder / "site"),
        "DJANGO_SETTINGS_MODULE": "sirekap.settings",
    }
    command = [sys.executable, "-m", "bench.publish_work", phase, str(folder), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
