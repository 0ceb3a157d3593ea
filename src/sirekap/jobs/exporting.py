"""Crops that people have settled, as training data: what the reader saw, and what the figure was verified to be."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sirekap.evidence.store import EvidenceStore
from sirekap.records.models import Photo, PhotoReading, Statement, StatementSeen, StationContest
from sirekap.records.readings import latest, of_another_form
from sirekap.workflow.reading import PARTS

COLUMNS = (
    "file",
    "photo_sha256",
    "field",
    "box",
    "value",
    "label",
    "opinion",
    "opinion_ppm",
    "people",
    "blind",
    "template",
    "page",
    "reader",
)
README = """# Potongan kotak angka yang sudah diputuskan orang / digit boxes that people have settled

`labels.csv`: satu baris per kotak. `crops/`: PNG 40 x 40, abu-abu, dipotong seperti yang dilihat pembaca.

- `value`: angka isian itu seperti terverifikasi; `label`: angka di kotak ini, atau kosong bila orang hanya memutuskan
  angkanya, bukan cara menulis kotak ini (kotak depan boleh 0, X, strip atau kosong).
- `opinion`, `opinion_ppm`: pendapat pembaca tentang kotak ini dan keyakinannya, per sejuta.
- `people`: berapa orang menyatakan angka itu; `blind`: berapa di antaranya sebelum melihat bacaan mesin. Untuk latihan
  pakailah baris dengan `blind` paling sedikit 1, supaya pembaca tidak belajar dari dirinya sendiri.

One line of `labels.csv` a box; `crops/` holds 40 x 40 grey PNGs cut as the reader cuts them. `label` is empty where
people settled the figure but not how an unused box was written. Train only on lines whose `blind` is at least 1, so
that the reader does not learn from itself.

**Foto yang dipakai untuk latihan keluar dari himpunan uji. / A photograph used for training leaves the test set.**
The hashes in `photo_sha256` say which.
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: photographs, fields, boxes, and boxes with a label."""

    photos: int
    fields: int
    boxes: int
    labelled: int


@dataclass(frozen=True, slots=True)
class _Settled:
    """A verified figure and who stood behind it."""

    value: int
    people: int
    blind: int


def export(
    folder: Path,
    store: EvidenceStore,
    region: str = "",
    advance: Callable[[int], None] = lambda photos: None,
) -> Exported:
    """Write the settled crops of a region's verified forms into ``folder``; photographs are decoded in the sandbox.

    Raises `EvidenceError`, `SandboxError`, ``OSError``.
    """
    from sirekap.records.ranges import within

    (folder / "crops").mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(README, encoding="utf-8")
    photos = fields = boxes = labelled = 0
    with open(folder / "labels.csv", "w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        writer.writeheader()
        rows = StationContest.objects.filter(within("pk", region), verified__isnull=False, read=True)
        for row in rows.select_related("verified").order_by("pk").iterator():
            settled = _settled(row)
            for photo, reading in _photographs(row):
                lines = list(_lines(folder, store, photo, reading, settled))
                writer.writerows(lines)
                photos += bool(lines)
                fields += len({line["field"] for line in lines})
                boxes += len(lines)
                labelled += sum(line["label"] != "" for line in lines)
                advance(1)
    return Exported(photos, fields, boxes, labelled)


def _photographs(row: StationContest) -> Iterator[tuple[Photo, PhotoReading]]:
    readings = PhotoReading.objects.filter(row=row, generation=row.generation).select_related("photo")
    for reading in latest(readings.order_by("entry_id")).values():
        if reading.fingerprint and reading.template and not of_another_form(reading):
            yield reading.photo, reading


def _settled(row: StationContest) -> dict[str, _Settled]:
    """The verified figures that at least one person stated."""
    statements = list(Statement.objects.filter(row=row, generation=row.generation).select_related("figures"))
    machines = {s.pk for s in statements if not s.human}
    saw = StatementSeen.objects.filter(statement__in=statements, saw__in=machines).values_list("statement", flat=True)
    shown = set(saw)
    people: dict[tuple[str, int | None], set[Any]] = {}
    blind: dict[tuple[str, int | None], set[Any]] = {}
    for statement in statements:
        for key in statement.figures.figures().items() if statement.human else ():
            people.setdefault(key, set()).add(statement.author)
            if statement.pk not in shown:
                blind.setdefault(key, set()).add(statement.author)
    verified = row.verified.figures() if row.verified else {}
    return {
        name: _Settled(value, len(people[name, value]), len(blind.get((name, value), ())))
        for name, value in verified.items()
        if value is not None and (name, value) in people
    }


def _lines(
    folder: Path, store: EvidenceStore, photo: Photo, reading: PhotoReading, settled: dict[str, _Settled]
) -> Iterator[dict[str, Any]]:
    from PIL import Image

    from sirekap.reading import digits
    from sirekap.reading.result import CLASSES
    from sirekap.reading.sandbox import crops_safely

    for name, crops in crops_safely(store.get(photo.sha256), reading.template).items():
        found = settled.get(name)
        if found is None:
            continue
        said = digits.log_probabilities(crops)
        for box, (crop, label) in enumerate(zip(crops, labels(found.value, len(crops)), strict=True)):
            file = f"crops/{photo.sha256[:16]}-{name}-{box}.png"
            Image.fromarray(crop).save(folder / file)
            best = int(said[box].argmax())
            yield {
                "file": file,
                "photo_sha256": photo.sha256,
                "field": name,
                "box": box,
                "value": found.value,
                "label": label,
                "opinion": CLASSES[best],
                "opinion_ppm": round(math.exp(said[box, best]) * PARTS),
                "people": found.people,
                "blind": found.blind,
                "template": reading.template,
                "page": reading.page,
                "reader": reading.reader,
            }


def labels(value: int, boxes: int) -> list[str]:
    """The digit in each box, or empty where the figure does not tell how the box was written.

    Boxes before the first digit may hold 0, X, a dash or nothing; so may all boxes of a zero.
    """
    digits = str(value) if value else ""
    return [""] * (boxes - len(digits)) + list(digits)
