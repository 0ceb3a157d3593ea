"""Every sentence the capture gate may say: one in Indonesian that tells the officer what to do, one in English."""

from __future__ import annotations

from sirekap.reading.result import Reason

_TEXTS: dict[str, tuple[str, str]] = {
    "undecodable": (
        "Berkas ini bukan foto yang dapat dibuka; ambil foto baru dengan kamera ponsel (JPEG) lalu kirim.",
        "This file is not a picture that can be opened; take a new photo with the phone's camera (JPEG) and send it.",
    ),
    "too_many_bytes": (
        "Berkas foto terlalu besar; kirim foto langsung dari kamera, paling besar {limit} MB.",
        "The photo file is too large; send the camera's own photo, at most {limit} MB.",
    ),
    "too_many_pixels": (
        "Ukuran gambar terlalu besar ({width} x {height}); pakai setelan kamera biasa, paling besar 60 megapiksel.",
        "The picture is too large ({width} x {height}); use the camera's normal setting, at most 60 megapixels.",
    ),
    "reader_failed": (
        "Foto ini tidak dapat dibaca mesin dengan aman; ambil foto baru, atau biarkan petugas membacanya.",
        "The machine cannot safely read this photo; take a new one, or let a person read it.",
    ),
    "truncated": (
        "Berkas foto terpotong saat disimpan atau dikirim; kirim ulang foto yang utuh.",
        "The photo file was cut short when saved or sent; send the whole photo again.",
    ),
    "animated": (
        "Berkas ini gambar bergerak; hanya gambar pertama yang dibaca. Kirim foto biasa.",
        "This file is animated; only its first picture is read. Send an ordinary photo.",
    ),
    "too_small": (
        "Foto terlalu kecil ({width} x {height}); kirim foto asli dari kamera, jangan tangkapan layar atau pratinjau.",
        "The photo is too small ({width} x {height}); send the camera's original, not a screenshot or a preview.",
    ),
    "too_far": (
        "Formulir terlalu kecil di dalam foto; dekatkan ponsel sampai halaman memenuhi layar, lalu foto ulang.",
        "The form is too small in the photo; move closer until the page fills the screen and take it again.",
    ),
    "blurred": (
        "Foto kabur; tahan ponsel dengan dua tangan, ketuk formulir di layar supaya fokus, lalu foto ulang.",
        "The photo is blurred; hold the phone with both hands, tap the form on the screen to focus, and take it again.",
    ),
    "glare": (
        "Ada pantulan cahaya yang menutupi tulisan; matikan lampu kilat atau geser sudutnya, lalu foto ulang.",
        "A reflection hides part of the form; switch the flash off or change the angle, and take it again.",
    ),
    "screen": (
        "Ini tampaknya foto layar, bukan foto kertas; foto formulir aslinya.",
        "This looks like a photo of a screen, not of paper; photograph the form itself.",
    ),
    "dark": (
        "Foto terlalu gelap; cari tempat yang lebih terang, lalu foto ulang.",
        "The photo is too dark; find a brighter place and take it again.",
    ),
    "not_a_form": (
        "Foto ini tidak tampak sebagai formulir C.Hasil; foto seluruh halaman formulir, keempat sudutnya terlihat.",
        "This does not look like a C.Hasil form; photograph the whole page with all four corners in view.",
    ),
    "unknown_form": (
        "Formulir terlihat, tetapi tata letaknya tidak dikenal; angkanya harus dimasukkan oleh petugas.",
        "A form is seen, but its layout is not known; a person must enter its figures.",
    ),
    "geometry_unknown": (
        "Halaman {page} formulir resmi dikenali, tetapi letak kotaknya belum diketahui; angkanya dimasukkan petugas.",
        "Page {page} of the official form is recognised, but its box positions are not known; a person enters it.",
    ),
    "cut_off": (
        "Ada bagian halaman di luar foto; mundur sedikit sampai keempat sudut terlihat, lalu foto ulang.",
        "Part of the page is outside the photo; step back until all four corners are in view and take it again.",
    ),
    "not_registered": (
        "Garis formulir tidak ditemukan di tempatnya; ratakan kertas, foto tegak lurus dari atas, lalu kirim lagi.",
        "The form's lines are not where they should be; flatten the sheet, photograph it from above and send it again.",
    ),
    "boxes_unproved": (
        "Kotak angka yang disebut tidak terlihat jelas; ratakan kertas dan foto ulang, atau ketik angka dari kertas.",
        "The boxes named are not clearly seen; flatten the sheet and retake, or enter the figures from the paper.",
    ),
    "two_sheets": (
        "Lebih dari satu lembar terlihat; foto satu halaman saja.",
        "More than one sheet is in view; photograph one page only.",
    ),
    "wrong_page": (
        "Ini halaman {seen}, sedangkan yang diminta halaman {expected}; foto halaman {expected}.",
        "This is page {seen}, but page {expected} was asked for; photograph page {expected}.",
    ),
    "wrong_form": (
        "Ini formulir {seen}, sedangkan yang diminta {expected}; periksa jenis pemilihan pada kepala formulir.",
        "This is form {seen}, but {expected} was asked for; check the contest at the head of the form.",
    ),
    "wrong_contest": (
        "Kode QR menyebut pemilihan {seen}, bukan {expected}; foto formulir pemilihan yang benar.",
        "The QR code names contest {seen}, not {expected}; photograph the right contest's form.",
    ),
    "wrong_station": (
        "Kode QR menyebut TPS {seen}, bukan {expected}; foto formulir TPS Anda sendiri.",
        "The QR code names polling station {seen}, not {expected}; photograph your own station's form.",
    ),
    "wrong_generation": (
        "Formulir ini dari pemungutan suara ke-{seen}, bukan ke-{expected}; foto formulir pemungutan yang terakhir.",
        "This form is of vote no. {seen}, not {expected}; photograph the form of the latest vote.",
    ),
    "qr_bad": (
        "Kode QR formulir ini tidak sah; laporkan kepada PPK dan simpan kertasnya.",
        "The QR code of this form is not genuine; report it to the district committee and keep the paper.",
    ),
    "qr_differs": (
        "Kode QR dan tanda sudut menyebut halaman yang berbeda; foto satu halaman asli saja.",
        "The QR code and the corner marks name different pages; photograph one original page only.",
    ),
    "witness_copy": (
        "Ini C.Hasil Salinan (salinan untuk saksi); foto C.Hasil yang asli.",
        "This is the witness copy (Salinan); photograph the original C.Hasil.",
    ),
    "duplicate": (
        "Foto yang sama persis sudah dikirim untuk TPS {other}; pastikan foto ini milik TPS dan pemilihan Anda.",
        "The very same photo was also filed for station {other}; make sure it is of your station and contest.",
    ),
    "near_duplicate": (
        "Foto ini hampir sama dengan foto TPS {other}; pastikan formulir ini milik TPS Anda.",
        "This photo is almost the same as one filed for station {other}; make sure the form is your station's.",
    ),
}

REFUSING = frozenset({"undecodable", "too_many_bytes", "too_many_pixels", "reader_failed"})
"""Codes with which a file is refused. All others warn."""
ADVISORY = frozenset({"animated"})
"""Codes that tell something but cast no doubt on what was read."""
CODES = tuple(_TEXTS)
"""Every code, in the order of the list."""


def reason(code: str, fields: tuple[str, ...] = (), **values: object) -> Reason:
    """The `Reason` of ``code`` with its blanks filled; ``KeyError`` for an unknown code or a missing value."""
    text_id, text_en = _TEXTS[code]
    return Reason(code, text_id.format(**values), text_en.format(**values), fields)
