"""What a document may hold before its first signature: pages, fonts, its figures, empty signature boxes. No more."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from sirekap.paper.signing import fields
from sirekap.paper.verifying.structure import MOST_OBJECTS, Misbuilt

MOST_PAGES = 2000
MOST_ATTACHED = 16 << 20
_CATALOG = {
    "/Type",
    "/Pages",
    "/Metadata",
    "/Names",
    "/AF",
    "/AcroForm",
    "/Lang",
    "/MarkInfo",
    "/OutputIntents",
    "/PageLabels",
    "/ViewerPreferences",
}
_PAGE = {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents", "/Annots", "/Group"}
_FIELD = {"/Type", "/Subtype", "/FT", "/T", "/TU", "/F", "/Rect", "/P", "/AP"}
_FORBIDDEN_KEYS = {
    "/JS",
    "/JavaScript",
    "/XFA",
    "/AA",
    "/OpenAction",
    "/OCProperties",
    "/OC",
    "/OCGs",
    "/RichMediaContent",
    "/RichMediaSettings",
    "/Collection",
    "/Dests",
    "/Perms",
    "/Encrypt",
    "/A",
    "/Movie",
    "/Sound",
    "/Rendition",
    "/Alternates",
    "/OPI",
    "/Ref",
    "/PS",
    "/SMask",
}
_TYPES = {None, "/ObjStm", "/XRef"}


@dataclass(frozen=True, slots=True)
class Held:
    """What a document holds: its title, number of pages, associated files by name, names of its boxes."""

    title: str
    pages: int
    files: dict[str, bytes]
    boxes: tuple[str, ...]


def check_objects(base: bytes) -> Held:
    """What the first revision holds; raises :class:`Misbuilt` for anything a document has no use for."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(base), attempt_recovery=False) as pdf:
            return _held(pdf)
    except pikepdf.PasswordError:
        raise Misbuilt("encryption") from None
    except (pikepdf.PdfError, AttributeError, KeyError, ValueError, TypeError, IndexError, OverflowError) as error:
        raise Misbuilt(f"objects: {type(error).__name__}") from None


def _held(pdf: Any) -> Held:
    if pdf.is_encrypted or len(pdf.objects) > MOST_OBJECTS:
        raise Misbuilt("encryption")
    root = pdf.Root
    _only(root, _CATALOG, "catalog")
    if len(pdf.pages) > MOST_PAGES:
        raise Misbuilt("pages")
    for found in pdf.objects:
        _check_one(found, 0)
    boxes = _check_form(pdf)
    _check_pages(pdf, boxes)
    title = str(pdf.docinfo.get("/Title", "")) if "/Info" in pdf.trailer else ""
    return Held(title, len(pdf.pages), _files(root), tuple(boxes))


def _only(found: Any, keys: set[str], where: str) -> None:
    extra = sorted(set(found.keys()) - keys)
    if extra:
        raise Misbuilt(f"{where} {extra[0]}")


def _check_one(found: Any, depth: int) -> None:
    """No scripts, actions, layers, media, external files or transparency masks, however deep."""
    import pikepdf

    if depth > 12:
        raise Misbuilt("nesting")
    if isinstance(found, pikepdf.Array):
        for item in found.as_list():
            if not getattr(item, "is_indirect", False):
                _check_one(item, depth + 1)
        return
    if not isinstance(found, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    is_stream = isinstance(found, pikepdf.Stream)
    keys = set(found.keys())
    wrong = sorted(keys & _FORBIDDEN_KEYS) or (["/F"] if is_stream and "/F" in keys else [])
    if wrong:
        raise Misbuilt(wrong[0])
    for key in keys - {"/Parent", "/P"}:
        item = found[key]
        if isinstance(item, pikepdf.Object) and not item.is_indirect:
            _check_one(item, depth + 1)


def _check_form(pdf: Any) -> dict[str, Any]:
    """Name -> widget of the prepared boxes, each exactly as `fields.prepare` makes it."""
    form = pdf.Root.get("/AcroForm")
    if form is None:
        return {}
    _only(form, {"/Fields", "/SigFlags", "/DR"}, "form")
    out: dict[str, Any] = {}
    for widget in form.Fields.as_list():
        name = str(widget.T)
        _only(widget, _FIELD, "box")
        shape = (str(widget.Type), str(widget.Subtype), str(widget.FT), int(widget.F), str(widget.TU))
        expected = ("/Annot", "/Widget", "/Sig", fields.FLAGS, fields.title(name))
        appearance = widget.AP.N
        empty = set(widget.AP.keys()) == {"/N"} and not appearance.read_bytes()
        if shape != expected or not empty or name in out:
            raise Misbuilt(f"box {name}")
        out[name] = widget
    return out


def _check_pages(pdf: Any, boxes: dict[str, Any]) -> None:
    """Pages without annotations other than the boxes, every box on the page it names and inside it."""
    seen = set()
    for page in pdf.pages:
        _only(page.obj, _PAGE, "page")
        box = [float(v) for v in page.obj.MediaBox.as_list()]
        for widget in page.obj.get("/Annots", ()):
            rect = [float(v) for v in widget.Rect.as_list()]
            inside = box[0] <= rect[0] < rect[2] <= box[2] and box[1] <= rect[1] < rect[3] <= box[3]
            if widget.objgen in seen or widget.P.objgen != page.obj.objgen or not inside:
                raise Misbuilt("annotations")
            seen.add(widget.objgen)
    if seen != {widget.objgen for widget in boxes.values()}:
        raise Misbuilt("annotations")


def _files(root: Any) -> dict[str, bytes]:
    """Associated files by name: those of the name tree and of the catalog must be the same."""
    tree = root.get("/Names")
    if tree is None:
        return {}
    _only(tree, {"/EmbeddedFiles"}, "names")
    _only(tree.EmbeddedFiles, {"/Names"}, "names")
    listed = tree.EmbeddedFiles.Names.as_list()
    associated = [found.objgen for found in root.get("/AF", ())]
    out: dict[str, bytes] = {}
    for name, found in zip(listed[::2], listed[1::2], strict=True):
        data = found.EF.F.read_bytes()
        same = str(found.F) == str(found.UF) == str(name) and found.EF.UF.objgen == found.EF.F.objgen
        if not same or found.objgen not in associated or len(data) > MOST_ATTACHED or str(name) in out:
            raise Misbuilt("attached files")
        out[str(name)] = data
    if len(out) != len(associated):
        raise Misbuilt("attached files")
    return out
