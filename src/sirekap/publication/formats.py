"""Formatting for Indonesian readers: pure functions, registered as Jinja filters in ``jinja``.

What has words is a `texts.Text`: Indonesian, with its English beside it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from sirekap.election import chasil, generations
from sirekap.election.standing import LABEL_EN, LABEL_ID, Standing
from sirekap.election.timetable import STATUS_EN, STATUS_ID
from sirekap.publication.texts import Text, say

ZONES = {"WIB": 7, "WITA": 8, "WIT": 9}
"""Hours east of UTC of the three Indonesian time zones."""

_MONTHS = (
    *(Text("Januari", "January"), Text("Februari", "February"), Text("Maret", "March"), Text("April", "April")),
    *(Text("Mei", "May"), Text("Juni", "June"), Text("Juli", "July"), Text("Agustus", "August")),
    *(Text("September", "September"), Text("Oktober", "October"), Text("November", "November")),
    Text("Desember", "December"),
)
_TIERS = {0: "Indonesia", 2: "Provinsi", 4: "Kabupaten/Kota", 6: "Kecamatan", 10: "Desa/Kelurahan", 13: "TPS"}
STAGE_LABEL = {status: Text(STATUS_ID[status], STATUS_EN[status]) for status in STATUS_ID}
_HEX = re.compile(r"#[0-9A-Fa-f]{6}\Z")
_GREY = "#888888"

STANDING_MEANING = {
    Standing.AWAITED: say("Halaman C.Hasil TPS ini belum lengkap diterima."),
    Standing.RECEIVED: say("Foto semua halaman C.Hasil sudah diterima. Angkanya belum diisi KPPS."),
    Standing.READ: say("Foto sudah dibaca mesin. Bacaan mesin tidak pernah ditampilkan sebagai angka."),
    Standing.CONFIRMED: say(
        "KPPS sudah mengisi angka, tetapi belum diverifikasi: tidak dihitung dalam jumlah mana pun."
    ),
    Standing.VERIFIED: say("Angka sudah diverifikasi dan dihitung dalam jumlah."),
    Standing.DISTRICT: say("Dibacakan dan disahkan dalam rapat pleno terbuka kecamatan (PPK)."),
    Standing.REGENCY: say("Disahkan dalam rapat pleno terbuka KPU kabupaten/kota."),
    Standing.PROVINCE: say("Disahkan dalam rapat pleno terbuka KPU provinsi."),
    Standing.DETERMINED: say("Bagian dari hasil yang ditetapkan KPU."),
}


def thousands(value: int | None, missing: str = "–") -> str:
    """``1459198`` -> ``1.459.198``; ``None`` -> ``missing``."""
    return missing if value is None else f"{value:,}".replace(",", ".")


def percent(part: int, whole: int, digits: int = 2) -> str:
    """``percent(1, 3)`` -> ``33,33%``: a share, rounded half up in whole numbers; ``–`` of nothing."""
    if whole <= 0:
        return "–"
    scale = 10**digits
    return _percent((part * 100 * scale * 2 + whole) // (whole * 2), digits)


def progress_percent(part: int, whole: int, digits: int = 1) -> str:
    """Like :func:`percent` but rounded down: ``100%`` only when complete, ``0%`` only when nothing."""
    if whole <= 0:
        return "–"
    if part == whole:
        return "100%"
    scaled = part * 100 * 10**digits // whole
    if part and not scaled:
        return "<" + _percent(1, digits)
    return _percent(scaled, digits) if part else "0%"


def _percent(scaled: int, digits: int) -> str:
    if not digits:
        return f"{scaled}%"
    whole, rest = divmod(scaled, 10**digits)
    return f"{thousands(whole)},{rest:0{digits}d}%"


def ratio(part: int, whole: int) -> str:
    """The same share for an SVG width attribute: ``33.33%``, between 0 and 100."""
    if whole <= 0:
        return "0%"
    hundredths = min(max(part, 0), whole) * 10000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def clock(value: datetime, zone: str = "WIB") -> Text:
    """Aware datetime -> ``28 November 2024 10.15 WIB``. Raises ``ValueError`` without a time zone."""
    if value.tzinfo is None:
        raise ValueError("a public time needs a time zone")
    local = value.astimezone(timezone(timedelta(hours=ZONES[zone])))
    return _around("", day(local), f" {local:%H.%M} {zone}")


def iso(value: datetime) -> str:
    """Aware datetime -> ``2024-11-28T03:15:04Z`` (UTC)."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Inverse of :func:`iso`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def day(value: date) -> Text:
    """``28 November 2024``."""
    return _around(f"{value.day} ", _MONTHS[value.month - 1], f" {value.year}")


def period(opens: date, closes: date) -> Text:
    """A window of days: ``29 November – 3 Desember 2024``."""
    if opens == closes:
        return day(opens)
    if opens.year != closes.year:
        return _joined(day(opens), " – ", day(closes))
    if opens.month != closes.month:
        return _joined(_around(f"{opens.day} ", _MONTHS[opens.month - 1], ""), " – ", day(closes))
    return _around(f"{opens.day}–", day(closes), "")


def _around(before: str, text: Text, after: str) -> Text:
    return Text(f"{before}{text}{after}", f"{before}{text.en}{after}")


def _joined(one: Text, between: str, other: Text) -> Text:
    return Text(f"{one}{between}{other}", f"{one.en}{between}{other.en}")


def tier_label(code: str) -> Text:
    """``321601`` -> ``Kecamatan``: the tier a region code belongs to."""
    return say(_TIERS[len(code)])


def below_label(code: str) -> Text:
    """The tier just below a region code: ``3216`` -> ``Kecamatan``."""
    lengths = list(_TIERS)
    return say(_TIERS[lengths[lengths.index(len(code)) + 1]])


def lower(text: Text) -> Text:
    """Both languages in lower case, but for abbreviations (``TPS``)."""
    return text if text.isupper() else Text(text.lower(), text.en.lower())


def standing_label(standing: Standing) -> Text:
    """``Standing.VERIFIED`` -> ``Terverifikasi``."""
    return Text(LABEL_ID[standing], LABEL_EN[standing])


def field_label(field_id: str) -> Text:
    """The form's own label of a field id; the id itself when unknown."""
    found = chasil.BY_ID.get(field_id)
    return Text(found.label_id, found.label_en) if found else Text(field_id, field_id)


def generation_label(kind: str) -> Text:
    """The kind of a result (``Reguler``, ``PSU``, ``HSU`` ...) in words; the kind itself when unknown."""
    if kind == "HSU":
        return say("Hitung ulang")
    if kind not in {str(known) for known in generations.ResultKind}:
        return Text(kind, kind)
    known = generations.ResultKind(kind)
    return Text(generations.LABEL_ID[known], generations.LABEL_EN[known])


def colour(value: str) -> str:
    """``value`` if it is ``#rrggbb``, else grey: nothing else may reach an attribute."""
    return value if _HEX.match(value) else _GREY


def ink_on(value: str) -> str:
    """Black or white, whichever reads better on ``value`` (WCAG relative luminance)."""
    return "#000000" if luminance(colour(value)) > 0.179 else "#ffffff"


def luminance(hex_colour: str) -> float:
    """WCAG 2 relative luminance of ``#rrggbb``, 0..1."""
    channels = (int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


FILTERS = {
    "thousands": thousands,
    "percent": percent,
    "progress_percent": progress_percent,
    "ratio": ratio,
    "clock": clock,
    "wib": clock,
    "iso": iso,
    "moment": moment,
    "day": day,
    "period": period,
    "tier_label": tier_label,
    "below_label": below_label,
    "lower_label": lower,
    "standing_label": standing_label,
    "field_label": field_label,
    "generation_label": generation_label,
    "colour": colour,
    "ink_on": ink_on,
}
