"""One signature = one revision appended to the file, in one form only (ISO 32000-1, 7.5.6 and 12.8).

A revision holds four objects: the field with its value, the signature dictionary, the appearance, the cross-reference
stream. :func:`written` is a function of the signature's data; :func:`read` finds that data again, so a verifier writes
the revision anew and compares every byte.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from sirekap.paper.signing import appearance, fields
from sirekap.paper.signing.errors import wrong_file

EOF = b"%%EOF\n"
MOST_REVISIONS = 64
_RANGE_WIDTH = 44
_START = re.compile(rb"startxref\n([0-9]{1,10})\n%%EOF\n\Z")
_XREF = re.compile(rb"([1-9][0-9]{0,7}) 0 obj\n<<([^\r\n]{1,1000}?)>>\nstream\n")
_VALUES = re.compile(
    rb"/M \(D:([0-9]{14})\+([0-9]{2})'00'\) /Reason <([0-9A-F]*)> /Location <([0-9A-F]*)> "
    rb"/ByteRange \[[0-9 ]+\] */Contents <([0-9a-f]+)> >>\nendobj\n"
)


@dataclass(frozen=True, slots=True)
class Tail:
    """What the next revision continues: ``length`` bytes so far, next object number ``size``, references as written."""

    length: int
    startxref: int
    size: int
    root: bytes
    info: bytes
    identity: bytes
    previous: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A prepared field in the file: object numbers of its widget, page and font; its rectangle as written."""

    name: str
    widget: int
    page: int
    font: int
    rect: tuple[str, str, str, str]

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in points."""
        x1, y1, x2, y2 = (float(v) for v in self.rect)
        return round(x2 - x1, 2), round(y2 - y1, 2)


@dataclass(frozen=True, slots=True)
class Values:
    """What a signature dictionary says, and the hexadecimal digits of its container, padding included."""

    at: datetime
    reason: str
    location: str
    contents: bytes


@dataclass(frozen=True, slots=True)
class Revision:
    """Bytes of one revision and where the container's ``<`` and the byte after its ``>`` lie in the whole file."""

    data: bytes
    gap: tuple[int, int]


def tail(data: bytes, end: int | None = None) -> Tail:
    """The last revision of ``data[:end]``; raises :class:`SigningError` for a file in any other form."""
    end = len(data) if end is None else end
    start = _START.search(data, max(0, end - 32), end)
    if start is None:
        raise wrong_file()
    position = int(start[1])
    head = _XREF.match(data, position, min(end, position + 1200))
    if head is None:
        raise wrong_file()
    found = _entries(head[2])
    previous = re.search(rb"/Prev ([0-9]{1,10})(?= )", head[2])
    return Tail(end, position, int(found[0]), found[1], found[2], found[3], int(previous[1]) if previous else None)


def _entries(head: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    size = re.search(rb"/Size ([1-9][0-9]{0,7})(?= )", head)
    root = re.search(rb"/Root ([1-9][0-9]{0,7}) 0 R", head)
    info = re.search(rb"/Info ([1-9][0-9]{0,7}) 0 R", head)
    identity = re.search(rb"/ID \[ ?<([0-9a-f]{16,128})> ?<[0-9a-f]{32}> ?\]", head)
    if size is None or root is None or identity is None:
        raise wrong_file()
    return size[1], root[1], info[1] if info else b"", identity[1]


def revisions(data: bytes) -> list[Tail]:
    """The file's revisions from the first; raises :class:`SigningError` when they do not follow from each other."""
    out = [tail(data)]
    while out[0].previous is not None:
        if len(out) > MOST_REVISIONS:
            raise wrong_file()
        end = _first_offset(data, out[0])
        if not 0 < end < out[0].startxref:
            raise wrong_file()
        before = tail(data, end)
        if before.startxref != out[0].previous:
            raise wrong_file()
        out.insert(0, before)
    return out


def _first_offset(data: bytes, last: Tail) -> int:
    """Where the objects of the last revision begin: the offset in the first row of its cross-reference stream."""
    row = data.index(b"stream\n", last.startxref) + 7
    return int.from_bytes(data[row + 1 : row + 5], "big")


def places(base: bytes) -> dict[str, Place]:
    """The prepared fields of a document's first revision, by name; raises :class:`SigningError`."""
    import io

    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(base), attempt_recovery=False) as pdf:
            form = pdf.Root.get("/AcroForm")
            if form is None:
                return {}
            font = form.DR.Font[f"/{fields.FONT_NAME}"].objgen[0]
            found = [_place(widget, font) for widget in form.Fields.as_list()]
    except (pikepdf.PdfError, AttributeError, KeyError, ValueError, TypeError):
        raise wrong_file() from None
    return {place.name: place for place in found}


def _place(widget: object, font: int) -> Place:
    name = str(widget.T)  # type: ignore[attr-defined]
    if not re.fullmatch(r"(ketua|(anggota|saksi|pengawas|pemantau)-[1-9][0-9]?)", name):
        raise wrong_file()
    rect = tuple(f"{float(v):.2f}" for v in widget.Rect.as_list())  # type: ignore[attr-defined]
    number, page = widget.objgen[0], widget.P.objgen[0]  # type: ignore[attr-defined]
    if len(rect) != 4 or min(number, page, font) < 1:
        raise wrong_file()
    return Place(name, number, page, font, rect)


def written(before: Tail, place: Place, values: Values, name: str, certificate: str) -> Revision:
    """The one revision that says this. ``name``, ``certificate``: the signer's name and certificate hash (hex).

    ``before.length`` bytes precede it. The byte range covers the whole file but the container.
    """
    value = before.size
    head, tail_ = _signature(value, values)
    field = _field(place, value)
    shown = _appearance(place, value + 1, appearance.Shown(name, fields.title(place.name), values.at, certificate))
    container = before.length + len(field) + len(head)
    after = container + len(values.contents) + 2
    objects = (len(field), after - container + len(head) + len(tail_), len(shown))
    offsets = [before.length + sum(objects[:n]) for n in range(4)]
    table = _table(before, place, offsets)
    end = offsets[3] + len(table)
    covered = f"/ByteRange [0 {container} {after} {end - after}]".encode().ljust(_RANGE_WIDTH)
    head = head.replace(_UNKNOWN_RANGE, covered)
    return Revision(field + head + b"<" + values.contents + b">" + tail_ + shown + table, (container, after))


_UNKNOWN_RANGE = b"/ByteRange []".ljust(_RANGE_WIDTH)


def _field(place: Place, value: int) -> bytes:
    rect = " ".join(place.rect)
    return (
        f"{place.widget} 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /T ({place.name}) "
        f"/TU ({fields.title(place.name)}) /F {fields.FLAGS} /Rect [{rect}] /P {place.page} 0 R "
        f"/AP << /N {value + 1} 0 R >> /V {value} 0 R >>\nendobj\n"
    ).encode("ascii")


def _signature(number: int, values: Values) -> tuple[bytes, bytes]:
    offset = int((values.at.utcoffset() or timedelta()).total_seconds() // 3600)
    head = (
        f"{number} 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
        f"/M (D:{values.at:%Y%m%d%H%M%S}+{offset:02d}'00') /Reason <{_text(values.reason)}> "
        f"/Location <{_text(values.location)}> "
    ).encode("ascii")
    return head + _UNKNOWN_RANGE + b" /Contents ", b" >>\nendobj\n"


def _text(text: str) -> str:
    return ("\ufeff" + text).encode("utf-16-be").hex().upper()


def _appearance(place: Place, number: int, shown: appearance.Shown) -> bytes:
    width, height = place.extent
    drawing = appearance.content(width, height, shown)
    return (
        (
            f"{number} 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 {width:.2f} {height:.2f}] "
            f"/Resources << /Font << /{fields.FONT_NAME} {place.font} 0 R >> >> /Length {len(drawing)} >>\nstream\n"
        ).encode("ascii")
        + drawing
        + b"\nendstream\nendobj\n"
    )


def _table(before: Tail, place: Place, offsets: list[int]) -> bytes:
    """The cross-reference stream; ``offsets`` of field, signature, appearance and of itself."""
    number = before.size + 2
    rows = b"".join(b"\x01" + offset.to_bytes(4, "big") + b"\x00" for offset in offsets)
    identity = hashlib.sha256(b"%s %d" % (before.identity, before.length)).hexdigest()[:32]
    info = b"/Info %s 0 R " % before.info if before.info else b""
    return b"".join(
        (
            b"%d 0 obj\n<< /Type /XRef /Size %d /Root %s 0 R " % (number, number + 1, before.root),
            info,
            b"/ID [<%s> <%s>] /Prev %d " % (before.identity, identity.encode("ascii"), before.startxref),
            b"/W [1 4 1] /Index [%d 1 %d 3] /Length %d >>\nstream\n" % (place.widget, before.size, len(rows)),
            rows,
            b"\nendstream\nendobj\nstartxref\n%d\n" % offsets[3],
            EOF,
        )
    )


def read(revision: bytes) -> tuple[int, Values]:
    """The field's object number and what the signature says; raises :class:`SigningError` for any other revision."""
    field = re.match(rb"([1-9][0-9]{0,7}) 0 obj\n", revision)
    found = list(_VALUES.finditer(revision))
    if field is None or len(found) != 1:
        raise wrong_file()
    moment, hours, reason, location, contents = found[0].groups()
    try:
        at = datetime.strptime(moment.decode("ascii"), "%Y%m%d%H%M%S").replace(
            tzinfo=timezone(timedelta(hours=int(hours)))
        )
        return int(field[1]), Values(at, _string(reason), _string(location), contents)
    except (ValueError, UnicodeDecodeError):
        raise wrong_file() from None


def _string(text: bytes) -> str:
    return bytes.fromhex(text.decode("ascii")).decode("utf-16-be").removeprefix("\ufeff")
