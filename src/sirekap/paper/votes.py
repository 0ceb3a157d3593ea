"""Vote pages (section IV) and the last page (section V) of C.Hasil, and page 2 of the Salinan. mm on A4."""

from __future__ import annotations

from sirekap.election import chasil
from sirekap.election.chasil import Field
from sirekap.paper.frame import LEFT, RIGHT, SIGNATURES_TOP, TABLE_TOP, Heading, frame
from sirekap.paper.layout import Circle, FieldPlace, Rect
from sirekap.paper.sheet import (
    BOX_H,
    LINE,
    Align,
    Builder,
    Dots,
    Sheet,
    boxes,
    boxes_width,
    bubbles,
    grid,
    inset,
)

TALLY_X, TOTAL_X, DIGITS_X = 47.0, 151.0, 164.0
"""Left edges of the columns: tally, row totals, digits."""
TALLY_ROWS, TALLY_CELLS = 8, 15
"""120 cells of five strokes: a station of 600 voters who all vote alike."""
HEADER = 7.0
ROWS_BOTTOM = SIGNATURES_TOP - 3.5
TALLEST = 54.0
WORDS = 8.0
SUMMARY_ROW = 43.0
SETTLED = 16.0
"""Height of the lines for place and date."""
EMPTY = 20.0
"""An empty space taller than this says that it is meant to be empty."""
_GUIDE = (
    "PETUNJUK: Satu turus = satu suara, lima turus tiap kotak. Tulis satu angka dalam satu kotak, ikuti titik bantu, "
    "lalu hitamkan penuh satu bulatan di bawah setiap angka. Kotak di depan yang tidak dipakai diberi tanda X "
    "(bulatannya dibiarkan kosong). Bila salah tulis: coret dua garis, tulis angka yang benar di sampingnya, dan paraf."
)


def vote_page(heading: Heading, page: int) -> Sheet:
    """One page of up to four vote columns with tally, row totals, words, digits and bubbles."""
    builder = Builder(page)
    frame(builder, heading, preamble=False)
    _guide(builder)
    _section(builder, "IV", "RINCIAN PEROLEHAN SUARA PASANGAN CALON")
    fields = chasil.fields_of_page(page, heading.columns)
    top = TABLE_TOP + HEADER
    height = min((ROWS_BOTTOM - top) / min(4, heading.columns), TALLEST)
    bottom = top + height * len(fields)
    _vote_header(
        builder, Rect(LEFT, TABLE_TOP, RIGHT - LEFT, HEADER), "RINCIAN PEROLEHAN SUARA SAH", "JUMLAH SUARA SAH"
    )
    for n, field in enumerate(fields):
        row = Rect(LEFT, top + n * height, RIGHT - LEFT, height)
        builder.across(LEFT, RIGHT, row.y, LINE)
        number = int(field.stem.rpartition("_")[2])
        _pair(builder, heading, number, Rect(LEFT, row.y, TALLY_X - LEFT, height))
        _tallied(builder, field, row)
    builder.frame(Rect(LEFT, TABLE_TOP, RIGHT - LEFT, bottom - TABLE_TOP))
    for x in (TALLY_X, DIGITS_X):
        builder.down(x, TABLE_TOP, bottom, LINE)
    if ROWS_BOTTOM - bottom > EMPTY:
        text = f"Tidak ada kolom suara lain. Penghitungan berlanjut di halaman {page + 1}."
        builder.text(Rect(LEFT, bottom + 3.0, RIGHT - LEFT, 5.0), text, 6.8, italic=True, align=Align.CENTRE, grey=25)
    return builder.done()


def summary_page(heading: Heading) -> Sheet:
    """The last page of C.Hasil: valid, invalid (with its tally) and both together."""
    builder = Builder(heading.pages)
    frame(builder, heading, preamble=False)
    _guide(builder)
    _section(builder, "V", "JUMLAH SUARA SAH DAN TIDAK SAH")
    valid, invalid, total = chasil.SUMMARY
    pairs = " + ".join(f"IV.{n}" for n in range(1, heading.columns + 1))
    y = TABLE_TOP
    _plain(
        builder, valid, Rect(LEFT, y, RIGHT - LEFT, SUMMARY_ROW), "A.", f"JUMLAH SELURUH\nSUARA SAH\n({_wrap(pairs)})"
    )
    y += SUMMARY_ROW + 2.5
    _vote_header(builder, Rect(LEFT, y, RIGHT - LEFT, 6.0), "RINCIAN SUARA TIDAK SAH", "JUMLAH SUARA TIDAK SAH")
    row = Rect(LEFT, y + 6.0, RIGHT - LEFT, SUMMARY_ROW)
    builder.across(LEFT, RIGHT, row.y, LINE)
    _label(builder, Rect(LEFT, row.y, TALLY_X - LEFT, row.h), "B.", "JUMLAH SUARA\nTIDAK SAH")
    _tallied(builder, invalid, row)
    builder.frame(Rect(LEFT, y, RIGHT - LEFT, row.bottom - y))
    for x in (TALLY_X, DIGITS_X):
        builder.down(x, y, row.bottom, LINE)
    y = row.bottom + 2.5
    label = "JUMLAH SELURUH\nSUARA SAH DAN\nSUARA TIDAK SAH\n(V.A + V.B)"
    _plain(builder, total, Rect(LEFT, y, RIGHT - LEFT, SUMMARY_ROW), "C.", label)
    _settled(builder, y + SUMMARY_ROW + 4.0)
    return builder.done()


def copy_page(heading: Heading) -> Sheet:
    """Page 2 of the Salinan: all votes and sums, words and digits, no tally."""
    builder = Builder(2)
    frame(builder, heading, preamble=False)
    _section(builder, "IV", "PEROLEHAN SUARA PASANGAN CALON  —  V.  SUARA SAH DAN TIDAK SAH")
    builder.text(Rect(LEFT, 43.5, 139.0, 14.5), _COPY_NOTE, 6.4, italic=True)
    fields = (*chasil.VOTES[: heading.columns], *chasil.SUMMARY)
    top, gap = TABLE_TOP + 5.5, 3.0
    height = min((ROWS_BOTTOM - top - gap) / len(fields), 15.0)
    _copy_block(builder, heading, Rect(LEFT, TABLE_TOP, RIGHT - LEFT, 5.5 + height * heading.columns), fields[:-3], 5.5)
    y = top + height * heading.columns + gap
    _copy_block(builder, heading, Rect(LEFT, y, RIGHT - LEFT, height * 3), fields[-3:], 0.0)
    if y + height * 3 + SETTLED < ROWS_BOTTOM:
        _settled(builder, y + height * 3 + 4.0)
    return builder.done()


_COPY_NOTE = (
    "Salinan ini memuat angka yang sama dengan C.Hasil di TPS dan diberikan kepada saksi, Pengawas TPS, dan PPS. "
    "Bila berbeda, C.Hasil dalam kotak suara yang berlaku."
)
_COPY_WORDS_X = 88.0


def _copy_block(builder: Builder, heading: Heading, area: Rect, fields: tuple[Field, ...], header: float) -> None:
    height = (area.h - header) / len(fields)
    if header:
        builder.centred(Rect(area.x, area.y, _COPY_WORDS_X - area.x, header), "NOMOR DAN NAMA PASANGAN CALON", 6.4)
        builder.centred(Rect(_COPY_WORDS_X, area.y, DIGITS_X - _COPY_WORDS_X, header), "TERBILANG", 6.4)
        builder.centred(Rect(DIGITS_X, area.y, RIGHT - DIGITS_X, header), "JUMLAH SUARA", 6.4)
    for n, field in enumerate(fields):
        row = Rect(area.x, area.y + header + n * height, area.w, height)
        if n or header:
            builder.across(area.x, area.right, row.y, LINE)
        mark = field.row.rpartition(".")[2]
        label = _name(heading, int(mark)) if field.section == "IV" else field.label_id.upper()
        builder.centred(Rect(area.x, row.y, 12.0, height), mark, 10.0)
        builder.text(Rect(area.x + 13.0, row.y, _COPY_WORDS_X - area.x - 14.0, height), label, 7.0, bold=True)
        words = Rect(_COPY_WORDS_X + 1.5, row.y + 1.2, DIGITS_X - _COPY_WORDS_X - 3.0, height - 2.4)
        _writing_line(builder, words, words.bottom - 1.6)
        x = DIGITS_X + (RIGHT - DIGITS_X - boxes_width()) / 2
        builder.fields.append(FieldPlace(field.id, boxes(x, row.y + (height - BOX_H) / 2), words=words))
    builder.frame(area)
    builder.down(area.x + 12.0, area.y + header, area.bottom, LINE)
    for x in (_COPY_WORDS_X, DIGITS_X):
        builder.down(x, area.y, area.bottom, LINE)


def _section(builder: Builder, number: str, title: str) -> None:
    builder.text(Rect(LEFT, 61.0, 140.0, 5.0), f"{number}.", 8.0, bold=True)
    builder.text(Rect(LEFT + 8.0, 61.0, RIGHT - LEFT - 8.0, 5.0), title, 8.0, bold=True)


def _guide(builder: Builder) -> None:
    builder.text(Rect(LEFT, 43.0, 139.0, 15.5), _GUIDE, 6.8, leading=0.6)


def _wrap(sum_of: str) -> str:
    """A long sum on several lines, four terms each."""
    terms = sum_of.split(" + ")
    return " +\n".join(" + ".join(terms[n : n + 4]) for n in range(0, len(terms), 4))


def _name(heading: Heading, number: int) -> str:
    if heading.sole and number == 2:
        return "KOLOM KOSONG\n(tidak bergambar)"
    return _two_lines(heading.pair(number)) or f"{'.' * 28}\n{'.' * 28}"


def _two_lines(pair: str) -> str:
    """Head on the first line, deputy on the second."""
    if " - " in pair:
        return pair.replace(" - ", "\n", 1)
    return pair.replace(" dan ", "\ndan ", 1)


def _pair(builder: Builder, heading: Heading, number: int, cell: Rect) -> None:
    blank = heading.sole and number == 2
    builder.centred(Rect(cell.x, cell.y + cell.h * 0.12, cell.w, 9.0), "—" if blank else f"{number:02d}", 19.0)
    builder.centred(Rect(cell.x + 1.5, cell.y + cell.h * 0.12 + 10.0, cell.w - 3.0, 16.0), _name(heading, number), 7.4)


def _label(builder: Builder, cell: Rect, mark: str, text: str) -> None:
    builder.centred(Rect(cell.x, cell.y + 4.0, cell.w, 7.0), mark, 12.0)
    builder.centred(Rect(cell.x + 1.0, cell.y + 12.0, cell.w - 2.0, 22.0), text, 7.0)


def _vote_header(builder: Builder, row: Rect, tally: str, digits: str) -> None:
    builder.centred(
        Rect(row.x, row.y, TALLY_X - row.x, row.h), "NOMOR DAN NAMA\nPASANGAN CALON" if row.h > 6.5 else "", 6.2
    )
    builder.centred(Rect(TALLY_X, row.y, TOTAL_X - TALLY_X, row.h), tally, 6.6)
    builder.centred(Rect(TOTAL_X, row.y, DIGITS_X - TOTAL_X, row.h), "JUMLAH\nTIAP BARIS", 5.4)
    builder.centred(Rect(DIGITS_X, row.y, RIGHT - DIGITS_X, row.h), digits, 6.2)
    builder.down(TOTAL_X, row.y, row.bottom, LINE)


def _tallied(builder: Builder, field: Field, row: Rect) -> None:
    """Tally, row totals, words, digits and bubbles of one figure."""
    split = row.bottom - WORDS
    area = Rect(TALLY_X + 1.5, row.y + 1.5, TOTAL_X - TALLY_X - 3.0, split - row.y - 3.0)
    beside = Rect(TOTAL_X + 1.5, area.y, DIGITS_X - TOTAL_X - 3.0, area.h)
    builder.across(TALLY_X, DIGITS_X, split, LINE)
    builder.down(TOTAL_X, row.y, split, LINE)
    totals = grid(beside, TALLY_ROWS, 2)
    words = _words(builder, Rect(TALLY_X, split, DIGITS_X - TALLY_X, WORDS))
    digits, columns = _digits(builder, row)
    builder.fields.append(
        FieldPlace(
            field.id,
            digits,
            columns,
            words,
            grid(area, TALLY_ROWS, TALLY_CELLS),
            tuple((totals[2 * n], totals[2 * n + 1]) for n in range(TALLY_ROWS)),
        )
    )


def _plain(builder: Builder, field: Field, row: Rect, mark: str, text: str) -> None:
    """Words, digits and bubbles of one figure that is not tallied, framed by itself."""
    builder.frame(row)
    for x in (TALLY_X, DIGITS_X):
        builder.down(x, row.y, row.bottom, LINE)
    _label(builder, Rect(row.x, row.y, TALLY_X - row.x, row.h), mark, text)
    words = _words(builder, Rect(TALLY_X, row.y + row.h / 2 - WORDS / 2, DIGITS_X - TALLY_X, WORDS))
    note = Rect(words.x, words.bottom + 0.8, words.w, 3.0)
    builder.text(note, "(ditulis dengan huruf kapital)", 5.6, italic=True, align=Align.CENTRE, grey=25)
    digits, columns = _digits(builder, row)
    builder.fields.append(FieldPlace(field.id, digits, columns, words))


def _digits(builder: Builder, row: Rect) -> tuple[tuple[Rect, ...], tuple[tuple[Circle, ...], ...]]:
    """The digit boxes of a row and the bubbles under them."""
    x = DIGITS_X + (RIGHT - DIGITS_X - boxes_width()) / 2
    digits = boxes(x, row.y + 1.8)
    pitch = min((row.h - BOX_H - 1.8 - 4.0) / 9.3, 3.7)
    under = bubbles(digits, digits[0].bottom + 1.2 + pitch * 0.4, pitch, pitch * 0.4)
    for column in under:
        for n, circle in enumerate(column):
            label = Rect(circle.x - circle.r - 3.0, circle.y - 1.2, 2.5, 2.4)
            builder.text(label, str(n), 5.2, align=Align.RIGHT, grey=25)
    return digits, under


def _words(builder: Builder, cell: Rect) -> Rect:
    builder.text(Rect(cell.x + 1.5, cell.y + 1.2, 14.0, cell.h - 1.2), "Terbilang:", 6.4, italic=True)
    words = inset(Rect(cell.x + 15.5, cell.y, cell.w - 16.0, cell.h), 0.5, 0.6)
    _writing_line(builder, words, words.bottom - 1.0)
    return words


def _writing_line(builder: Builder, words: Rect, y: float) -> None:
    builder.dots.append(Dots(words.x + 0.5, y, words.right - 0.5, y, 45))


def _settled(builder: Builder, y: float) -> None:
    """Place and date of the count, at the foot of the last page."""
    builder.text(Rect(LEFT, y, 130.0, 5.5), "Ditetapkan di", 7.4)
    builder.dots.append(Dots(LEFT + 22.0, y + 4.6, 96.0, y + 4.6, 0))
    builder.text(Rect(98.0, y, 20.0, 5.5), "pada tanggal", 7.4)
    builder.dots.append(Dots(117.0, y + 4.6, RIGHT, y + 4.6, 0))
    builder.text(
        Rect(LEFT, y + 6.2, RIGHT - LEFT, 5.5),
        "Keberatan saksi atau kejadian khusus:   ADA / TIDAK ADA *)   (bila ada, tulis pada formulir kejadian khusus)",
        7.0,
        align=Align.LEFT,
    )
