"""What every page carries: marks, tags, QR, form name, header of the station, signatures, page number. mm on A4."""

from __future__ import annotations

from dataclasses import dataclass

from sirekap.election.chasil import page_count
from sirekap.paper.identity import Corner, Form, tag_id
from sirekap.paper.layout import Rect, Tag
from sirekap.paper.sheet import HEIGHT, LINE, WIDTH, Align, Builder, Dots, Slot, split

LEFT, RIGHT = 14.0, 196.0
"""The edges of every table."""
MARGIN = 6.0
"""Nothing is printed nearer to the edge of the sheet: ordinary printers cannot."""
TAG = 13.0
TABLE_TOP = 66.5
SIGNATURES_TOP, SIGNATURES_BOTTOM = 241.0, 274.5
QR = Rect(159.0, 24.5, 35.0, 35.0)
"""25 modules (version 2) of 1.4 mm, without the quiet zone of four modules."""
KPPS_MEMBERS = 7
NAMED_WITNESSES = 4
"""Up to so many pairs the boxes of the witnesses are wide enough for the names of the pairs."""
_MARK = 3.5


@dataclass(frozen=True, slots=True)
class Heading:
    """What the static part of a form says of its contest.

    ``pairs``: names of the vote columns in order (two names of a pair separated by a newline), empty strings on a
    form for any contest. ``sole``: the second column is the blank column. ``title``: the contest in capitals.
    """

    form: Form
    columns: int
    title: str = ""
    year: str = ""
    pairs: tuple[str, ...] = ()
    sole: bool = False

    @property
    def pages(self) -> int:
        """Pages of the whole form."""
        return 2 if self.form.is_copy else page_count(self.columns)

    def pair(self, number: int) -> str:
        """The printed name of a vote column."""
        return self.pairs[number - 1] if number <= len(self.pairs) else ""


def frame(builder: Builder, heading: Heading, *, preamble: bool) -> None:
    """Everything around the tables of one page; ``preamble``: the sentences of the first page."""
    _marks(builder)
    _tags(builder, heading)
    _title(builder, heading)
    builder.qr = QR
    _station(builder, 38.2 if preamble else 24.0)
    if preamble:
        _preamble(builder)
    _signatures(builder, heading)
    _footer(builder, heading)


def _marks(builder: Builder) -> None:
    for right in (False, True):
        for bottom in (False, True):
            for step in (0.0, _MARK):
                x, y = MARGIN + step, MARGIN + step
                builder.marks.append(
                    Rect(WIDTH - x - _MARK if right else x, HEIGHT - y - _MARK if bottom else y, _MARK, _MARK)
                )
        for y in (HEIGHT / 2 - 5.0, HEIGHT / 2 + 1.5):
            builder.marks.append(Rect(WIDTH - MARGIN - _MARK if right else MARGIN, y, _MARK, _MARK))


def _tags(builder: Builder, heading: Heading) -> None:
    near, far, low = 16.0, WIDTH - 16.0 - TAG, HEIGHT - MARGIN - TAG
    corners = {
        Corner.TOP_LEFT: (near, MARGIN),
        Corner.TOP_RIGHT: (far, MARGIN),
        Corner.BOTTOM_RIGHT: (far, low),
        Corner.BOTTOM_LEFT: (near, low),
    }
    for corner, (x, y) in corners.items():
        number = tag_id(heading.form, heading.columns, builder.page, corner)
        builder.tags.append(Tag(number, Rect(x, y, TAG, TAG)))


def _title(builder: Builder, heading: Heading) -> None:
    contest = heading.title.upper() or _GENERIC[heading.form.contest.value]
    kind = "SALINAN " if heading.form.is_copy else ""
    lines = [
        f"{kind}BERITA ACARA DAN SERTIFIKAT HASIL PENGHITUNGAN",
        "PEROLEHAN SUARA DI TEMPAT PEMUNGUTAN SUARA",
        f"DALAM {contest}",
        f"TAHUN {heading.year or '............'}",
    ]
    builder.text(Rect(31.5, 5.5, 110.0, 14.5), "\n".join(lines), 7.6, bold=True, align=Align.CENTRE, leading=0.5)
    box = Rect(143.5, MARGIN + 0.3, 34.5, 12.4)
    builder.frame(box, LINE)
    name = heading.form.title.replace("-KWK", "-\nKWK", 1)
    builder.centred(Rect(box.x, box.y + 0.5, box.w, 7.2), name, 6.6)
    builder.across(box.x, box.right, box.y + 8.0, LINE)
    builder.centred(Rect(box.x, box.y + 8.0, box.w, 4.4), f"Halaman {builder.page} dari {heading.pages}", 6.6)


_GENERIC = {
    "pkwkp": "PEMILIHAN GUBERNUR DAN WAKIL GUBERNUR",
    "pkwkk": "PEMILIHAN BUPATI DAN WAKIL BUPATI/WALI KOTA DAN WAKIL WALI KOTA",
}

_SLOTS = (
    (("station", "TPS Nomor"), ("village", "Desa/Kelurahan *)")),
    (("district", "Kecamatan/Distrik *)"), ("regency", "Kabupaten/Kota *)")),
    (("province", "Provinsi"),),
)


def _station(builder: Builder, top: float) -> None:
    for line, row in enumerate(_SLOTS):
        for column, (name, label) in enumerate(row):
            x, y = (LEFT, 83.5)[column], top + line * 6.0
            wide = 28.0 if column == 0 else 24.0
            builder.text(Rect(x, y, wide, 5.2), label, 7.0)
            builder.text(Rect(x + wide, y, 2.0, 5.2), ":", 7.0)
            blank = Rect(x + wide + 2.5, y, (81.0 if column == 0 else 152.5) - x - wide - 2.5, 5.2)
            builder.slots.append(Slot(name, blank))


def _preamble(builder: Builder) -> None:
    blank = "." * 32
    lines = (
        f"Pada hari ini {blank} tanggal {blank} bulan {blank} tahun {blank},",
        "Kelompok Penyelenggara Pemungutan Suara (KPPS) melaksanakan rapat pemungutan dan penghitungan suara",
        "yang dihadiri saksi pasangan calon dan/atau Pengawas TPS, bertempat di:",
    )
    for n, line in enumerate(lines):
        builder.text(Rect(LEFT, 22.4 + n * 4.9, 139.0, 4.9), line, 7.0)
    builder.text(
        Rect(LEFT, 56.0, 139.0, 4.9),
        "Penghitungan suara dimulai pukul ......... : ......... dan selesai pukul ......... : ......... waktu setempat,"
        " dengan hasil:",
        7.0,
    )


def _signatures(builder: Builder, heading: Heading) -> None:
    whole = Rect(LEFT, SIGNATURES_TOP, RIGHT - LEFT, SIGNATURES_BOTTOM - SIGNATURES_TOP)
    builder.frame(whole)
    y = whole.y
    builder.centred(
        Rect(whole.x, y, whole.w, 4.5), "NAMA DAN TANDA TANGAN KELOMPOK PENYELENGGARA PEMUNGUTAN SUARA", 6.4
    )
    builder.across(whole.x, whole.right, y + 4.5, LINE)
    _signature_row(
        builder,
        Rect(whole.x, y + 4.5, whole.w, 10.5),
        [f"{n}.  {'Ketua' if n == 1 else 'Anggota'}" for n in range(1, KPPS_MEMBERS + 1)],
    )
    builder.across(whole.x, whole.right, y + 15.0, LINE)
    builder.centred(Rect(whole.x, y + 15.0, whole.w, 4.5), "NAMA DAN TANDA TANGAN SAKSI PASANGAN CALON", 6.4)
    builder.across(whole.x, whole.right, y + 19.5, LINE)
    labels = [_witness(heading, n) for n in range(1, heading.columns + 1)]
    _signature_row(builder, Rect(whole.x, y + 19.5, whole.w, whole.bottom - y - 19.5), labels)


def _witness(heading: Heading, number: int) -> str:
    if heading.sole and number == 2:
        return "Pemantau (kolom kosong)"
    if heading.columns > NAMED_WITNESSES:
        return f"Nomor {number}"
    return f"{number}.  {heading.pair(number)}" if heading.pair(number) else f"Nomor urut {number}"


def _signature_row(builder: Builder, row: Rect, labels: list[str]) -> None:
    for n, cell in enumerate(split(row, [row.w / len(labels)] * len(labels))):
        builder.text(Rect(cell.x + 1.2, cell.y + 0.6, cell.w - 2.0, 3.4), labels[n], 6.0, bold=True)
        builder.dots.append(Dots(cell.x + 1.5, cell.bottom - 1.4, cell.right - 1.5, cell.bottom - 1.4, 30))
        if n:
            builder.down(cell.x, row.y, row.bottom, LINE)


def _footer(builder: Builder, heading: Heading) -> None:
    line = f"{heading.form.title}   ·   {heading.columns} kolom suara   ·   Halaman {builder.page} dari {heading.pages}"
    builder.text(Rect(32.0, 279.0, 146.0, 5.0), line, 6.2, bold=True, align=Align.CENTRE)
    builder.text(
        Rect(32.0, 284.0, 146.0, 5.0),
        "*) Coret yang tidak perlu. Jangan menulis di atas tanda hitam, kode, dan bulatan yang tidak dipilih.",
        6.0,
        italic=True,
        align=Align.CENTRE,
    )
