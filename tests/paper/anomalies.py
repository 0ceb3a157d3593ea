"""Documents spoilt in one way each, with the verdict and the reason they must get."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from support import sheet_samples, signed
from support.signed import AT, BOARD, SIGNERS, Signed, reprepared, resaved, updated

from sirekap.election.sheet import parse
from sirekap.paper.documents import rendering
from sirekap.paper.documents.bodies import compose
from sirekap.paper.signing import authority as ca
from sirekap.paper.signing import revision, sign

Spoil = Callable[[Signed], bytes]
INVALID, UNSIGNED = "invalid", "unsigned"
CASES: dict[str, tuple[Spoil, str, str]] = {}


def case(verdict: str, code: str) -> Callable[[Spoil], Spoil]:
    """Register a spoilt document: its verdict and one of its reasons."""

    def keep(spoil: Spoil) -> Spoil:
        CASES[spoil.__name__] = (spoil, verdict, code)
        return spoil

    return keep


def flipped(data: bytes, at: int, to: int | None = None) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 if to is None else to]) + data[at + 1 :]


def container(data: bytes) -> tuple[int, int]:
    """Where the hexadecimal digits of the last container begin and where its padding does."""
    start = data.rindex(b"/Contents <") + 11
    end = data.index(b">", start)
    return start, start + len(data[start:end].rstrip(b"0")) + 2


# ---- bytes changed -------------------------------------------------------------------------------------------------


@case(INVALID, "signature_broken")
def byte_of_a_page(one: Signed) -> bytes:
    return flipped(one.whole, one.whole.index(b"stream\n") + 400)


@case(INVALID, "changed_after_signing")
def byte_of_the_padding(one: Signed) -> bytes:
    _, padding = container(one.whole)
    return flipped(one.whole, padding)


@case(INVALID, "changed_after_signing")
def case_of_a_hexadecimal_digit(one: Signed) -> bytes:
    start, end = container(one.whole)
    at = next(n for n in range(start, end) if chr(one.whole[n]) in "abcdef")
    return flipped(one.whole, at, ord(chr(one.whole[at]).upper()))


@case(INVALID, "signature_broken")
def byte_of_the_signature_value(one: Signed) -> bytes:
    _, padding = container(one.whole)
    return flipped(one.whole, padding - 9, ord("1") if one.whole[padding - 9] != ord("1") else ord("2"))


@case(INVALID, "changed_after_signing")
def time_moved_by_an_hour(one: Signed) -> bytes:
    at = one.whole.index(b"/M (D:20241201140309") + 15
    return one.whole[:at] + b"5" + one.whole[at + 1 :]


@case(INVALID, "changed_after_signing")
def name_in_a_box_rewritten(one: Signed) -> bytes:
    return one.whole.replace(b"(Nama anggota-3)", b"(Nama anggota-9)")


@case(INVALID, "changed_after_signing")
def byte_range_shortened(one: Signed) -> bytes:
    at = one.whole.rindex(b"/ByteRange [0 ")
    end = one.whole.index(b"]", at)
    first, second, third = (int(v) for v in one.whole[at + 14 : end].split())
    covered = b"/ByteRange [0 %d %d %d]" % (first, second, third - 9)
    return one.whole[:at] + covered.ljust(end + 1 - at) + one.whole[end + 1 :]


# ---- things added or taken away ------------------------------------------------------------------------------------


@case(INVALID, "foreign_signature")
def line_feed_appended(one: Signed) -> bytes:
    return one.whole + b"\n"


@case(INVALID, "foreign_signature")
def second_end_of_file(one: Signed) -> bytes:
    return one.whole + b"% hidden\nstartxref\n0\n%%EOF\n"


@case(INVALID, "changed_after_signing")
def end_of_file_repeated_over_the_old_table(one: Signed) -> bytes:
    start = one.whole.rindex(b"startxref\n")
    return one.whole + b"1 0 obj\n<< >>\nendobj\n" + one.whole[start:]


@case(INVALID, "unreadable")
def cut_in_half(one: Signed) -> bytes:
    return one.whole[: len(one.whole) // 2]


@case(UNSIGNED, "unsigned")
def every_signature_cut_off(one: Signed) -> bytes:
    return one.whole[: len(one.states[0])]


@case(INVALID, "few_members")
def last_signatures_cut_off(one: Signed) -> bytes:
    return one.whole[: len(one.states[2])]


@case(INVALID, "not_ours")
def saved_again_by_another_program(one: Signed) -> bytes:
    return resaved(one.whole, lambda pdf: None)


@case(INVALID, "foreign_signature")
def page_changed_by_an_update(one: Signed) -> bytes:
    from pyhanko.pdf_utils import generic

    def change(writer: Any) -> None:
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 99 99 re f"))
        writer.update_container(page)

    return updated(one.whole, change)


@case(INVALID, "foreign_signature")
def annotation_added_by_an_update(one: Signed) -> bytes:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name

    def change(writer: Any) -> None:
        note = {pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText")}
        page = writer.root["/Pages"]["/Kids"][1].get_object()
        page["/Annots"] = generic.ArrayObject([writer.add_object(generic.DictionaryObject(note))])
        writer.update_container(page)

    return updated(one.whole, change)


@case(INVALID, "foreign_signature")
def title_changed_by_an_update(one: Signed) -> bytes:
    from pyhanko.pdf_utils import generic

    def change(writer: Any) -> None:
        info = generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("MODEL D.HASIL PALSU")})
        writer.set_info(writer.add_object(info))

    return updated(one.whole, change)


@case(INVALID, "foreign_signature")
def figures_replaced_by_an_update(one: Signed) -> bytes:
    from pyhanko.pdf_utils import generic

    def change(writer: Any) -> None:
        spec = writer.root["/AF"][0].get_object()
        stream = generic.StreamObject(stream_data=b"{}")
        spec["/EF"] = generic.DictionaryObject({generic.pdf_name("/F"): writer.add_object(stream)})
        writer.update_container(spec)

    return updated(one.whole, change)


@case(INVALID, "foreign_signature")
def script_added_by_an_update(one: Signed) -> bytes:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.generic import pdf_name

    def change(writer: Any) -> None:
        action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
        writer.root["/OpenAction"] = writer.add_object(generic.DictionaryObject(action))
        writer.update_root()

    return updated(one.whole, change)


@case(INVALID, "changed_after_signing")
def update_in_our_own_form_that_signs_nothing(one: Signed) -> bytes:
    """The last revision once more, its container taken over: what it fills is filled already."""
    chain = revision.revisions(one.whole)
    last = one.whole[chain[-2].length :]
    places = revision.places(one.whole[: chain[0].length])
    values = revision.read(last)[1]
    again = revision.written(chain[-1], places["anggota-4"], values, "Nama saksi-1", "0" * 64)
    return one.whole + again.data


@case(INVALID, "signature_broken")
def container_of_another_document(one: Signed) -> bytes:
    data = sheet_samples.recapitulation(sheet_samples.contest(), other_sheet())
    other = one.sign(signed.prepared(rendering.render(data), data))
    chain, strange = revision.revisions(one.states[3]), revision.revisions(other)
    values = revision.read(other[strange[2].length :])[1]
    place = revision.places(one.states[0])["anggota-2"]
    sealer = one.sealers["anggota-2"]
    made = revision.written(chain[2], place, values, sealer.name, sealer.certificate_sha256)
    return one.states[2] + made.data


def other_sheet() -> Any:
    """The figures of `signed.document` with one vote moved."""
    sheet = sheet_samples.district_sheet(sheet_samples.contest(), (2, 2))
    first, second = sheet.fields.index("votes_1"), sheet.fields.index("votes_2")
    code, values = sheet.columns[0]
    moved = list(values)
    moved[first], moved[second] = (moved[first] or 0) + 1, (moved[second] or 0) - 1
    return replace(sheet, columns=((code, tuple(moved)), *sheet.columns[1:]))


@case(INVALID, "foreign_signature")
def signed_by_another_program_in_one_more_box(one: Signed) -> bytes:
    """pyHanko's own signer fills a prepared box: a good signature, but not in our form."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf

    writer = IncrementalPdfFileWriter(io.BytesIO(one.states[2]))
    meta = PdfSignatureMetadata(field_name="anggota-2")
    return bytes(sign_pdf(writer, meta, one.sealers["anggota-2"].signer, in_place=False).getvalue())


# ---- who signed ----------------------------------------------------------------------------------------------------


@case(INVALID, "no_chair")
def chair_missing(one: Signed) -> bytes:
    return one.sign(one.states[0], ("anggota-1", "anggota-2", "anggota-3"))


@case(INVALID, "other_authority")
def another_authority_with_the_same_names(one: Signed) -> bytes:
    strange = ca.make(AT)
    sealer = signed.sealer(ca.issue(strange, signed.holder("anggota-2"), AT))
    return sign(one.states[2], "anggota-2", sealer, AT)


@case(INVALID, "expired")
def certificate_expired(one: Signed) -> bytes:
    return sign(one.states[2], "anggota-2", one.officer("anggota-2", at=AT - timedelta(days=9), years=0), AT)


@case(INVALID, "not_yet_valid")
def certificate_not_yet_valid(one: Signed) -> bytes:
    return sign(one.states[2], "anggota-2", one.officer("anggota-2", at=AT + timedelta(days=9)), AT)


@case(INVALID, "wrong_role")
def member_signs_as_chair(one: Signed) -> bytes:
    pdf = sign(one.states[0], "ketua", one.sealers["anggota-3"], AT)
    return one.sign(pdf, ("anggota-1", "anggota-2"))


@case(INVALID, "wrong_role")
def member_of_another_district(one: Signed) -> bytes:
    return sign(one.states[2], "anggota-2", one.officer("anggota-2", region="321608"), AT)


@case(INVALID, "same_signer")
def one_member_signs_twice(one: Signed) -> bytes:
    return sign(one.states[2], "anggota-2", one.sealers["anggota-1"], AT)


@case(INVALID, "certificate_unfit")
def authority_itself_signs_for_a_member(one: Signed) -> bytes:
    return sign(one.states[2], "anggota-2", signed.sealer(ca.make(AT, key=one.authority.key)), AT)


# ---- what was signed -----------------------------------------------------------------------------------------------


@case(INVALID, "hash_differs")
def figures_swapped_before_signing(one: Signed) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AF[0].EF.F.write(other_sheet().canonical())

    return one.sign(reprepared(one.states[0], change))


@case(INVALID, "no_figures")
def figures_in_other_json(one: Signed) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        found = json.loads(pdf.Root.AF[0].EF.F.read_bytes())
        pdf.Root.AF[0].EF.F.write(json.dumps(found).encode())

    return one.sign(reprepared(one.states[0], change))


@case(INVALID, "figures_differ")
def station_drawn_with_other_votes(one: Signed) -> bytes:
    """The page of one station shows another figure than the one stored; hash and sums are those stored."""
    data = sheet_samples.recapitulation(
        sheet_samples.contest(), sheet_samples.district_sheet(sheet_samples.contest(), (2, 2))
    )
    composed = compose(data)
    files, printed = rendering._files(data)
    column = next(p for p in composed.parts if p["kind"] == "grid" and "TPS" in p["columns"][0]["head"])["columns"][0]
    lines = column["text"].split("\n")
    lines[0] = str(int(lines[0]) + 1)
    column["text"] = "\n".join(lines)
    inputs = {"data": json.dumps(rendering._input(data.head, composed, files, printed), ensure_ascii=False)}
    pdf, found = rendering._typeset(inputs, int(data.head.at.timestamp()))
    made = rendering.Rendered(pdf, 4, printed, rendering._boxes(composed, found))
    return one.sign(signed.prepared(made, data))


@case(INVALID, "hash_differs")
def page_of_another_sheet(one: Signed) -> bytes:
    data = sheet_samples.recapitulation(sheet_samples.contest(), other_sheet())
    other = signed.prepared(rendering.render(data), data)

    def change(pdf: pikepdf.Pdf) -> None:
        with pikepdf.open(io.BytesIO(other)) as opened:
            pdf.pages[2] = opened.pages[2]

    return one.sign(reprepared(one.states[0], change))


def _before_signing(change: Callable[[pikepdf.Pdf], None]) -> Spoil:
    def spoil(one: Signed) -> bytes:
        return one.sign(reprepared(one.states[0], change))

    return spoil


def _script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _form_of_xml(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xdp/>")


def _layer(pdf: pikepdf.Pdf) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("angka lain")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def _second_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["figures-2.json"] = b"{}"


def _note(pdf: pikepdf.Pdf) -> None:
    note = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=Array([0, 0, 200, 200])))
    pdf.pages[0].Annots.append(note)


def _text_field(pdf: pikepdf.Pdf) -> None:
    field = Dictionary(FT=Name.Tx, T=String("jumlah"), V=String("99"), Rect=Array([0, 0, 9, 9]), Subtype=Name.Widget)
    pdf.Root.AcroForm.Fields.append(pdf.make_indirect(field))


def _covering_box(pdf: pikepdf.Pdf) -> None:
    widget = pdf.Root.AcroForm.Fields[0]
    widget.AP.N.write(b"1 g 0 0 999 999 re f")


def _launch(pdf: pikepdf.Pdf) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.Launch))
    pdf.pages[1].Annots = Array([pdf.make_indirect(link)])


def _external_stream(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents.F = String("http://example/page")


for _name, _change in {
    "script_before_signing": _script,
    "xfa_form_before_signing": _form_of_xml,
    "hidden_layer_before_signing": _layer,
    "note_before_signing": _note,
    "box_that_covers_the_page": _covering_box,
    "launching_link_before_signing": _launch,
    "external_stream_before_signing": _external_stream,
}.items():
    CASES[_name] = (_before_signing(_change), INVALID, "not_ours")


@case(INVALID, "no_figures")
def second_attachment_before_signing(one: Signed) -> bytes:
    return one.sign(reprepared(one.states[0], _second_attachment))


@case(UNSIGNED, "not_ours")
def text_field_that_nobody_can_sign(one: Signed) -> bytes:
    return reprepared(one.states[0], _text_field)


@case(INVALID, "not_ours")
def bytes_hidden_between_objects(one: Signed) -> bytes:
    """A comment that no table points to, inside the unsigned file: an old object, the offsets moved over it."""
    base, hidden = one.states[0], b"99999 0 obj\n(angka lain)\nendobj\n"
    last = revision.tail(base)
    body = base[: last.startxref] + hidden + base[last.startxref :]
    tail = b"startxref\n%d\n" % last.startxref
    moved = body.replace(tail, b"startxref\n%d\n" % (last.startxref + len(hidden)))
    return one.sign(moved)


# ---- other files ---------------------------------------------------------------------------------------------------


@case(INVALID, "encrypted")
def encrypted_with_a_password(one: Signed) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(one.whole)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="rahasia", owner="rahasia"))
    return out.getvalue()


@case(INVALID, "encrypted")
def encrypted_without_a_password(one: Signed) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(one.whole)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="", owner="rahasia"))
    return out.getvalue()


@case(INVALID, "not_pdf")
def picture(one: Signed) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(500)


@case(INVALID, "not_pdf")
def nothing(one: Signed) -> bytes:
    return b""


@case(INVALID, "not_pdf")
def page_of_html_that_holds_the_document(one: Signed) -> bytes:
    return b"<!doctype html>" + one.whole


@case(INVALID, "unreadable")
def header_alone(one: Signed) -> bytes:
    return b"%PDF-1.7\n"


@case(UNSIGNED, "not_ours")
def somebody_elses_document(one: Signed) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


@case(INVALID, "not_ours")
def somebody_elses_signed_document(one: Signed) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf

    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    made = io.BytesIO()
    meta = PdfSignatureMetadata(field_name="ketua")
    sign_pdf(IncrementalPdfFileWriter(out), meta, one.sealers["ketua"].signer, output=made)
    return made.getvalue()


@case(INVALID, "foreign_signature")
def two_documents_in_one_file(one: Signed) -> bytes:
    return one.states[3] + one.whole


@case(INVALID, "checker_failed")
def stream_that_unpacks_to_four_gigabytes(one: Signed) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = engine.compress(bytes(1 << 22)) + engine.flush(zlib.Z_FULL_FLUSH)
    bomb = b"\x78\xda" + block * 1024 + b"\x03\x00" + bytes(4)

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Contents = pikepdf.Stream(pdf, bomb, Filter=Name.FlateDecode)

    return resaved(one.states[0], change)


@case(INVALID, "unreadable")
def table_that_points_at_itself(one: Signed) -> bytes:
    return b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer << /Size 1 /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


@case(INVALID, "unreadable")
def arrays_nested_very_deep(one: Signed) -> bytes:
    body = b"1 0 obj\n" + b"[" * 200_000 + b"]" * 200_000 + b"\nendobj\n"
    table = b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer << /Size 2 /Root 1 0 R >>\n"
    return b"%PDF-1.7\n" + body + table + b"startxref\n%d\n%%%%EOF\n" % (9 + len(body))


@case(INVALID, "foreign_signature")
def size_that_no_file_has(one: Signed) -> bytes:
    at = one.whole.rindex(b"/Size ")
    return one.whole[:at] + b"/Size 9999999" + one.whole[at + 6 + 4 :]


def parsed(pdf: bytes) -> Any:
    """The sheet a document carries."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return parse(opened.Root.AF[0].EF.F.read_bytes())


__all__ = ["BOARD", "CASES", "SIGNERS", "container", "flipped", "parsed"]
