"""Why a form goes to a person: one sentence in Indonesian that says what to do, one in English."""

from __future__ import annotations

from collections.abc import Sequence

from sirekap.election.chasil import BY_ID
from sirekap.reading.result import Reason

_NAMED = 4

TEXTS: dict[str, tuple[str, str]] = {
    "nothing_read": (
        "Tidak ada angka yang terbaca dari foto ini; foto ulang, atau ketik angkanya dari kertas.",
        "No figure was read from this photo; take it again, or enter the figures from the paper.",
    ),
    "mixed_forms": (
        "Foto-foto ini bukan halaman dari satu formulir; periksa TPS dan jenis pemilihannya, lalu kirim lagi.",
        "These photos are not pages of one form; check station and contest, then send them again.",
    ),
    "missing_fields": (
        "Belum terbaca: {places}. Ketik dari kertas, atau foto ulang halamannya.",
        "Not read: {places}. Enter from the paper, or take the page again.",
    ),
    "other": (
        "Ada coretan atau perbaikan: {places}. Lihat kertasnya dan ketik angka yang berlaku.",
        "Crossed out or corrected: {places}. Look at the paper and enter the figure that holds.",
    ),
    "low_confidence": (
        "Tulisan kurang jelas bagi mesin: {places}. Lihat kertasnya dan ketik yang tertulis.",
        "Not clear enough for the machine: {places}. Look at the paper and enter what is written.",
    ),
    "empty": (
        "Kotaknya kosong atau dicoret: {places}. Kalau memang nol, ketik 0; kalau tidak, biarkan kosong.",
        "Left blank or struck: {places}. Enter 0 if it means zero; otherwise leave it empty.",
    ),
    "differs_bubbles": (
        "Angka dan bulatan yang dihitamkan berbeda: {places}. Lihat kertasnya; ketik yang tertulis dalam angka.",
        "Digits and filled bubbles differ: {places}. Look at the paper; enter what the digits say.",
    ),
    "differs_words": (
        "Angka dan huruf berbeda: {places}. Lihat kertasnya; ketik yang tertulis dalam angka.",
        "Digits and words differ: {places}. Look at the paper; enter what the digits say.",
    ),
    "differs_sum": (
        "Menurut jumlah di formulir, angka ini mungkin lain: {places}. Lihat kertasnya; yang tertulis jangan diubah.",
        "By the form's sums this may be another figure: {places}. Look at the paper; do not change what is written.",
    ),
    "unchecked": (
        "Tidak ada jumlah atau bulatan untuk memeriksa: {places}. Bandingkan dengan kertasnya.",
        "No sum and no bubbles to check by: {places}. Compare with the paper.",
    ),
    "above_cap": (
        "Lebih besar daripada pemilih terdaftar di TPS ini: {places}. Periksa kertasnya dan TPS-nya.",
        "More than the voters registered at this station: {places}. Check the paper and the station.",
    ),
    "undecided": (
        "Terlalu banyak angka yang meragukan untuk diperiksa dengan jumlah; ketik dari kertas atau foto ulang.",
        "Too many figures are in doubt to be checked by sums; enter them from the paper or take the photo again.",
    ),
}


def reason(code: str, fields: Sequence[str] = ()) -> Reason:
    """The `Reason` of ``code`` about ``fields``; ``KeyError`` for an unknown code."""
    text_id, text_en = TEXTS[code]
    names = [BY_ID[field] for field in fields if field in BY_ID]
    return Reason(
        code,
        text_id.format(places=_places([f"{f.label_id} ({f.row})" for f in names], "dan {} lainnya")),
        text_en.format(places=_places([f"{f.label_en} ({f.row})" for f in names], "and {} more")),
        tuple(fields),
    )


def _places(labels: Sequence[str], more: str) -> str:
    shown = list(labels[:_NAMED])
    if len(labels) > _NAMED:
        shown.append(more.format(len(labels) - _NAMED))
    return "; ".join(shown)
