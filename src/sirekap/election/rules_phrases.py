"""The shape of a check's wording, and the phrases that many checks share."""

from __future__ import annotations

from dataclasses import dataclass

_LEAVE_ID = "Kalau salah ketik, betulkan. Kalau di kertas memang begitu, biarkan apa adanya dan lanjutkan."
_LEAVE_EN = "If it is a typing slip, correct it. If the paper really says so, leave it and go on."
LOOK_ID = "Lihat kertasnya lagi: {figures}. Angka-angka ini tidak cocok satu sama lain. " + _LEAVE_ID
LOOK_EN = "Look at the paper again: {figures}. These figures do not agree with each other. " + _LEAVE_EN
UNUSUAL_ID = "Lihat kertasnya lagi: {figures}. Ini bisa saja benar, tetapi jarang. " + _LEAVE_ID
UNUSUAL_EN = "Look at the paper again: {figures}. This can be right, but it is rare. " + _LEAVE_EN
CAUSE_ID = "salah ketik, salah baca, atau salah jumlah di kertas."
CAUSE_EN = "a typing slip, a misreading, or a wrong sum on the paper."
ACTION_ID = (
    "bandingkan dengan foto C.Hasil. Kalau isiannya keliru, minta dibetulkan; kalau kertasnya memang begitu, "
    "simpan apa adanya dan bawa ke pleno."
)
ACTION_EN = (
    "compare with the photo of C.Hasil. If the entry is wrong, have it corrected; if the paper really says so, "
    "keep it as it is and take it to the plenary."
)


@dataclass(frozen=True, slots=True)
class Wording:
    """Title, fact (for anyone), cause and action (for the coordinator), and what the typist reads."""

    title_id: str
    title_en: str
    fact_id: str
    fact_en: str
    cause_id: str = CAUSE_ID
    cause_en: str = CAUSE_EN
    action_id: str = ACTION_ID
    action_en: str = ACTION_EN
    typist_id: str = LOOK_ID
    typist_en: str = LOOK_EN
