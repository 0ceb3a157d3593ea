"""What the checks beyond one form say: ways of writing, two contests, tiers, workflow."""

from __future__ import annotations

from sirekap.election.rules_phrases import Wording
from sirekap.election.rules_table import CHANNEL_CODES, TIER_CODES

CHANNEL_NAMES: dict[str, tuple[str, str]] = {
    "tally": ("turus", "tally marks"),
    "rows": ("jumlah per baris turus", "row totals of the tally"),
    "digits": ("angka", "digits"),
    "words": ("huruf (terbilang)", "words"),
    "bubbles": ("bulatan yang dihitamkan", "filled bubbles"),
}
"""Way of writing a figure -> its name in Indonesian and English."""


def _channel(title_id: str, title_en: str, fact_id: str, fact_en: str) -> Wording:
    return Wording(
        title_id,
        title_en,
        fact_id,
        fact_en,
        "salah baca, atau kertasnya ditulis berbeda-beda.",
        "a misreading, or the paper says different things.",
        typist_id="Lihat kertasnya lagi pada {place}: {said}. Ketik seperti yang tertulis dalam angka, lalu lanjut.",
        typist_en="Look at the paper again at {place}: {said}. Type what the digits say, then go on.",
    )


def _channels() -> dict[str, Wording]:
    out = {
        "E250": _channel(
            "Cara menulis satu angka tidak sama",
            "The ways of writing one figure differ",
            "{place} ditulis berbeda-beda: {said}.",
            "{place} is written in different ways: {said}.",
        )
    }
    for name, code in CHANNEL_CODES.items():
        id_, en = CHANNEL_NAMES[name]
        out[code] = _channel(
            f"Berbeda sendiri: {id_}",
            f"Alone in differing: {en}",
            f"{{place}}: menurut {id_} {{actual}}, menurut yang lain {{expected}}.",
            f"{{place}}: the {en} say {{actual}}, everything else says {{expected}}.",
        )
    return out


def _pair(title_id: str, title_en: str, fact_id: str, fact_en: str, cause_id: str, cause_en: str) -> Wording:
    return Wording(
        title_id,
        title_en,
        fact_id,
        fact_en,
        cause_id,
        cause_en,
        "buka foto kedua formulir TPS ini berdampingan; yang keliru dibetulkan, atau bawa keduanya ke pleno.",
        "open the photos of both forms of this station side by side; correct the wrong one, or take both to plenary.",
        f"Lihat kedua kertasnya lagi (gubernur dan bupati/wali kota). {fact_id}",
        f"Look at both papers again (governor and regent/mayor). {fact_en}",
    )


BETWEEN: dict[str, Wording] = {
    "E501": _pair(
        "Pemilih terdaftar sama di kedua formulir",
        "Same registered voters on both forms",
        "{place}: {governor} di formulir gubernur, {regent} di formulir bupati/wali kota.",
        "{place}: {governor} on the governor's form, {regent} on the regent's or mayor's form.",
        "salah ketik, salah baca, atau foto dari TPS lain.",
        "a typing slip, a misreading, or a photo of another station.",
    ),
    "E502": _pair(
        "Pemilih gubernur tidak kurang dari pemilih bupati/wali kota",
        "Not fewer voters for governor than for regent",
        "Yang memilih gubernur {governor} orang, lebih sedikit daripada yang memilih bupati/wali kota, {regent}.",
        "{governor} people voted for governor, fewer than the {regent} who voted for regent or mayor.",
        "salah ketik, salah baca, atau formulir tertukar.",
        "a typing slip, a misreading, or swapped forms.",
    ),
    "W503": _pair(
        "Selisih pemilih kedua pemilihan melebihi pemilih pindahan",
        "Voters of the two contests differ by more than the movers",
        "Yang memilih gubernur {governor} orang dan bupati/wali kota {regent} orang; selisih {actual} lebih banyak "
        "daripada pemilih pindahan, {expected}.",
        "{governor} people voted for governor and {regent} for regent or mayor; the difference of {actual} is more "
        "than the {expected} movers.",
        "pemilih pulang sebelum memilih keduanya, salah ketik, atau salah baca.",
        "voters who left before the second ballot, a typing slip, or a misreading.",
    ),
}


def _tier(section: str) -> Wording:
    return Wording(
        f"Rekapitulasi bagian {section} = jumlah baris di bawahnya",
        f"Recapitulation, section {section} = sum of the rows below",
        "{place}: rekapitulasi menulis {actual}, sedangkan {below} baris di bawahnya berjumlah {expected}.",
        "{place}: the recapitulation says {actual}, but the {below} rows below add up to {expected}.",
        "salah jumlah atau salah salin saat rekapitulasi.",
        "a wrong sum or a copying slip in the recapitulation.",
        "telusuri baris di bawahnya sampai TPS yang berbeda, lalu betulkan di TPS itu.",
        "follow the rows below down to the station that differs, and correct it there.",
        "Lihat lembar rekapitulasinya lagi pada {place}: tertulis {actual}.",
        "Look at the recapitulation sheet again at {place}: it says {actual}.",
    )


WORKFLOW: dict[str, Wording] = {
    "W701": Wording(
        "Disahkan tanpa foto lengkap",
        "Ratified without all photos",
        "TPS ini disahkan dari kotak suara, tetapi foto C.Hasilnya belum lengkap.",
        "This station was ratified from the sealed box, but its C.Hasil photos are not complete.",
        "foto belum dikirim atau gagal terkirim.",
        "the photos were not sent, or did not arrive.",
        "foto C.Hasil dari kotak suara sekarang juga dan unggah.",
        "photograph the C.Hasil from the box now and upload it.",
        "Foto C.Hasil TPS ini belum lengkap. Foto kertasnya lagi dan kirim.",
        "The C.Hasil photos of this station are not complete. Photograph the paper again and send it.",
    ),
    "W702": Wording(
        "Kertasnya sendiri keliru",
        "The paper itself is wrong",
        "Petugas menyatakan kertasnya sendiri keliru pada: {places}.",
        "The officer states that the paper itself is wrong here: {places}.",
        "salah tulis atau salah jumlah di TPS.",
        "a writing slip or a wrong sum at the station.",
        "jangan diubah; putuskan di pleno dengan membuka kotak suara.",
        "do not change it; decide in the plenary with the box open.",
        "Sudah dicatat bahwa kertasnya sendiri keliru. Tidak ada yang perlu diubah; lanjutkan.",
        "It is noted that the paper itself is wrong. Nothing needs changing; go on.",
    ),
}


CROSS: dict[str, Wording] = {
    **_channels(),
    **BETWEEN,
    **{code: _tier(section) for section, code in TIER_CODES.items()},
    **WORKFLOW,
}
"""Rule code -> wording of the checks that look beyond one form."""
