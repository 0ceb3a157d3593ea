"""Where regions lie, for the map of circles: our own file for the model case, a file of the operator's for others.

Positions are presentation: they are in no ledger entry and change no figure.
"""

from __future__ import annotations

import csv
import functools
from importlib import resources
from pathlib import Path

Position = tuple[float, float]
"""Latitude and longitude in degrees."""


class BadCentroids(ValueError):
    """The file cannot be read; texts for the operator in both languages."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id, self.text_en = text_id, text_en


@functools.cache
def shipped() -> dict[str, Position]:
    """The positions that come with the program (Kabupaten Bekasi's districts; source in the file's first line)."""
    return parse((resources.files("sirekap.publication") / "places" / "bekasi.csv").read_text(), "bekasi.csv")


def load(path: Path | None) -> dict[str, Position]:
    """The operator's positions over the shipped ones. Raises `BadCentroids` naming file, line and remedy."""
    if path is None:
        return shipped()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadCentroids(
            f"{path} tidak dapat dibaca sebagai teks UTF-8 ({error}). Periksa SIREKAP_CENTROIDS.",
            f"{path} cannot be read as UTF-8 text ({error}). Check SIREKAP_CENTROIDS.",
        ) from error
    return shipped() | parse(text, path.name)


def parse(text: str, name: str) -> dict[str, Position]:
    """``code,lat,lon`` with a header, further columns ignored, lines beginning with ``#`` skipped."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    out: dict[str, Position] = {}
    reader = csv.DictReader(line for _, line in lines)
    for (number, _), row in zip(lines[1:], reader, strict=False):
        try:
            code, lat, lon = row["code"].strip(), float(row["lat"]), float(row["lon"])
            if not (code.isdecimal() and len(code) in (2, 4, 6, 10) and abs(lat) <= 90 and abs(lon) <= 180):
                raise ValueError(code)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BadCentroids(
                f"{name}, baris {number}: tulis code,lat,lon: kode wilayah 2, 4, 6 atau 10 angka dan derajat desimal.",
                f"{name}, line {number}: write code,lat,lon: a code of 2, 4, 6 or 10 digits and decimal degrees.",
            ) from error
        out[code] = (lat, lon)
    return out
