"""Decrees (keputusan): the result of a contest, and the elected pair.

The order of a decree (Menimbang, Mengingat, Memperhatikan, Memutuskan, Menetapkan, dictums) follows the commission's
own decrees. Laws: UU 1/2015 with its amendments up to UU 6/2020; PKPU 18/2024 on recapitulation and determination.
"""

from __future__ import annotations

from fractions import Fraction

from sirekap.election.conduct import Capacity
from sirekap.election.contests import Contest, ContestKind
from sirekap.election.sheet import chunks
from sirekap.paper.documents import words
from sirekap.paper.documents.model import DocumentKind, ElectedDecree, Head, ResultDecree, Signer
from sirekap.paper.documents.parts import Boxes, Item, Run, listing, paragraph
from sirekap.paper.documents.recapitulation import vote_table

LAWS = (
    "Undang-Undang Nomor 1 Tahun 2015 tentang Penetapan Peraturan Pemerintah Pengganti Undang-Undang Nomor 1 Tahun "
    "2014 tentang Pemilihan Gubernur, Bupati, dan Walikota menjadi Undang-Undang, sebagaimana telah beberapa kali "
    "diubah, terakhir dengan Undang-Undang Nomor 6 Tahun 2020;",
    "Peraturan Komisi Pemilihan Umum Nomor 18 Tahun 2024 tentang Rekapitulasi Hasil Penghitungan Perolehan Suara dan "
    "Penetapan Hasil Pemilihan Gubernur dan Wakil Gubernur, Bupati dan Wakil Bupati, serta Wali Kota dan Wakil Wali "
    "Kota;",
)
ORDINALS = ("KESATU", "KEDUA", "KETIGA", "KEEMPAT", "KELIMA", "KEENAM", "KETUJUH", "KEDELAPAN", "KESEMBILAN")
SIZE = 9.6


def result_decree(head: Head, body: ResultDecree) -> tuple[list[Item], Boxes]:
    """Keputusan tentang penetapan hasil."""
    contest = words.contest_words(body.contest, head.names)
    about = f"PENETAPAN HASIL {contest.upper()} TAHUN {head.year}"
    sheet = _sheet_name(body.contest)
    considering = [
        f"bahwa rapat pleno terbuka {words.body_of(head)} telah menyelesaikan rekapitulasi hasil penghitungan "
        f"perolehan suara {contest} Tahun {head.year}, dituangkan dalam berita acara dan sertifikat {sheet};",
        f"bahwa Keputusan {words.body_of(head)} tentang Penetapan Hasil {contest} Tahun {head.year} perlu ditetapkan;",
    ]
    noting = [
        f"Berita acara dan sertifikat {sheet} dengan hash angka {' '.join(chunks(body.figures.figures_sha256()))}."
    ]
    valid, invalid, total = (body.figures.total(field) for field in ("valid", "invalid", "total"))
    dictums: list[Run] = [
        f"Menetapkan hasil {contest} Tahun {head.year} sebagaimana tercantum dalam tabel di bawah diktum ini.",
        f"Jumlah suara sah {_both(valid)}, suara tidak sah {_both(invalid)}, dan seluruhnya {_both(total)}.",
        f"Rincian perolehan suara tercantum dalam {sheet}, bagian yang tidak terpisahkan dari Keputusan ini.",
        *body.remarks,
    ]
    if body.announced:
        dictums.append(
            f"Keputusan ini diumumkan pada {words.moment(body.announced, head.region)}. Permohonan pembatalan diajukan "
            "kepada Mahkamah Konstitusi paling lambat 3 (tiga) hari kerja terhitung sejak pengumuman."
        )
    dictums.append("Keputusan ini mulai berlaku pada tanggal ditetapkan.")
    table = vote_table(body.contest, body.figures, size=8.4, tight=1.0)
    items = [*_opening(head, about), *_reasons(considering, noting, head, about)]
    items += _dictums(dictums, {0: table})
    boxes = Boxes(head)
    return [*items, *_signed(head, body.place, body.signers, boxes)], boxes


def elected_decree(head: Head, body: ElectedDecree) -> tuple[list[Item], Boxes]:
    """Keputusan tentang penetapan pasangan calon terpilih."""
    contest = words.contest_words(body.contest, head.names)
    office = _office(body.contest)
    about = f"PENETAPAN PASANGAN CALON {office.upper()} TERPILIH DALAM {contest.upper()} TAHUN {head.year}"
    votes = body.figures.total(f"votes_{body.pair}") or 0
    valid = body.figures.total("valid") or 0
    basis = body.basis + (f" tanggal {words.day(body.basis_date)}" if body.basis_date else "")
    considering = [
        f"bahwa hasil {contest} Tahun {head.year} telah ditetapkan"
        + (f" dengan Keputusan {words.body_of(head)} Nomor {body.result_decree};" if body.result_decree else ";"),
        f"bahwa berdasarkan {basis}, pasangan calon terpilih dapat ditetapkan;",
        f"bahwa Keputusan {words.body_of(head)} tentang penetapan pasangan calon terpilih perlu ditetapkan;",
    ]
    dictums: list[Run] = [
        [
            ("", "Menetapkan Pasangan Calon Nomor Urut "),
            ("b", f"{body.pair} {words.pair_name(body.contest, body.pair)}"),
            (
                "",
                f" sebagai Pasangan Calon {office} Terpilih dalam {contest} Tahun {head.year}, dengan perolehan suara ",
            ),
            ("b", _both(votes)),
            ("", f" suara atau {_percent(votes, valid)} dari {words.number(valid)} suara sah."),
        ],
        "Keputusan ini disampaikan kepada pasangan calon terpilih, partai politik pengusul, dan dewan perwakilan "
        "rakyat daerah sebagai dasar pengusulan pengesahan pengangkatan.",
        "Keputusan ini mulai berlaku pada tanggal ditetapkan.",
    ]
    items = [*_opening(head, about), *_reasons(considering, [f"{basis[0].upper()}{basis[1:]}."], head, about)]
    items += _dictums(dictums, {})
    boxes = Boxes(head)
    return [*items, *_signed(head, body.place, body.signers, boxes)], boxes


def _opening(head: Head, about: str) -> list[Item]:
    body = words.body_of(head).upper()
    number = head.number or "............"
    return [
        paragraph([("b", body)], align="c", size=12.0, above=0.0),
        paragraph([("b", f"KEPUTUSAN {body}")], align="c", size=10.0, above=14.0),
        paragraph([("b", f"NOMOR {number}")], align="c", size=10.0, above=5.0),
        paragraph([("b", "TENTANG")], align="c", size=10.0, above=8.0),
        paragraph([("b", about)], align="c", size=10.0, above=8.0),
        paragraph([("b", f"KETUA {body},")], align="c", size=10.0, above=12.0),
    ]


def _reasons(considering: list[str], noting: list[str], head: Head, about: str) -> list[Item]:
    body = words.body_of(head).upper()
    return [
        listing("Menimbang", [(f"{'abcdef'[n]}.", text) for n, text in enumerate(considering)], size=SIZE, above=12.0),
        listing("Mengingat", [(f"{n}.", law) for n, law in enumerate(LAWS, 1)], size=SIZE),
        listing("Memperhatikan", [("", text) for text in noting], size=SIZE),
        paragraph([("b", "MEMUTUSKAN:")], align="c", size=10.0, above=12.0),
        listing("Menetapkan", [("", [("b", f"KEPUTUSAN {body} TENTANG {about}.")])], size=SIZE),
    ]


def _dictums(dictums: list[Run], tables: dict[int, Item]) -> list[Item]:
    items: list[Item] = []
    for n, text in enumerate(dictums):
        last = n == len(dictums) - 1
        items.append(listing(ORDINALS[n], [("", text)], size=SIZE, above=8.5, sticky=last))
        if n in tables:
            items.append(tables[n])
    return items


def _signed(head: Head, place: str, signers: tuple[Signer, ...], boxes: Boxes) -> list[Item]:
    there = words.local(head.at, head.region)
    chairs = [signer for signer in signers if signer.capacity is Capacity.CHAIR]
    others = [signer for signer in signers if signer.capacity is not Capacity.CHAIR]
    chair = chairs[0] if chairs else Signer(Capacity.CHAIR)
    lines: list[Run] = [f"Ditetapkan di {place or '............'}", f"pada tanggal {words.day(there)}"]
    items = [boxes.right(lines, chair, f"KETUA {words.body_of(head).upper()}", SIZE)]
    return [*items, boxes.block(others, 2, 22.0)] if others else items


def _sheet_name(contest: Contest) -> str:
    kind = DocumentKind.DHASIL_PROV if contest.kind is ContestKind.GOVERNOR else DocumentKind.DHASIL_KABKO
    return words.model_title(kind, contest)


def _office(contest: Contest) -> str:
    if contest.kind is ContestKind.GOVERNOR:
        return "Gubernur dan Wakil Gubernur"
    return "Wali Kota dan Wakil Wali Kota" if contest.region[2] == "7" else "Bupati dan Wakil Bupati"


def _both(value: int | None) -> str:
    """Digits, and words in brackets."""
    return f"{words.number(value)} ({words.in_words(value).lower()})"


def _percent(part: int, whole: int) -> str:
    """Two decimals, rounded half up, with a decimal comma."""
    if not whole:
        return f"{words.BLANK} %"
    hundredths = Fraction(part * 10_000, whole)
    rounded = (2 * hundredths.numerator + hundredths.denominator) // (2 * hundredths.denominator)
    return f"{rounded // 100},{rounded % 100:02d} %"
