"""Errors put in on purpose, each with the place where it is meant to be found, and their corrections."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from sirekap.demo.book import Book
from sirekap.demo.facts import GOVERNOR, KINDS, REGENT
from sirekap.demo.fitting import Ints
from sirekap.demo.plan import Change, Correction, ErrorKind, Recount, SeededError
from sirekap.demo.rolls import LARGE_ROLL
from sirekap.election import chasil
from sirekap.election.contests import ContestKind

SLIPS = 54
REFUSED_SLIPS = 6
ARITHMETIC = {REGENT: 8, GOVERNOR: 4}
SWAPPED = (REGENT, REGENT, GOVERNOR)

REGENCY_DELTAS: Ints = np.array(
    [
        (22, 6, 4),
        (19, 8, 5),
        (16, 9, 6),
        (21, 5, 3),
        (18, 7, 6),
        (17, 6, 5),
        (20, 9, 4),
        (15, 5, 6),
        (38, 0, -38),
        (0, 21, -21),
        (-17, 0, 17),
    ],
    np.int64,
)
"""Changes per pair of the regency's corrections; they sum to published final - published stage (+169, +76, -3).

Rows with a positive sum turn ballots wrongly ruled invalid into valid ones; the others move votes
written in the wrong row. The split over stations is simulated. The first one comes late.
"""

_LOOKALIKE = {1: 6, 2: 7, 3: 8, 4: 9, 5: 6, 6: 1, 7: 1, 8: 3, 9: 4}


def mistyped(rng: np.random.Generator, value: int) -> int:
    """``value`` (10..999) with two digits exchanged or its first digit misread; never the same, at most 999."""
    digits = [int(c) for c in str(value)]
    options = [int("".join(map(str, [_LOOKALIKE[digits[0]], *digits[1:]])))]
    for i in range(len(digits) - 1):
        swapped = digits.copy()
        swapped[i], swapped[i + 1] = swapped[i + 1], swapped[i]
        options.append(int("".join(map(str, swapped))))
    options = [o for o in options if o != value]
    return int(options[int(rng.integers(len(options)))])


def seed_arithmetic(book: Book) -> None:
    """Papers on which the votes do not add up to V.A; even ones have V.A wrong, odd ones a pair."""
    for kind, count in ARITHMETIC.items():
        pairs = len(book.votes.pairs[kind][0])
        for n in range(count):
            station = book.pick_uncounted(kind, book.votes.pairs[kind].min(axis=1) >= 12)
            name = "valid" if n % 2 == 0 else f"votes_{n // 2 % pairs + 1}"
            value = book.figures(kind, station)[name]
            shift = int(book.rng.integers(2, 10)) * (1 if book.rng.random() < 0.5 else -1)
            label = chasil.BY_ID[name].label_id
            reason = f"{label} salah tulis pada C.Hasil; dibetulkan menurut turus (tally) di hadapan saksi."
            right = book.correct_at_district(kind, station, {name: value + shift}, reason)
            what = f"{label} tertulis {value + shift}, seharusnya {value}; jumlah suara paslon bukan suara sah."
            found = "Verifikasi (temuan), pleno kecamatan"
            book.errors.append(
                SeededError(
                    ErrorKind.ARITHMETIC,
                    book.places.codes[station],
                    kind,
                    what,
                    found,
                    {name: value + shift},
                    right,
                    code="E203",
                )
            )


def seed_swapped(book: Book) -> None:
    """Two pairs' votes in each other's rows: the paper adds up, only witness copies tell."""
    for kind in SWAPPED:
        a, b = (1, 2) if kind is REGENT else (2, 3)
        pairs = book.votes.pairs[kind]
        station = book.pick_uncounted(kind, np.abs(pairs[:, a] - pairs[:, b]) >= 25)
        right = {f"votes_{a + 1}": int(pairs[station, a]), f"votes_{b + 1}": int(pairs[station, b])}
        wrong = {f"votes_{a + 1}": int(pairs[station, b]), f"votes_{b + 1}": int(pairs[station, a])}
        reason = f"Suara paslon {a + 1} dan {b + 1} tertukar baris menurut semua salinan saksi; C.Hasil dibetulkan."
        book.correct_at_district(kind, station, wrong, reason)
        what = f"Suara paslon {a + 1} dan {b + 1} tertukar pada C.Hasil; hitungan tetap cocok."
        found = "Pembandingan salinan saksi, pleno kecamatan"
        code = book.places.codes[station]
        book.errors.append(SeededError(ErrorKind.SWAPPED, code, kind, what, found, wrong, right))


def seed_cross_contest(book: Book) -> None:
    """A governor paper with fewer voters than the regent's: some ID-card voters' invalid ballots are missing."""
    short = book.votes.movers + 3
    id_card = np.minimum(book.column(GOVERNOR, "voted_dptb_l"), book.column(GOVERNOR, "voted_dptb_p"))
    station = book.pick_uncounted(
        GOVERNOR, (book.votes.invalid[GOVERNOR] > short + 1) & (2 * id_card > short) & ~book.places.is_special
    )
    missing = int(short[station])
    men = missing // 2
    now = book.figures(GOVERNOR, station)
    less = {"voted_dptb_l": men, "voted_total_l": men}
    less |= {"voted_dptb_p": missing - men, "voted_total_p": missing - men}
    less |= dict.fromkeys(("voted_dptb_j", "voted_total_j", "ballots_used", "invalid", "total"), missing)
    wrong = {name: now[name] - by for name, by in less.items()} | {"ballots_unused": now["ballots_unused"] + missing}
    reason = f"{missing} pemilih KTP dan surat suaranya yang tidak sah belum tercatat pada C.Hasil Gubernur."
    right = book.correct_at_district(GOVERNOR, station, wrong, reason)
    what = "Pengguna hak pilih Bupati lebih banyak daripada Gubernur di TPS yang sama."
    found = "Verifikasi (temuan antarpemilihan), pleno kecamatan"
    code = book.places.codes[station]
    book.errors.append(SeededError(ErrorKind.CROSS_CONTEST, code, GOVERNOR, what, found, wrong, right, code="E502"))


def seed_recount(book: Book) -> None:
    """A regent paper with fewer ballots than voters; the district plenary orders a recount."""
    pairs = book.votes.pairs[REGENT]
    station = book.pick_uncounted(REGENT, (pairs.min(axis=1) >= 25) & ~book.places.is_special)
    right = book.figures(REGENT, station)
    lost = {"votes_1": 2, "votes_2": 4, "votes_3": 3, "valid": 9, "total": 9}
    wrong = {name: right[name] - by for name, by in lost.items()}
    book.write_paper(REGENT, station, wrong)
    code = book.places.codes[station]
    reason = (
        "Suara sah dan tidak sah tidak sama dengan pengguna hak pilih; hitung ulang surat suara di pleno kecamatan."
    )
    book.recounts.append(Recount(book.during_session(station), code, REGENT, right, reason))
    what = "Sembilan surat suara tidak terhitung: jumlah suara kurang dari pengguna hak pilih."
    book.errors.append(
        SeededError(
            ErrorKind.RECOUNT, code, REGENT, what, "Verifikasi (temuan), pleno kecamatan: hitung ulang",
            wrong, {name: right[name] for name in wrong}, code="E202",
        )
    )  # fmt: skip


def seed_large_roll(book: Book) -> None:
    """Name the special location whose roll is above 600 (both papers warn; nothing is wrong)."""
    station = int(np.flatnonzero(book.places.roll == LARGE_ROLL)[0])
    book.used.add(station)
    what = f"DPT TPS lokasi khusus {LARGE_ROLL} pemilih, di atas batas 600."
    figures = {"roll_dpt_j": LARGE_ROLL}
    for kind in KINDS:
        book.errors.append(
            SeededError(
                ErrorKind.LARGE_ROLL, book.places.codes[station], kind, what, "Verifikasi (peringatan)",
                figures, figures, code="W402",
            )
        )  # fmt: skip


def _slip(book: Book, kind: ContestKind, station: int, by: str) -> SeededError:
    names = [n for n in chasil.blind_ids(book.votes.pairs[kind].shape[1]) if n != "invalid"]
    name = names[int(book.rng.integers(len(names)))]
    value = book.figures(kind, station)[name]
    wrong = mistyped(book.rng, value)
    what = f"{chasil.BY_ID[name].label_id}: diketik {wrong}, pada kertas {value}."
    found = "Verifikasi: dua isian berbeda, orang ketiga mengisi ulang"
    code = book.places.codes[station]
    return SeededError(ErrorKind.SLIP, code, kind, what, found, {name: wrong}, {name: value}, by)


def seed_slips(book: Book) -> None:
    """Typing slips of the station committee or the operator; a few have a digit too many and are refused."""
    for n in range(SLIPS + REFUSED_SLIPS):
        kind, by = KINDS[n % 2], ("kpps", "operator")[n // 2 % 2]
        big = (book.votes.pairs[kind].min(axis=1) >= 12) & (book.votes.total(kind) >= 112)
        station = book.pick(big)
        if n < SLIPS:
            book.errors.append(_slip(book, kind, station, by))
            continue
        value = book.figures(kind, station)["total"]
        typed = 1000 + value
        what = f"Jumlah suara diketik {typed}, pada kertas {value}: lebih dari tiga angka."
        found = "Saat mengisi: ditolak aturan format"
        code = book.places.codes[station]
        book.errors.append(
            SeededError(ErrorKind.REFUSED_SLIP, code, kind, what, found, {"total": typed}, {"total": value}, by, "E104")
        )


def regency_corrections(book: Book) -> None:
    """The corrections between the districts' totals and the final ones, just before each district is read."""
    for n, (station, delta) in enumerate(book.votes.deltas.items()):
        old = book.figures(REGENT, station)
        moved = sum(delta)
        new = {f"votes_{k + 1}": old[f"votes_{k + 1}"] + d for k, d in enumerate(delta) if d}
        if moved:
            new |= {"valid": old["valid"] + moved, "invalid": old["invalid"] - moved}
        changes = tuple(Change(name, old[name], value) for name, value in new.items())
        code = book.places.codes[station]
        read_at = book.sessions[code[:6]].read_at
        if read_at is None:
            raise ValueError(f"district {code[:6]} is never read")
        reason = _regency_reason(delta, late=n == 0)
        at = read_at - timedelta(minutes=12)
        book.regency.append(Correction(at, "regency", code, REGENT, changes, reason, late=n == 0))
        for change in changes:
            book.final[REGENT][station, book.ids[REGENT].index(change.field)] = change.new
        if n == 0:
            what = "Keberatan saksi baru diajukan setelah pleno kecamatan ditutup."
            wrong, right = {c.field: c.old for c in changes}, {c.field: c.new for c in changes}
            book.errors.append(
                SeededError(ErrorKind.LATE_CORRECTION, code, REGENT, what, "Pleno kabupaten", wrong, right)
            )


def _regency_reason(delta: tuple[int, ...], *, late: bool) -> str:
    moved = sum(delta)
    if moved:
        text = f"{moved} surat suara dinyatakan tidak sah padahal sah; diperiksa ulang bersama saksi dan pengawas"
        return f"{text}; keberatan diajukan setelah pleno kecamatan ditutup." if late else f"{text}."
    taken = min(range(len(delta)), key=lambda k: delta[k]) + 1
    given = max(range(len(delta)), key=lambda k: delta[k]) + 1
    return f"{max(delta)} suara paslon {given} tertulis di baris paslon {taken}; dibetulkan menurut turus (tally)."
