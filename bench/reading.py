"""The reader measured on a second renderer's photographs: every row of its targets, with n and 95 % intervals.

Forms at crop level (every figure photographed alone through a whole page's optics, then read and judged) give the rows
that need thousands of forms; whole photographs give registration, whole forms end to end and the time. Figures without
a size in their name are at 2,560 pixels, as the phone sends; ``*_12mp`` at 12 megapixels.

``python -m bench.reading --help`` has more than ``sirekap bench reading``: a contact sheet to look at, peers, sizes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from bench.reading_table import table

RELEASE_SEED, QUICK_SEED = 20241127, 71
"""The release's seed is for releases only: nobody tunes anything on what it shows."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many forms (or numbers of pages and photographs) each row gets."""

    typical: int
    typical_12mp: int
    hard: int
    hard_12mp: int
    shift: int
    shift_12mp: int
    other: int
    other_12mp: int
    whole: int
    wide: int
    lies: int
    peers: int


RELEASE = Sizes(10_000, 500, 1_000, 250, 500, 120, 200, 50, 100, 200, 70, 16)
QUICK = Sizes(20, 2, 4, 2, 3, 1, 1, 1, 1, 2, 2, 1)


def run(quick: bool = False) -> dict[str, Any]:
    """All figures; ``quick`` takes few forms of another seed. ``SIREKAP_BENCH_SEED`` sets another one."""
    seed = int(os.environ.get("SIREKAP_BENCH_SEED", QUICK_SEED if quick else RELEASE_SEED))
    return measure(QUICK if quick else RELEASE, seed, workers=os.cpu_count() or 1)


def measure(
    sizes: Sizes, seed: int, *, hands: str = "mnist", workers: int = 2, partial: Path | None = None
) -> dict[str, Any]:
    """The result of ``sirekap bench reading``. ``hands``: see `glyphs.source`; 0 ``workers``: in this process.

    ``partial``: a file that holds the result so far, for a run that is cut off.
    """
    from bench import reading_report, reading_work

    def result(found: reading_work.Found) -> dict[str, Any]:
        figures = reading_report.figures(found)
        return {
            "bench": "reading",
            "figures": figures,
            "conditions": reading_report.conditions(found, sizes, seed, workers),
        }

    def keep(found: reading_work.Found) -> None:
        if partial is not None:
            partial.write_text(json.dumps(result(found)))

    done = result(reading_work.work(sizes, seed, hands, workers, keep))
    print(table(done["figures"]), file=sys.stderr)
    return done


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=QUICK_SEED)
    parser.add_argument(
        "--sheet", type=Path, metavar="FOLDER", help="only draw sample photographs for people to look at"
    )
    parser.add_argument("--hands", default="mnist", choices=("mnist", "semeion", "drawn"))
    parser.add_argument("--partial", type=Path, metavar="FILE", help="write the figures so far to it, now and then")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    for size in fields(Sizes):
        parser.add_argument(f"--{size.name.replace('_', '-')}", type=int)
    chosen = parser.parse_args()
    if chosen.sheet:
        from bench.reading_sheet import contact_sheet

        print(contact_sheet(chosen.sheet, chosen.seed, chosen.hands), file=sys.stderr)
        return
    given = {size.name: getattr(chosen, size.name) for size in fields(Sizes) if getattr(chosen, size.name) is not None}
    sizes = replace(QUICK if chosen.quick else RELEASE, **given)
    print(json.dumps(measure(sizes, chosen.seed, hands=chosen.hands, workers=chosen.workers, partial=chosen.partial)))


if __name__ == "__main__":
    main()
