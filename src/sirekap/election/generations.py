"""Result kinds and generations of one station's result, and the law's reasons for a new one.

A recount or a re-vote gives the station a new generation; only the latest valid one counts,
all stay visible. Source: UU 1/2015 art. 112-113 as amended by UU 10/2016; PKPU 17 and 18/2024.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ResultKind(StrEnum):
    """How a station's result came about; values as in the commission's public files."""

    REGULER = "Reguler"
    PSU = "PSU"
    PSL = "PSL"
    PSS = "PSS"
    PUSS = "PUSS"


class RecountReason(StrEnum):
    """Why ballots are counted again."""

    CLOSED = "closed"
    DARK = "dark"
    ILLEGIBLE = "illegible"
    UNSEEN = "unseen"
    MOVED = "moved"
    INCONSISTENT = "inconsistent"
    TOTALS_DIFFER = "totals_differ"


class RevoteReason(StrEnum):
    """Why voters vote again."""

    DISASTER = "disaster"
    BOX_OPENED = "box_opened"
    MARKED_BALLOTS = "marked_ballots"
    SPOILED_USED = "spoiled_used"
    INELIGIBLE = "ineligible"
    DOUBLE = "double"


class OrderBasis(StrEnum):
    """On whose word the commission orders that a station votes or counts again."""

    COMMISSION = "commission"
    SUPERVISOR = "supervisor"
    COURT = "court"


ORDER_REASONS: dict[ResultKind, frozenset[RevoteReason] | frozenset[RecountReason]] = {
    ResultKind.PSU: frozenset(RevoteReason),
    ResultKind.PSL: frozenset({RevoteReason.DISASTER}),
    ResultKind.PSS: frozenset({RevoteReason.DISASTER}),
    ResultKind.PUSS: frozenset(RecountReason),
}
"""Kind of an ordered generation -> the reasons the law gives for it. A vote is continued or delayed by events only."""

LABEL_ID: dict[ResultKind | RecountReason | RevoteReason | OrderBasis, str] = {
    ResultKind.REGULER: "Reguler",
    ResultKind.PSU: "Pemungutan suara ulang",
    ResultKind.PSL: "Pemungutan suara lanjutan",
    ResultKind.PSS: "Pemungutan suara susulan",
    ResultKind.PUSS: "Penghitungan ulang surat suara",
    RecountReason.CLOSED: "Penghitungan dilakukan tertutup",
    RecountReason.DARK: "Penghitungan dilakukan di tempat yang kurang terang",
    RecountReason.ILLEGIBLE: "Tulisan tidak jelas",
    RecountReason.UNSEEN: "Saksi, pengawas, atau warga tidak dapat menyaksikan dengan jelas",
    RecountReason.MOVED: "Penghitungan dilakukan di tempat atau waktu lain",
    RecountReason.INCONSISTENT: "Penentuan suara sah dan tidak sah tidak konsisten",
    RecountReason.TOTALS_DIFFER: "Suara sah ditambah tidak sah berbeda dari pengguna hak pilih",
    RevoteReason.DISASTER: "Bencana alam atau gangguan keamanan",
    RevoteReason.BOX_OPENED: "Kotak suara dibuka tidak menurut tata cara",
    RevoteReason.MARKED_BALLOTS: "Surat suara diberi tanda khusus oleh petugas",
    RevoteReason.SPOILED_USED: "Surat suara yang sudah digunakan dirusak",
    RevoteReason.INELIGIBLE: "Orang yang tidak berhak ikut memilih",
    RevoteReason.DOUBLE: "Pemilih memilih lebih dari satu kali",
    OrderBasis.COMMISSION: "Keputusan komisi",
    OrderBasis.SUPERVISOR: "Rekomendasi pengawas pemilihan",
    OrderBasis.COURT: "Putusan pengadilan",
}
LABEL_EN: dict[ResultKind | RecountReason | RevoteReason | OrderBasis, str] = {
    ResultKind.REGULER: "Regular",
    ResultKind.PSU: "Re-vote",
    ResultKind.PSL: "Continued vote",
    ResultKind.PSS: "Delayed vote",
    ResultKind.PUSS: "Recount of ballots",
    RecountReason.CLOSED: "Counted behind closed doors",
    RecountReason.DARK: "Counted in a dark room",
    RecountReason.ILLEGIBLE: "Illegible writing",
    RecountReason.UNSEEN: "Witnesses, supervisors or citizens could not see",
    RecountReason.MOVED: "Counted at another place or time",
    RecountReason.INCONSISTENT: "Validity of ballots judged inconsistently",
    RecountReason.TOTALS_DIFFER: "Valid plus invalid differs from the voters who voted",
    RevoteReason.DISASTER: "Natural disaster or security disturbance",
    RevoteReason.BOX_OPENED: "Ballot box opened improperly",
    RevoteReason.MARKED_BALLOTS: "Officials marked ballots",
    RevoteReason.SPOILED_USED: "Used ballots were spoiled",
    RevoteReason.INELIGIBLE: "Ineligible persons voted",
    RevoteReason.DOUBLE: "Somebody voted more than once",
    OrderBasis.COMMISSION: "The commission's own decision",
    OrderBasis.SUPERVISOR: "Recommended by the election supervisor",
    OrderBasis.COURT: "Ordered by a court",
}


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation of a station's result, numbered from 1; ``valid`` is false once it is annulled."""

    number: int
    kind: ResultKind
    valid: bool = True


def counting(generations: Iterable[Generation]) -> Generation | None:
    """The generation that counts: the latest valid one, or ``None``."""
    return max((g for g in generations if g.valid), key=lambda g: g.number, default=None)
