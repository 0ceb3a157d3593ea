"""A small D.Hasil with its officers' practice keys, and ways to spoil it."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
from support import sheet_samples

from sirekap.paper.documents.rendering import render
from sirekap.paper.signing import Sealer, fields_for, holders, prepare, sign
from sirekap.paper.signing import authority as ca
from sirekap.paper.signing.authority import Authority, Holder
from sirekap.paper.verifying import Trust, parse_trust

WIB = timezone(timedelta(hours=7))
AT = datetime(2024, 12, 1, 14, 3, 9, tzinfo=WIB)
BOARD = ("ketua", "anggota-1", "anggota-2")
SIGNERS = (*BOARD, "anggota-3", "saksi-1")
ROLES = {"ketua": "chair", "anggota": "member", "saksi": "witness"}


def document() -> bytes:
    """The prepared, unsigned D.Hasil of a district with four stations."""
    of = sheet_samples.contest()
    data = sheet_samples.recapitulation(of, sheet_samples.district_sheet(of, (2, 2)))
    return prepared(render(data), data)


def prepared(rendered: object, data: object) -> bytes:
    return prepare(rendered.pdf, fields_for(rendered.signature_boxes, data.body.signers))  # type: ignore[attr-defined]


def sealer(issued: Authority) -> Sealer:
    """A sealer over a key that lies in a file, as officers' keys do."""
    with TemporaryDirectory() as folder:
        ca.save(issued, Path(folder) / "one.pem", Path(folder) / "one.key")
        return holders.from_settings({"method": "pem", "key": "one.key", "certificate": "one.pem"}, Path(folder))


@dataclass(frozen=True)
class Signed:
    """``states[n]``: the file with n signatures, by ``sealers`` in the order of `SIGNERS`."""

    authority: Authority
    trust: Trust
    sealers: dict[str, Sealer]
    states: tuple[bytes, ...]

    @property
    def whole(self) -> bytes:
        return self.states[-1]

    def officer(self, field: str, *, region: str = sheet_samples.DISTRICT, at: datetime = AT, years: int = 5) -> Sealer:
        return sealer(ca.issue(self.authority, holder(field, region), at, years))

    def sign(self, pdf: bytes, fields: tuple[str, ...] = BOARD) -> bytes:
        """Any prepared file, signed by these officers."""
        for field in fields:
            pdf = sign(pdf, field, self.sealers[field], AT)
        return pdf


def holder(field: str, region: str = sheet_samples.DISTRICT) -> Holder:
    kind, _, number = field.partition("-")
    return Holder(f"Nama {field}", ROLES[kind], region, int(number) if kind == "saksi" else None)


def pem(authority: Authority) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return authority.certificate.public_bytes(Encoding.PEM)


@functools.cache
def signed() -> Signed:
    """Made once a process."""
    authority = ca.make(AT)
    sealers = {field: sealer(ca.issue(authority, holder(field), AT)) for field in SIGNERS}
    states = [document()]
    for minute, field in enumerate(SIGNERS):
        at = AT + timedelta(minutes=minute)
        states.append(sign(states[-1], field, sealers[field], at, reason=field, location="Tambun Selatan"))
    return Signed(authority, parse_trust(pem(authority), allow_test=True), sealers, tuple(states))


def resaved(pdf: bytes, change: object) -> bytes:
    """The file opened, changed and saved whole by another program."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)  # type: ignore[operator]
        opened.save(out)
    return out.getvalue()


def reprepared(pdf: bytes, change: object) -> bytes:
    """An unsigned document that was changed before anybody signed, and saved as `prepare` saves."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)  # type: ignore[operator]
        out = io.BytesIO()
        opened.save(out)
    return prepare(out.getvalue(), ())


def updated(pdf: bytes, change: object) -> bytes:
    """An incremental update by another program (pyHanko's writer)."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    change(writer)  # type: ignore[operator]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


NOW = datetime(2026, 1, 1, tzinfo=UTC)
