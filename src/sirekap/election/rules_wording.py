"""What each numbered check says, in Indonesian and English.

In a template ``{actual}`` and ``{expected}`` are the finding's numbers, ``{a}``, ``{b}``, ... the
figures of its fields in order, ``{place}`` the first field, ``{row}`` the form's row with its name,
``{figures}`` every field with what is written there, ``{said}`` what each way of writing says.
"""

from __future__ import annotations

from sirekap.election.chasil import BY_ID, Column
from sirekap.election.rules_phrases import ACTION_EN, ACTION_ID, UNUSUAL_EN, UNUSUAL_ID, Wording
from sirekap.election.rules_table import BOUND_CODES, ROLL_SUM, ROW_CODES, VOTED_SUM
from sirekap.election.rules_wording_cross import CROSS

_RETYPE_ID = "Ketik ulang dengan angka bulat seperti di kertas. Kalau kotaknya kosong, biarkan kosong."
_RETYPE_EN = "Type it again as a whole number, as on the paper. If the box is empty, leave it empty."


def _input(title_id: str, title_en: str, fact_id: str, fact_en: str, look_id: str = "", look_en: str = "") -> Wording:
    return Wording(
        title_id,
        title_en,
        fact_id,
        fact_en,
        "salah ketik, atau berkas kiriman rusak.",
        "a typing slip, or a damaged file.",
        "isi ulang dari foto C.Hasil; angka ini tidak dipakai sampai dibetulkan.",
        "enter it again from the photo of C.Hasil; the figure is not used until it is corrected.",
        look_id or f"Lihat kertasnya lagi. {fact_id} {_RETYPE_ID}",
        look_en or f"Look at the paper again. {fact_en} {_RETYPE_EN}",
    )


FORMAT: dict[str, Wording] = {
    "E101": _input(
        "Isian tidak dikenal",
        "Unknown entry",
        "Isian bernama {place} tidak ada di formulir ini.",
        "This form has no entry called {place}.",
        "Isian bernama {place} tidak ada di formulir ini. Lihat kertasnya lagi dan pakai isian yang tersedia.",
        "This form has no entry called {place}. Look at the paper again and use the entries offered.",
    ),
    "E102": _input(
        "Bukan angka bulat",
        "Not a whole number",
        "{place} tidak berisi angka bulat.",
        "{place} is not a whole number.",
    ),
    "E103": _input(
        "Angka di bawah nol",
        "Below zero",
        "{place} berisi {actual}, padahal tidak boleh kurang dari nol.",
        "{place} says {actual}, which is below zero.",
    ),
    "E104": _input(
        "Angka tidak muat di kotaknya",
        "Too large for its boxes",
        "{place} berisi {actual}, padahal kotak di kertas hanya muat sampai {expected}.",
        "{place} says {actual}, but the boxes on the paper hold at most {expected}.",
    ),
    "E105": _input(
        "Isian belum lengkap",
        "Entries missing",
        "Masih ada {missing} isian kosong: {places}.",
        "{missing} entries are still empty: {places}.",
        "Lihat kertasnya lagi, belum diisi: {places}. Kalau kotaknya memang kosong di kertas, lanjutkan.",
        "Look at the paper again, not entered yet: {places}. If the boxes are empty on the paper, go on.",
    ),
    "E106": _input(
        "Pasangan calon tidak ada di pemilihan ini",
        "No such candidate pair in this contest",
        "{place} terisi, padahal pemilihan ini hanya punya {columns} kolom suara.",
        "{place} is filled in, but this contest has only {columns} vote columns.",
        "Lihat kertasnya lagi: {place} terisi, padahal pemilihan ini hanya punya {columns} kolom suara. "
        "Mungkin ini formulir pemilihan lain.",
        "Look at the paper again: {place} is filled in, but this contest has only {columns} vote columns. "
        "This may be the form of the other contest.",
    ),
}

CENTRE: dict[str, Wording] = {
    "E201": Wording(
        "Suara sah dan tidak sah = surat suara digunakan",
        "Valid and invalid votes = ballots used",
        "Jumlah suara sah dan tidak sah {b}, tetapi surat suara yang digunakan {a}.",
        "Valid and invalid votes come to {b}, but {a} ballots were used.",
    ),
    "E202": Wording(
        "Suara sah dan tidak sah = pengguna hak pilih",
        "Valid and invalid votes = people who voted",
        "Jumlah suara sah dan tidak sah {b}, tetapi yang memilih {a} orang.",
        "Valid and invalid votes come to {b}, but {a} people voted.",
        "salah ketik, salah baca, atau ada surat suara yang tidak ikut dihitung.",
        "a typing slip, a misreading, or ballots that were not counted.",
        ACTION_ID + " Selisih yang nyata di kertas dapat menjadi alasan hitung ulang.",
        ACTION_EN + " A real difference on the paper can be a reason for a recount.",
    ),
    "E203": Wording(
        "Suara sah = jumlah suara semua pasangan calon",
        "Valid votes = sum of all candidate pairs",
        "Suara semua pasangan calon berjumlah {expected}, tetapi suara sah tertulis {actual}.",
        "The candidate pairs' votes add up to {expected}, but the form says {actual} valid votes.",
    ),
    "E204": Wording(
        "Suara sah + tidak sah = jumlahnya",
        "Valid + invalid votes = their sum",
        "Suara sah {a} ditambah tidak sah {b} adalah {expected}, tetapi jumlahnya tertulis {c}.",
        "{a} valid and {b} invalid votes make {expected}, but the form says {c}.",
    ),
    "E205": Wording(
        "Surat suara diterima = digunakan + dikembalikan + tidak digunakan",
        "Ballots received = used + returned + unused",
        "Surat suara digunakan {a}, dikembalikan {b}, dan tidak digunakan {c} berjumlah {expected}, "
        "tetapi yang diterima tertulis {d}.",
        "{a} ballots used, {b} returned and {c} unused make {expected}, but the form says {d} were received.",
        "salah ketik, salah baca, atau surat suara yang tidak tercatat.",
        "a typing slip, a misreading, or ballots not accounted for.",
    ),
    "E206": Wording(
        "Surat suara digunakan = pengguna hak pilih",
        "Ballots used = people who voted",
        "Surat suara digunakan {b}, tetapi yang memilih {a} orang.",
        "{b} ballots were used, but {a} people voted.",
    ),
    "E321": Wording(
        "Suara satu pasangan calon melebihi suara sah",
        "A candidate pair has more than all valid votes",
        "Satu pasangan calon mendapat {actual} suara, lebih banyak daripada seluruh suara sah, {expected}.",
        "One candidate pair has {actual} votes, more than all {expected} valid votes.",
    ),
    "E322": Wording(
        "Suara melebihi surat suara yang diterima",
        "More votes than ballots received",
        "Ada {actual} suara, padahal surat suara yang diterima hanya {expected}.",
        "There are {actual} votes, but only {expected} ballots were received.",
        "salah ketik, salah baca, atau surat suara dari TPS lain.",
        "a typing slip, a misreading, or ballots from another station.",
    ),
}


def _unusual(
    title_id: str,
    title_en: str,
    fact_id: str,
    fact_en: str,
    cause_id: str = "TPS khusus, pemilih pindahan, salah ketik, atau salah baca.",
    cause_en: str = "a special polling station, movers, a typing slip, or a misreading.",
) -> Wording:
    return Wording(
        title_id,
        title_en,
        fact_id,
        fact_en,
        cause_id,
        cause_en,
        "bandingkan dengan foto C.Hasil; kalau sama, biarkan dan catat penjelasannya.",
        "compare with the photo of C.Hasil; if it is the same, leave it and note the explanation.",
        UNUSUAL_ID,
        UNUSUAL_EN,
    )


PLAUSIBILITY: dict[str, Wording] = {
    "W401": _unusual(
        "Suara melebihi pemilih terdaftar dan cadangan",
        "More votes than registered voters and reserve ballots",
        "Ada {actual} suara, padahal pemilih terdaftar dan surat suara cadangan hanya {expected}.",
        "There are {actual} votes, but registered voters and reserve ballots come to {expected}.",
    ),
    "W402": _unusual(
        "Pemilih terdaftar melebihi batas satu TPS",
        "More registered voters than one station should have",
        "Pemilih terdaftar {actual}, di atas batas {expected} untuk satu TPS.",
        "{actual} voters are registered, above the limit of {expected} for one polling station.",
    ),
    "W403": _unusual(
        "Tidak ada satu pun suara",
        "Not a single vote",
        "Jumlah suara nol, padahal ada {a} pemilih terdaftar.",
        "There are no votes, although {a} voters are registered.",
        "pemungutan suara tidak berjalan, atau formulir belum terisi.",
        "no voting took place, or the form was not filled in.",
    ),
    "W404": _unusual(
        "Semua suara untuk satu pasangan calon",
        "All votes for one candidate pair",
        "Semua {actual} suara sah untuk pasangan calon nomor urut {pair}.",
        "All {actual} valid votes went to candidate pair {pair}.",
        "keadaan setempat, salah baris, atau formulir yang tidak wajar.",
        "local circumstances, a wrong row, or an irregular form.",
    ),
    "W405": _unusual(
        "Semua pemilih terdaftar memilih",
        "Every registered voter voted",
        "Seluruh {actual} pemilih terdaftar tercatat memilih.",
        "All {actual} registered voters are recorded as having voted.",
        "salah baris (daftar pemilih disalin ke pengguna hak pilih), atau keadaan setempat.",
        "a wrong row (the roll copied into those who voted), or local circumstances.",
    ),
    "W406": _unusual(
        "Suara tidak sah lebih banyak daripada suara sah",
        "More invalid than valid votes",
        "Suara tidak sah {actual}, lebih banyak daripada suara sah {expected}.",
        "{actual} votes are invalid, more than the {expected} valid ones.",
        "kedua angka tertukar, atau banyak surat suara memang tidak sah.",
        "the two figures were swapped, or many ballots were indeed invalid.",
    ),
}

_COLUMNS = {Column.MEN: ("laki-laki", "men"), Column.WOMEN: ("perempuan", "women"), Column.SUM: ("jumlah", "sum")}


def _column_sum(what_id: str, what_en: str, column: Column) -> Wording:
    id_, en = _COLUMNS[column]
    return Wording(
        f"Jumlah {what_id.lower()} ({id_})",
        f"Total, {what_en.lower()} ({en})",
        f"{what_id}, {id_}: DPT {{a}}, DPPh {{b}}, DPTb {{c}} berjumlah {{expected}}, tetapi totalnya tertulis {{d}}.",
        f"{what_en}, {en}: {{a}} (DPT), {{b}} (DPPh) and {{c}} (DPTb) make {{expected}}, but the total says {{d}}.",
    )


def _families() -> dict[str, Wording]:
    out: dict[str, Wording] = {}
    for column in Column:
        out[VOTED_SUM[column]] = _column_sum("Pengguna hak pilih", "People who voted", column)
        out[ROLL_SUM[column]] = _column_sum("Pemilih", "Voters", column)
    for stem, code in ROW_CODES.items():
        row = BY_ID[f"{stem}_j"].row
        out[code] = Wording(
            f"{row}: laki-laki + perempuan = jumlah",
            f"{row}: men + women = sum",
            "{row}: laki-laki {a} ditambah perempuan {b} adalah {expected}, tetapi jumlahnya tertulis {c}.",
            "{row}: {a} men and {b} women make {expected}, but the sum says {c}.",
        )
    for (small, large), codes in BOUND_CODES.items():
        for column, code in zip(Column, codes, strict=True):
            less, more = BY_ID[f"{small}_{column}"], BY_ID[f"{large}_{column}"]
            out[code] = Wording(
                f"{less.row} tidak melebihi {more.row} ({_COLUMNS[column][0]})",
                f"{less.row} not above {more.row} ({_COLUMNS[column][1]})",
                f"{less.label_id}: {{actual}}, lebih banyak daripada {more.label_id}: {{expected}}.",
                f"{less.label_en}: {{actual}}, more than {more.label_en}: {{expected}}.",
            )
    return out


WORDING: dict[str, Wording] = {
    **FORMAT,
    **CENTRE,
    **_families(),
    **PLAUSIBILITY,
    **CROSS,
}
"""Rule code -> wording."""
