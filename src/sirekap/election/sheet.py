"""The figures of one recapitulation sheet (D.Hasil): a column per station or lower region, a row per catalogue field.

The canonical JSON of a sheet is what its printed hash is over, what its PDF embeds as ``figures.json``, and what two
chunks are typed back from before a region closes. Pure: whoever has the figures can recompute every sum and the hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sirekap.election import chasil
from sirekap.election.regions import DIGITS, RegionTier
from sirekap.election.standing import Tier

CHUNKS, CHUNK_LENGTH = 16, 4
"""A SHA-256 in hexadecimal is printed as 16 groups of 4."""
ASKED = 2
"""So many of the groups are typed back from the printed sheet."""
FIGURES_FILE = "figures.json"
"""Name of the associated file that a PDF carries the canonical JSON in."""

Values = tuple[int | None, ...]
"""One figure a field of the sheet; ``None`` is a box the paper leaves blank."""

OWN_TIER = {Tier.DISTRICT: RegionTier.DISTRICT, Tier.REGENCY: RegionTier.REGENCY, Tier.PROVINCE: RegionTier.PROVINCE}
"""What region a tier's sheet is of."""
COLUMN_TIER = {Tier.DISTRICT: RegionTier.STATION, Tier.REGENCY: RegionTier.DISTRICT, Tier.PROVINCE: RegionTier.REGENCY}
"""What a column of a tier's sheet is."""
_TIERS = {tier.key: tier for tier in OWN_TIER}
_KEYS = ("columns", "contest", "fields", "region", "tier")
_ASK_DOMAIN = b"sirekap/sheet/asked-chunks/v1\n"


class SheetError(ValueError):
    """The figures are no sheet; the texts say which part is wrong."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id, self.text_en = text_id, text_en


@dataclass(frozen=True, slots=True)
class SheetFigures:
    """What one D.Hasil says.

    ``contest``: id such as ``pkwkk-3216``. ``fields``: catalogue ids in form order. ``columns``: (region code, one
    figure a field), in region-code order; a district has one a station (as decided), a regency one a district, a
    province one a regency (sums). Raises :class:`SheetError` for anything else.
    """

    contest: str
    tier: Tier
    region: str
    fields: tuple[str, ...]
    columns: tuple[tuple[str, Values], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "tier", Tier(self.tier))
        object.__setattr__(self, "fields", tuple(self.fields))
        object.__setattr__(self, "columns", tuple((code, tuple(values)) for code, values in self.columns))
        _check_head(self)
        _check_columns(self)

    def canonical(self) -> bytes:
        """RFC 8785 JSON of the sheet; keys and codes are ASCII and figures are integers, so sorting keys suffices."""
        sheet = {
            "columns": [[code, list(values)] for code, values in self.columns],
            "contest": self.contest,
            "fields": list(self.fields),
            "region": self.region,
            "tier": self.tier.key,
        }
        return json.dumps(sheet, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("ascii")

    def figures_sha256(self) -> str:
        """SHA-256 of :meth:`canonical`, 64 lower-case hexadecimal digits."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def totals(self) -> Values:
        """The sum of each field over all columns; ``None`` where every column is blank."""
        return column_sums((values for _, values in self.columns), len(self.fields))

    def blanks(self) -> tuple[int, ...]:
        """How many columns leave each field blank."""
        return tuple(sum(values[n] is None for _, values in self.columns) for n in range(len(self.fields)))

    def by_village(self) -> tuple[tuple[str, Values], ...]:
        """(village code, sums) of a district's sheet, in code order; empty for other tiers."""
        return self._grouped(DIGITS[RegionTier.VILLAGE]) if self.tier is Tier.DISTRICT else ()

    def within(self, region: str) -> tuple[tuple[str, Values], ...]:
        """The columns that lie in ``region``, in code order."""
        return tuple(column for column in self.columns if column[0].startswith(region))

    def total(self, field: str) -> int | None:
        """The sum of one field; ``KeyError`` for a field the sheet does not have."""
        if field not in self.fields:
            raise KeyError(field)
        return self.totals()[self.fields.index(field)]

    def _grouped(self, digits: int) -> tuple[tuple[str, Values], ...]:
        groups = groupby(self.columns, lambda column: column[0][:digits])
        return tuple(
            (code, column_sums((values for _, values in members), len(self.fields))) for code, members in groups
        )


def summed(tier: Tier, region: str, lower: Sequence[SheetFigures]) -> SheetFigures:
    """The sheet above these: one column each, with its totals. Raises :class:`SheetError` when they do not fit."""
    if not lower or len({(sheet.contest, sheet.fields) for sheet in lower}) != 1:
        raise SheetError(
            "Lembar di bawahnya harus ada dan memuat pemilihan serta baris yang sama.",
            "The sheets below must exist and share contest and rows.",
        )
    columns = sorted((sheet.region, sheet.totals()) for sheet in lower)
    return SheetFigures(lower[0].contest, tier, region, lower[0].fields, tuple(columns))


def parse(data: bytes) -> SheetFigures:
    """The sheet in ``data``; raises :class:`SheetError` unless these are exactly the bytes :meth:`canonical` writes."""
    try:
        found: Any = json.loads(data.decode("ascii"))
        if not isinstance(found, dict) or tuple(sorted(found)) != _KEYS:
            raise ValueError("keys")
        columns = tuple((code, tuple(values)) for code, values in found["columns"])
        sheet = SheetFigures(found["contest"], _TIERS[found["tier"]], found["region"], tuple(found["fields"]), columns)
        if sheet.canonical() != data:
            raise ValueError("not canonical")
    except SheetError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SheetError(
            f"Ini bukan angka satu lembar rekapitulasi dalam bentuk kanonis ({error}).",
            f"These are not the figures of a recapitulation sheet in canonical form ({error}).",
        ) from error
    return sheet


def chunks(sha256: str) -> tuple[str, ...]:
    """The 16 groups of 4 hexadecimal digits as printed; ``ValueError`` for anything but a SHA-256."""
    if len(sha256) != CHUNKS * CHUNK_LENGTH or set(sha256) - set("0123456789abcdef"):
        raise ValueError(f"a SHA-256 has 64 lower-case hexadecimal digits, got {sha256!r}")
    return tuple(sha256[n : n + CHUNK_LENGTH] for n in range(0, len(sha256), CHUNK_LENGTH))


def asked_chunks(session_id: object, sha256: str) -> tuple[int, int]:
    """Which two groups (positions 0-15, ascending) a session types back; the same on every machine.

    From SHA-256 over the session's id (as text, lower case) and the hash: other figures ask for other groups, so a
    note made for an earlier printing seldom helps.
    """
    chunks(sha256)
    digest = hashlib.sha256(_ASK_DOMAIN + str(session_id).lower().encode() + b"\n" + sha256.encode()).digest()
    first = digest[0] % CHUNKS
    second = (first + 1 + digest[1] % (CHUNKS - 1)) % CHUNKS
    return (first, second) if first < second else (second, first)


def same_chunk(typed: str, chunk: str) -> bool:
    """Whether what was typed is the printed group; case and surrounding blanks do not matter."""
    return typed.strip().lower() == chunk


def column_sums(columns: Iterable[Values], fields: int) -> Values:
    """The sum of each of ``fields`` figures over the columns; ``None`` where every column is blank."""
    sums: list[int | None] = [None] * fields
    for values in columns:
        for n, value in enumerate(values):
            if value is not None:
                sums[n] = (sums[n] or 0) + value
    return tuple(sums)


def _check_head(sheet: SheetFigures) -> None:
    own = OWN_TIER.get(sheet.tier)
    if own is None or not _is_code(sheet.region, DIGITS[own]):
        raise SheetError(
            f"Lembar tingkat {sheet.tier.key} tidak cocok dengan kode wilayah {sheet.region!r}.",
            f"A sheet of tier {sheet.tier.key} cannot be of region {sheet.region!r}.",
        )
    kind, _, scope = str(sheet.contest).partition("-")
    if kind not in ("pkwkp", "pkwkk") or not scope or not sheet.region.startswith(scope):
        raise SheetError(
            f"Pemilihan {sheet.contest!r} tidak mencakup wilayah {sheet.region}.",
            f"Contest {sheet.contest!r} does not cover region {sheet.region}.",
        )
    order = {name: n for n, name in enumerate(chasil.BY_ID)}
    places = [order.get(name, -1) for name in sheet.fields]
    if not places or -1 in places or places != sorted(set(places)):
        raise SheetError(
            "Baris lembar harus baris katalog C.Hasil, sekali masing-masing, urut formulir.",
            "The rows of a sheet are fields of the catalogue, once each, in form order.",
        )


def _check_columns(sheet: SheetFigures) -> None:
    digits = DIGITS[COLUMN_TIER[sheet.tier]]
    before = ""
    for code, values in sheet.columns:
        if not _is_code(code, digits) or not code.startswith(sheet.region) or code <= before:
            raise SheetError(
                f"Kolom {code!r} bukan wilayah di bawah {sheet.region}, tercantum dua kali, atau tidak urut.",
                f"Column {code!r} is no region below {sheet.region}, stands twice, or is out of order.",
            )
        before = code
        if len(values) != len(sheet.fields) or any(
            value is not None and (type(value) is not int or not 0 <= value < 2**53) for value in values
        ):
            raise SheetError(
                f"Kolom {code} harus memuat {len(sheet.fields)} angka bulat 0 atau lebih, atau kosong.",
                f"Column {code} needs {len(sheet.fields)} whole figures of 0 or more, or blank.",
            )


def _is_code(code: object, digits: int) -> bool:
    return isinstance(code, str) and len(code) == digits and code.isascii() and code.isdecimal()
