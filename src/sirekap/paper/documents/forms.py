"""Forms on upright paper: special incidents and objections, attendance, receipt of copies, minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sirekap.election import chasil
from sirekap.election.conduct import Capacity
from sirekap.election.contests import Contest
from sirekap.election.sheet import chunks
from sirekap.paper.documents import words
from sirekap.paper.documents.model import (
    AnswerStatus,
    Attendance,
    Attendee,
    CorrectedField,
    Head,
    Incidents,
    Matter,
    MatterKind,
    Minutes,
    Receipt,
)
from sirekap.paper.documents.parts import Boxes, Item, Row, Run, heading, pairs, paragraph, table
from sirekap.paper.documents.recapitulation import vote_table

PER_LINE = 3
"""Signature boxes side by side on upright paper."""
EMPTY_LINES = 12
"""Lines to be filled in by hand where nobody was recorded."""
STATUS_WORDS = {
    AnswerStatus.OPEN: "Belum dijawab",
    AnswerStatus.ACCEPTED: "Diterima",
    AnswerStatus.REFUSED: "Ditolak",
    AnswerStatus.UNRESOLVED: "Belum selesai, diteruskan ke tingkat di atasnya",
}
_PRESENT = {
    Capacity.CHAIR: "ketua",
    Capacity.MEMBER: "anggota",
    Capacity.WITNESS: "saksi pasangan calon",
    Capacity.SUPERVISOR: "pengawas pemilihan",
    Capacity.OBSERVER: "pemantau",
}


def incidents(head: Head, body: Incidents) -> tuple[list[Item], Boxes]:
    """MODEL D.KEJADIAN KHUSUS DAN/ATAU KEBERATAN SAKSI-KWK."""
    boxes = Boxes(head)
    when = words.day_in_words(body.opened or head.at, head.region)
    special = [matter for matter in body.matters if matter.kind is MatterKind.INCIDENT]
    objections = [matter for matter in body.matters if matter.kind is MatterKind.OBJECTION]
    items = [
        paragraph(
            f"Pada {when}, dalam rapat pleno terbuka rekapitulasi hasil penghitungan perolehan suara oleh "
            f"{words.body_of(head)} untuk {contests_words(body.contests, head)} Tahun {head.year}, kejadian khusus "
            "dan/atau keberatan saksi dicatat sebagai berikut.",
            above=0.0,
        ),
        heading("I.  KEJADIAN KHUSUS"),
        *_matters(head, special, "Tidak ada kejadian khusus."),
        heading("II.  KEBERATAN SAKSI DAN/ATAU PENGAWAS"),
        *_matters(head, objections, "Tidak ada keberatan."),
        *_carried(body.matters),
        boxes.block(body.signers, PER_LINE),
    ]
    return items, boxes


def attendance(head: Head, body: Attendance) -> tuple[list[Item], Boxes]:
    """Daftar hadir."""
    boxes = Boxes(head)
    known = [attendee for attendee in body.attendees if attendee.name or attendee.at or not attendee.present]
    present = sum(attendee.present for attendee in known)
    items = [
        pairs(
            [
                ("Rapat pleno", f"Rekapitulasi {contests_words(body.contests, head)} Tahun {head.year}"),
                ("Hari, tanggal", _when(head, body.opened)),
                ("Tempat", body.venue or words.DOTS),
                ("Penyelenggara", words.body_of(head)),
            ],
            above=0.0,
        ),
        _people(head, body.attendees, "WAKTU HADIR"),
        *(
            [paragraph(f"Hadir: {present} dari {len(known)} orang yang tercatat.{_quorum(body.quorum)}")]
            if known
            else []
        ),
        boxes.block(body.signers, PER_LINE),
    ]
    return items, boxes


def receipt(head: Head, body: Receipt) -> tuple[list[Item], Boxes]:
    """Tanda terima salinan."""
    boxes = Boxes(head)
    rows = [
        Row((f"{n}.", document.title, str(document.pages), _grouped(document.sha256)))
        for n, document in enumerate(body.documents, 1)
    ]
    items = [
        paragraph(
            f"{words.body_of(head)} menyerahkan salinan dokumen rapat pleno rekapitulasi "
            f"{contests_words(body.contests, head)} Tahun {head.year} berikut kepada saksi pasangan calon dan "
            "pengawas pemilihan yang menandatangani daftar di bawah.",
            above=0.0,
        ),
        heading("DOKUMEN YANG DISERAHKAN"),
        table([9.0, "1", 17.0, 84.0], ["NO.", "DOKUMEN", "HALAMAN", "SHA-256 BERKAS"], rows, align="clcl", size=7.6),
        heading("PENERIMA"),
        _people(head, body.recipients, "WAKTU TERIMA"),
        paragraph(
            "Penerima dapat mencocokkan salinannya: SHA-256 berkas PDF harus sama dengan daftar di atas.", size=8.0
        ),
        boxes.block(body.signers, PER_LINE),
    ]
    return items, boxes


def minutes(head: Head, body: Minutes) -> tuple[list[Item], Boxes]:
    """Berita acara rapat pleno."""
    boxes = Boxes(head)
    items = [_opening(head, body), *_course(head, body), *_present(body), *_results(head, body)]
    items += _corrections(body)
    if body.answers:
        listed = "; ".join(f"{STATUS_WORDS[status].lower()}: {n}" for status, n in body.answers.items() if n)
        text = f"Keberatan dan kejadian khusus: {listed}. Uraiannya pada {INCIDENTS_MODEL}."
    else:
        text = "Tidak ada keberatan dan tidak ada kejadian khusus yang dicatat."
    items += [heading("KEBERATAN DAN KEJADIAN KHUSUS"), paragraph(text, above=2.0)]
    items += [paragraph(note, above=4.0) for note in body.notes]
    items.append(
        paragraph(
            "Demikian berita acara ini dibuat dengan sebenarnya dan ditandatangani oleh ketua, anggota, dan saksi "
            "pasangan calon yang hadir dan bersedia."
        )
    )
    return [*items, boxes.block(body.signers, PER_LINE)], boxes


INCIDENTS_MODEL = "MODEL D.KEJADIAN KHUSUS DAN/ATAU KEBERATAN SAKSI-KWK"


def contests_words(contests: Sequence[Contest], head: Head) -> str:
    """The contests' titles, joined."""
    return " dan ".join(words.contest_words(contest, head.names) for contest in contests)


def _matters(head: Head, matters: Sequence[Matter], none: str) -> list[Item]:
    if not matters:
        return [paragraph([("b", "NIHIL. "), ("", none)], above=2.0)]
    rows = [Row((f"{n}.", _raised(head, matter), _answered(matter))) for n, matter in enumerate(matters, 1)]
    return [
        table(
            [9.0, "1.15", "1"],
            ["NO.", "URAIAN", "TANGGAPAN DAN TINDAK LANJUT"],
            rows,
            align="cll",
            size=8.2,
            tight=1.6,
            top=True,
        )
    ]


def _raised(head: Head, matter: Matter) -> Run:
    runs: list[tuple[str, str]] = [("b", matter.by), ("", f"\n{words.moment(matter.at, head.region)}")]
    if matter.origin:
        runs.append(("i", f"\nDibawa dari {matter.origin}"))
    runs += [("", "\nMengenai: "), ("b", matter.about), ("", f"\n{matter.text}")]
    if matter.demand:
        runs += [("b", "\nPermintaan: "), ("", matter.demand)]
    for sha256 in matter.attachments:
        runs.append(("", f"\nLampiran (SHA-256): {sha256[:16]}…"))
    return runs


def _answered(matter: Matter) -> Run:
    runs: list[tuple[str, str]] = [("b", STATUS_WORDS[matter.status])]
    if matter.answer:
        runs.append(("", f"\n{matter.answer}"))
    if matter.correction:
        runs += [("b", "\nKoreksi: "), ("", matter.correction)]
    return runs


def _carried(matters: Sequence[Matter]) -> list[Item]:
    waiting = sum(matter.status is AnswerStatus.UNRESOLVED for matter in matters)
    if not waiting:
        return []
    return [paragraph(f"{waiting} hal belum selesai dan menjadi agenda rapat pleno di tingkat di atasnya.", size=8.6)]


def _people(head: Head, people: Sequence[Attendee], when: str) -> Item:
    rows = [
        Row(
            (
                f"{n}.",
                person.name or " ",
                _position(head, person),
                person.mandate or words.BLANK,
                _arrived(head, person),
                "" if person.present else [("i", "tidak hadir")],
            )
        )
        for n, person in enumerate(people, 1)
    ] or [Row((f"{n}.", *(" ",) * 5)) for n in range(1, EMPTY_LINES + 1)]
    return table(
        [9.0, "1", 46.0, 32.0, 25.0, 34.0],
        ["NO.", "NAMA", "JABATAN/MEWAKILI", "SURAT MANDAT/TUGAS", when, "TANDA TANGAN"],
        rows,
        align="cllccc",
        size=7.8,
        tight=2.6,
    )


def _arrived(head: Head, person: Attendee) -> str:
    if not person.present:
        return words.BLANK
    if person.at is None:
        return " "
    there = words.local(person.at, head.region)
    return f"{there:%H.%M}\n{there:%d/%m/%Y}"


def _position(head: Head, person: Attendee) -> str:
    if person.body:
        return person.body
    board = words.board_of(head.region)
    return {
        Capacity.CHAIR: f"Ketua {board}",
        Capacity.MEMBER: f"Anggota {board}",
        Capacity.WITNESS: f"Saksi pasangan calon nomor urut {person.pair}" if person.pair else "Saksi",
        Capacity.SUPERVISOR: words.supervisor_of(head.region),
        Capacity.OBSERVER: "Pemantau",
    }[person.capacity]


def _grouped(sha256: str) -> str:
    groups = chunks(sha256)
    return "\n".join(" ".join(groups[start : start + 8]) for start in (0, 8))


def _when(head: Head, at: datetime | None) -> str:
    moment = at or head.at
    there = words.local(moment, head.region)
    return f"{words.DAYS[there.weekday()]}, {words.moment(moment, head.region)}"


def _quorum(quorum: tuple[int, int] | None) -> str:
    if quorum is None:
        return ""
    present, needed = quorum
    verdict = "terpenuhi" if present >= needed else "tidak terpenuhi"
    return f" Kuorum {verdict}: {present} ketua dan anggota hadir, diperlukan {needed}."


def _opening(head: Head, body: Minutes) -> Item:
    first = body.course[0].at if body.course else head.at
    return paragraph(
        f"Pada {words.day_in_words(first, head.region)}, bertempat di {body.venue or words.DOTS}, "
        f"{words.body_of(head)} melaksanakan rapat pleno terbuka rekapitulasi hasil penghitungan perolehan suara "
        f"{contests_words(body.contests, head)} Tahun {head.year}.",
        above=0.0,
    )


def _course(head: Head, body: Minutes) -> list[Item]:
    rows = [Row((words.moment(happening.at, head.region), happening.text)) for happening in body.course]
    if not rows:
        return []
    return [heading("JALANNYA RAPAT"), table([60.0, "1"], ["WAKTU", "KEJADIAN"], rows, align="ll", size=8.4)]


def _present(body: Minutes) -> list[Item]:
    if not body.attendance and body.quorum is None:
        return []
    listed = ", ".join(f"{n} {_PRESENT[capacity]}" for capacity, n in body.attendance.items() if n)
    text = f"Hadir: {listed or 'tidak tercatat'}.{_quorum(body.quorum)} Nama mereka ada pada daftar hadir."
    return [heading("KEHADIRAN"), paragraph(text, above=2.0)]


def _results(head: Head, body: Minutes) -> list[Item]:
    items: list[Item] = []
    by_id = {contest.id: contest for contest in body.contests}
    for sheet in body.sheets:
        contest = by_id[sheet.contest]
        items += [
            heading(f"HASIL {words.contest_words(contest, head.names).upper()}"),
            vote_table(contest, sheet, size=8.0, tight=0.9),
            paragraph(f"Hash angka lembar (SHA-256): {' '.join(chunks(sheet.figures_sha256()))}", size=7.4, above=2.0),
        ]
    return items


def _corrections(body: Minutes) -> list[Item]:
    if not body.corrections:
        return [heading("KOREKSI"), paragraph("Tidak ada koreksi angka dalam rapat ini.", above=2.0)]
    titles = {contest.id: contest.kind for contest in body.contests}
    rows = [
        Row((f"{n}.", fixed.where, _field(fixed), words.number(fixed.old), words.number(fixed.new), fixed.reason))
        for n, fixed in enumerate(sorted(body.corrections, key=lambda one: list(titles).index(one.contest)), 1)
    ]
    return [
        heading("KOREKSI"),
        table(
            [9.0, 42.0, "1", 17.0, 17.0, "1"],
            ["NO.", "TEMPAT", "BARIS", "SEMULA", "MENJADI", "ALASAN"],
            rows,
            align="cllrrl",
            size=7.8,
        ),
    ]


def _field(fixed: CorrectedField) -> str:
    field = chasil.BY_ID.get(fixed.row)
    return f"{field.row} {field.label_id}" if field else fixed.row
