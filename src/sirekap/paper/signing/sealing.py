"""Whoever holds a key signs a prepared document: one revision, in milliseconds, whatever was signed before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sirekap.paper.awaiting import finished
from sirekap.paper.signing import revision
from sirekap.paper.signing.errors import SigningError, no_field, signed_already

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.timestamps import TimeStamper

__all__ = ["Sealer", "SigningError", "sign"]

DIGEST = "sha256"
ROOM, ROOM_STAMP = 2048, 10240
"""Bytes of a container beside its certificates, without and with a time stamp."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """A key that signs, wherever it is: pyHanko's signer over a file, a smart card or a remote service.

    ``stamper``: adds a trusted time stamp (RFC 3161) to each signature.
    """

    signer: Signer
    stamper: TimeStamper | None = None

    @property
    def certificate(self) -> Certificate:
        """The signer's certificate."""
        found = self.signer.signing_cert
        if found is None:
            raise SigningError("no_certificate", "Kunci ini tanpa sertifikat.", "This key has no certificate.")
        return found

    @property
    def certificate_sha256(self) -> str:
        """SHA-256 of the certificate's DER, hexadecimal."""
        return hashlib.sha256(self.certificate.dump()).hexdigest()

    @property
    def name(self) -> str:
        """The person (or office) the certificate names."""
        return subject_name(self.certificate)

    def chain(self) -> list[bytes]:
        """DER of the certificates known beside the signer's own."""
        own = self.certificate.dump()
        return [der for found in self.signer.cert_registry if (der := found.dump()) != own]

    def room(self) -> int:
        """Bytes to keep for a container, a multiple of 512."""
        chain = sum(len(der) for der in self.chain())
        size = len(self.certificate.dump()) + chain + (ROOM_STAMP if self.stamper else ROOM)
        return -(-size // 512) * 512

    def container(self, digest: bytes) -> bytes:
        """A CMS SignedData over ``digest`` (SHA-256), DER, with the attributes of PAdES baseline B."""
        made = finished(self.signer.async_sign(digest, DIGEST, use_pades=True, timestamper=self.stamper))
        return bytes(made.dump())


def subject_name(certificate: Any) -> str:
    """Common name of a certificate's subject, or the whole subject where it has none."""
    subject = certificate.subject.native
    return str(subject.get("common_name") or certificate.subject.human_friendly)


def sign(pdf: bytes, field: str, sealer: Sealer, at: datetime, *, reason: str = "", location: str = "") -> bytes:
    """The document with one more signature, in ``field``; earlier bytes stay as they are.

    ``at`` (aware, whole hours from UTC) is the time claimed and shown, cut to seconds. Raises :class:`SigningError`.
    """
    chain = revision.revisions(pdf)
    places = revision.places(pdf[: chain[0].length])
    place = places.get(field)
    if place is None:
        raise no_field(field)
    if place.widget in signed_fields(pdf, chain):
        raise signed_already(field)
    room = sealer.room()
    values = revision.Values(at.replace(microsecond=0), reason, location, b"0" * (2 * room))
    empty = revision.written(chain[-1], place, values, sealer.name, sealer.certificate_sha256)
    start, end = empty.gap
    whole = pdf + empty.data
    view = memoryview(whole)
    digest = hashlib.sha256(view[:start])
    digest.update(view[end:])
    sealed = sealer.container(digest.digest()).hex().encode("ascii")
    if len(sealed) > 2 * room:
        raise SigningError(
            "too_large",
            "Tanda tangan dengan semua sertifikatnya terlalu besar. Kurangi sertifikat antara dalam konfigurasi.",
            "The signature with all its certificates is too large. Configure fewer intermediate certificates.",
        )
    return b"".join((whole[: start + 1], sealed.ljust(2 * room, b"0"), whole[end - 1 :]))


def signed_fields(pdf: bytes, chain: list[revision.Tail]) -> list[int]:
    """Object numbers of the fields signed so far, in order."""
    return [revision.read(pdf[before.length : after.length])[0] for before, after in pairwise(chain)]
