"""Documents of a plenary: what stands on the paper is what the figures say, and can be read back from the paper."""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pikepdf
import pytest
import zxingcpp
from support.printed_sheets import Table, Text, tables, texts
from support.sheet_samples import (
    REASON,
    TAMBUN_SELATAN,
    URL,
    VILLAGES,
    contest,
    district_sheet,
    every_kind,
    names,
    province_sheet,
    recapitulation,
    regency_sheet,
    signers,
)

from sirekap.election.contests import ContestKind
from sirekap.election.sheet import SheetFigures, Values, chunks, column_sums, parse
from sirekap.election.standing import Tier
from sirekap.election.terbilang import terbilang
from sirekap.paper.documents import rendering
from sirekap.paper.documents.model import DocumentKind, Incidents, Paper, Rendered
from sirekap.paper.documents.rendering import content, render
from sirekap.paper.raster import pdf_image

SIMULATED = "DATA SIMULASI – BUKAN HASIL PEMILIHAN"
KINDS = list(DocumentKind)


@pytest.fixture(scope="module")
def rendered() -> dict[DocumentKind, Rendered]:
    """One document of each kind."""
    return {kind: render(data) for kind, data in every_kind().items()}


def embedded(pdf: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}


def figures_of(table: Table, sheet: SheetFigures) -> dict[str, Values]:
    """Columns of one page by heading, in the sheet's order of rows; every row must stand in every column."""
    return {head: tuple(values[name] for name in sheet.fields) for head, values in table.columns.items()}


def add(columns: list[Values]) -> Values:
    return column_sums(columns, len(columns[0]))


def read_pages(pages: list[tuple[dict[str, Values], str]], last: str) -> list[tuple[str, Values]]:
    """The columns of one table over its pages, after recomputing every sum that is printed on them."""
    found: list[tuple[str, Values]] = []
    for n, (columns, _) in enumerate(pages):
        own = [(head, values) for head, values in columns.items() if not head.startswith("JUMLAH")]
        before = [values for _, values in found]
        found += own
        here = add([values for _, values in own])
        end = add([values for _, values in found])
        if len(pages) == 1:
            assert columns[last] == end
            continue
        assert columns["JUMLAH HALAMAN INI"] == here
        if n:
            assert columns["JUMLAH PINDAHAN"] == add(before)
            assert columns[last if n == len(pages) - 1 else "JUMLAH SAMPAI HALAMAN INI"] == end
    return found


def stations_printed(found: list[Table], sheet: SheetFigures) -> dict[str, Values]:
    """Station code -> figures, from the annex."""
    villages: dict[str, list[tuple[dict[str, Values], str]]] = {}
    for table in found:
        if "ANGKA PER TPS" in table.about:
            code = re.search(r"\((\d{10})\)", table.about)
            assert code
            villages.setdefault(code[1], []).append((figures_of(table, sheet), table.about))
    out = {}
    for code, pages in villages.items():
        for head, values in read_pages(pages, "JUMLAH AKHIR DESA"):
            number = re.match(r"TPS (\d{3})\b", head)
            assert number
            out[code + number[1]] = values
    return out


@pytest.mark.parametrize(
    ("pairs", "stations", "optional", "blanks", "paper"),
    [
        (3, TAMBUN_SELATAN, False, 0.0, Paper.A4),
        (4, (23, 1), False, 0.1, Paper.F4),
        (10, (24, 2), True, 0.02, Paper.A4),
        (1, (3, 45), False, 0.3, Paper.A3),
    ],
)
def test_every_station_is_read_back_from_the_paper_and_adds_up(
    pairs: int, stations: tuple[int, ...], optional: bool, blanks: float, paper: Paper
) -> None:
    of = contest(pairs)
    sheet = district_sheet(of, stations, optional=optional, blanks=blanks)
    pdf = render(recapitulation(of, sheet, size=paper)).pdf
    found = tables(pdf)
    printed = stations_printed(found, sheet)
    assert tuple(sorted(printed.items())) == sheet.columns
    assert parse(embedded(pdf)["figures.json"]) == sheet
    recap = [(figures_of(table, sheet), table.about) for table in found if "REKAPITULASI PER DESA" in table.about]
    villages = read_pages(recap, "JUMLAH AKHIR")
    assert [head for head, _ in villages] == [name.upper() for name in VILLAGES[: len(stations)]]
    for (_, values), code in zip(villages, [code for code, _ in sheet.by_village()], strict=True):
        assert values == add([own for station, own in printed.items() if station.startswith(code)])
    assert add([values for _, values in villages]) == add(list(printed.values()))


@pytest.mark.parametrize("sheet", [regency_sheet(contest()), province_sheet()], ids=["regency", "province"])
def test_upper_sheets_add_up_on_paper(sheet: SheetFigures) -> None:
    of = contest() if sheet.tier is Tier.REGENCY else contest(4, ContestKind.GOVERNOR)
    pdf = render(recapitulation(of, sheet)).pdf
    pages = [(figures_of(table, sheet), table.about) for table in tables(pdf)]
    assert len(pages) > 1
    printed = read_pages(pages, "JUMLAH AKHIR")
    assert [values for _, values in printed] == [values for _, values in sheet.columns]
    known = names(sheet)
    assert [head.split()[-1] for head, _ in printed] == [known[code].split()[-1] for code, _ in sheet.columns]


def test_the_certificate_says_votes_in_digits_and_words() -> None:
    of, sheet = contest(), district_sheet(contest())
    page = " ".join(text.text for text in texts(render(recapitulation(of, sheet)).pdf)[0])
    for name in ("votes_1", "votes_2", "votes_3", "valid", "invalid", "total"):
        total = sheet.total(name) or 0
        words = terbilang(total).capitalize()
        assert f"{total:,}".replace(",", ".") + f" {words}" in page


def test_a_blank_column_is_named() -> None:
    of = contest(1)
    pdf = render(recapitulation(of, district_sheet(of))).pdf
    assert "Kolom kosong (tidak bergambar)" in {text.text for page in texts(pdf) for text in page}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_give_the_same_bytes(kind: DocumentKind, rendered: dict[DocumentKind, Rendered]) -> None:
    rendering.forget()
    assert render(every_kind()[kind]) == rendered[kind]


def test_another_time_gives_other_bytes() -> None:
    data = every_kind()[DocumentKind.DAFTAR_HADIR]
    later = replace(data, head=replace(data.head, at=data.head.at.replace(minute=6)))
    assert render(later).pdf != render(data).pdf


@pytest.mark.parametrize("kind", KINDS)
def test_hash_page_number_and_notice_are_on_every_page(
    kind: DocumentKind, rendered: dict[DocumentKind, Rendered]
) -> None:
    found = texts(rendered[kind].pdf)
    assert len(found) == rendered[kind].pages
    for number, page in enumerate(found, 1):
        said = [text.text for text in page]
        foot = sorted(
            (text for text in page if re.fullmatch(r"[0-9a-f]{4}", text.text) and text.top < 60), key=lambda t: t.x
        )
        assert [text.text for text in foot] == list(chunks(rendered[kind].sha256_printed))
        assert f"Halaman {number} dari {len(found)}" in " ".join(said)
        assert SIMULATED in said


@pytest.mark.parametrize("kind", KINDS)
def test_the_qr_of_every_page_names_the_documents_page(
    kind: DocumentKind, rendered: dict[DocumentKind, Rendered]
) -> None:
    for page in range(rendered[kind].pages):
        codes = zxingcpp.read_barcodes(pdf_image(rendered[kind].pdf, page, 200.0))
        assert [code.text for code in codes] == [URL]


def test_real_data_are_not_called_simulated() -> None:
    of = contest()
    pdf = render(recapitulation(of, district_sheet(of), simulated=False)).pdf
    assert all("SIMULASI" not in text.text for page in texts(pdf) for text in page)


@pytest.mark.parametrize("kind", KINDS)
def test_the_printed_hash_is_that_of_the_embedded_file(
    kind: DocumentKind, rendered: dict[DocumentKind, Rendered]
) -> None:
    data, files = every_kind()[kind], embedded(rendered[kind].pdf)
    sheet = getattr(data.body, "figures", None)
    if sheet is not None:
        assert files == {"figures.json": sheet.canonical()}
        assert rendered[kind].sha256_printed == sheet.figures_sha256()
        return
    assert files["isi.json"] == content(data)
    assert rendered[kind].sha256_printed == hashlib.sha256(files["isi.json"]).hexdigest()
    said = json.loads(files["isi.json"])
    assert json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == files["isi.json"]
    sheets = {name: parse(text) for name, text in files.items() if name != "isi.json"}
    assert sheets == {f"figures-{sheet.contest}.json": sheet for sheet in getattr(data.body, "sheets", ())}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_pdf_a_3b_with_associated_data(kind: DocumentKind, rendered: dict[DocumentKind, Rendered]) -> None:
    with pikepdf.open(io.BytesIO(rendered[kind].pdf)) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
            assert metadata["xmp:CreateDate"].startswith("2024-11-30T14:05")
        assert [str(file.AFRelationship) for file in pdf.Root.AF] == ["/Data"] * len(pdf.attachments)
        fonts = {str(font) for page in pdf.pages for font in page.Resources.get("/Font", {}).values()}
        assert fonts
        assert all(
            "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            or "/FontFile3" in font.DescendantFonts[0].FontDescriptor
            for page in pdf.pages
            for font in page.Resources.get("/Font", {}).values()
        )


def overlaps(first: Text, second: Text) -> bool:
    """Whether two texts stand on each other by more than half a point in both directions."""
    across = min(first.right, second.right) - max(first.left, second.left)
    down = min(first.top, second.top) - max(first.bottom, second.bottom)
    return across > 0.5 and down > 0.5


def clashes(pdf: bytes) -> list[tuple[int, str, str]]:
    """Pairs of texts that stand on each other, and texts that leave the page."""
    out = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        sizes = [(float(page.MediaBox[2]), float(page.MediaBox[3])) for page in opened.pages]
    for number, (page, (width, height)) in enumerate(zip(texts(pdf), sizes, strict=True)):
        out += [
            (number, text.text, "outside")
            for text in page
            if not (text.left > 8 and text.right < width - 8 and text.bottom > 8 and text.top < height - 8)
        ]
        lines = sorted(page, key=lambda text: text.bottom)
        for n, text in enumerate(lines):
            for other in lines[n + 1 :]:
                if other.bottom > text.top:
                    break
                if overlaps(text, other):
                    out.append((number, text.text, other.text))
    return out


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_stands_on_another(kind: DocumentKind, rendered: dict[DocumentKind, Rendered]) -> None:
    assert clashes(rendered[kind].pdf) == []


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("pairs", [1, 2, 5, 10])
def test_tables_fit_any_paper_and_any_number_of_pairs(pairs: int, paper: Paper) -> None:
    of = contest(pairs)
    long = replace(
        of, pairs=tuple(replace(p, name=f"{p.name}, S.H., M.Si. dan gelar lain yang panjang") for p in of.pairs)
    )
    sheet = district_sheet(of, (24, 3), optional=pairs > 4)
    assert clashes(render(recapitulation(long, sheet, size=paper, version=2)).pdf) == []


@pytest.mark.parametrize("kind", KINDS)
def test_signature_boxes_are_empty_and_apart(kind: DocumentKind, rendered: dict[DocumentKind, Rendered]) -> None:
    data = every_kind()[kind]
    expected = [s for s in getattr(data.body, "signers", ()) if not s.reason]
    boxes = rendered[kind].signature_boxes
    assert [box.signer for box in boxes] == expected
    pages = texts(rendered[kind].pdf)
    for n, box in enumerate(boxes):
        x1, y1, x2, y2 = box.rect
        assert x2 - x1 > 100 and y2 - y1 > 22
        own = Text("box", x1, y1, x2, y2)
        assert [text.text for text in pages[box.page] if overlaps(own, text)] == []
        for other in boxes[n + 1 :]:
            assert other.page != box.page or not overlaps(own, Text("", *other.rect))
        near = [text.text for text in pages[box.page] if x1 - 6 < text.left < x2 and y1 - 14 < text.bottom < y1]
        assert box.signer.name in " ".join(near)


def test_a_refusal_is_printed_with_its_reason() -> None:
    of = contest()
    done = render(recapitulation(of, district_sheet(of)))
    said = " ".join(text.text for text in texts(done.pdf)[0])
    assert "TIDAK BERSEDIA MENANDATANGANI" in said
    assert REASON in said
    assert [box.signer.pair for box in done.signature_boxes if box.signer.pair] == [1, 3]


def test_many_signers_get_a_page_where_their_boxes_are_large_enough() -> None:
    of = contest(10)
    data = recapitulation(of, district_sheet(of))
    body = replace(data.body, signers=signers(10, refused=None))  # type: ignore[type-var]
    done = render(replace(data, body=body))
    assert len(done.signature_boxes) == 15
    assert all(box.rect[3] - box.rect[1] > 22 for box in done.signature_boxes)


def test_texts_are_data() -> None:
    of = contest()
    data = recapitulation(of, district_sheet(of))
    body = replace(data.body, venue='#panic("x") $a$ *b* [c] \\ "d" 漢字\u0000')  # type: ignore[type-var]
    said = " ".join(text.text for text in texts(render(replace(data, body=body)).pdf)[0])
    assert '#panic("x") $a$ *b* [c] \\ "d" ??' in said.replace("“", '"').replace("”", '"')


def test_head_and_body_must_belong_together() -> None:
    found = every_kind()
    district, minutes = found[DocumentKind.DHASIL_KECAMATAN], found[DocumentKind.BERITA_ACARA]
    wrong = [
        replace(district, body=minutes.body),
        replace(district, head=replace(district.head, region="321608")),
        replace(district, head=replace(district.head, kind=DocumentKind.DHASIL_KABKO)),
        replace(district, head=replace(district.head, at=district.head.at.replace(tzinfo=None))),
        replace(district, body=replace(district.body, contest=contest(4, ContestKind.GOVERNOR))),  # type: ignore[type-var]
    ]
    for data in wrong:
        with pytest.raises(ValueError):
            render(data)


def test_long_objections_break_over_pages_and_stay_in_their_cells() -> None:
    data = every_kind()[DocumentKind.KEJADIAN_KHUSUS]
    assert isinstance(data.body, Incidents)
    matter = data.body.matters[1]
    text = "Surat suara di TPS ini dihitung dua kali. " * 200
    long = replace(
        matter, text=text, about="W" * 300, answer=text, by="i" * 400, demand=f"https://contoh.example/{'q' * 200}"
    )
    done = render(replace(data, body=replace(data.body, matters=(long, *data.body.matters * 9))))
    assert clashes(done.pdf) == []
    assert done.pages > 4
    assert len(done.signature_boxes) == len(data.body.signers)
    said = " ".join(text.text for page in texts(done.pdf) for text in page)
    assert said.count("kali.") == 400


def test_threads_get_the_boxes_of_their_own_documents(rendered: dict[DocumentKind, Rendered]) -> None:
    found = every_kind()
    kinds = [DocumentKind.SK_TERPILIH, DocumentKind.DAFTAR_HADIR, DocumentKind.SK_HASIL] * 4
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda kind: render(found[kind]), kinds))
    assert done == [rendered[kind] for kind in kinds]


@pytest.mark.parametrize("kind", KINDS)
def test_only_characters_that_can_be_seen_are_written(
    kind: DocumentKind, rendered: dict[DocumentKind, Rendered]
) -> None:
    said = "".join(text.text for page in texts(rendered[kind].pdf) for text in page)
    said = said.replace("\x02", "-")  # pdfium's mark for a hyphen at the end of a line
    assert {character for character in said if unicodedata.category(character)[0] in "CM"} == set()
    assert every_kind()[kind].head.id in said
    assert URL in said
