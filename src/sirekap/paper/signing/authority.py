"""A certification authority for practice and tests: it vouches for nobody, its names say so, production refuses it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, CertificateBuilder, KeyUsage, Name

LABEL = "UJI COBA / TEST"
"""Begins the organisation of every certificate of this authority."""
ROLE_URI = "urn:sirekap:"
"""Subject alternative name that binds a certificate to a role and a region: ``urn:sirekap:chair:321601``."""
CERTIFICATE, KEY = "ca.pem", "ca.key"
_YEAR = timedelta(days=365)
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class AuthorityError(Exception):
    """The authority cannot be made or found; ``text_id`` and ``text_en`` say what to do."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a certificate names. ``role`` and ``region``: as in a mandate; ``pair``: of a witness."""

    name: str
    role: str
    region: str
    pair: int | None = None

    @property
    def uri(self) -> str:
        """The role as it stands in the certificate."""
        return f"{ROLE_URI}{self.role}:{self.region}" + (f":{self.pair}" if self.pair is not None else "")


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that signs others, with its key."""

    certificate: Certificate
    key: EllipticCurvePrivateKey


def make(at: datetime, years: int = 10, key: EllipticCurvePrivateKey | None = None) -> Authority:
    """A new authority, valid from a day before ``at``."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

    key = key or ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{LABEL} - Sirekap CA - bukan untuk pemilihan")
    usage = _usage(key_cert_sign=True, crl_sign=True)
    certificate = (
        _builder(name, name, key, at, years)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return Authority(_signed(certificate, key), key)


def issue(
    authority: Authority, holder: Holder, at: datetime, years: int = 5, key: EllipticCurvePrivateKey | None = None
) -> Authority:
    """A certificate for somebody, and its key; valid from a day before ``at``."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = _name(holder.name, title=f"{holder.role} {holder.region}")
    builder = (
        _builder(subject, authority.certificate.subject, key, at, years)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()),
            critical=False,
        )
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(holder.uri)]), critical=False)
    )
    return Authority(_signed(builder, authority.key), key)


def _name(common: str, title: str = "") -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{LABEL} Sirekap"),
    ]
    if title:
        parts.append(x509.NameAttribute(NameOID.TITLE, _fitting(title)))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, _fitting(common))])


def _builder(subject: Name, issuer: Name, key: EllipticCurvePrivateKey, at: datetime, years: int) -> CertificateBuilder:
    from cryptography import x509

    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + years * _YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(**granted: bool) -> KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(**{name: granted.get(name, False) for name in _USAGES})


def _signed(builder: CertificateBuilder, key: EllipticCurvePrivateKey) -> Certificate:
    from cryptography.hazmat.primitives import hashes

    return builder.sign(key, hashes.SHA256())


def is_test(certificate_der: bytes) -> bool:
    """Whether an authority of this module made the certificate (by its names)."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    names = x509.load_der_x509_certificate(certificate_der).issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return any(str(name.value).startswith(LABEL) for name in names)


def save(pair: Authority, certificate: Path, key: Path) -> None:
    """Write both as PEM, the key with mode 0600; nothing is ever overwritten."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(key, secret, 0o600)
    _write(certificate, pair.certificate.public_bytes(Encoding.PEM), 0o644)


def load(certificate: Path, key: Path) -> Authority:
    """What `save` wrote; raises :class:`AuthorityError` when it is missing, damaged or open to others."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        if key.stat().st_mode & 0o077:
            raise AuthorityError(
                f"{key} dapat dibuka pengguna lain. Jalankan: chmod 600 {key}",
                f"{key} is open to other users. Run: chmod 600 {key}",
            )
        secret = load_pem_private_key(key.read_bytes(), None)
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError, TypeError):
        raise AuthorityError(
            f"Kunci {key} atau sertifikat {certificate} tidak ada atau rusak. Buat dengan: sirekap documents ca init",
            f"The key {key} or certificate {certificate} is missing or damaged. Make them: sirekap documents ca init",
        ) from None
    assert isinstance(secret, EllipticCurvePrivateKey)
    return Authority(found, secret)


def _write(file: Path, data: bytes, mode: int) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    except FileExistsError:
        raise AuthorityError(
            f"{file} sudah ada dan tidak ditimpa.", f"{file} exists and is never overwritten."
        ) from None
    with open(descriptor, "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(descriptor)


def _fitting(text: str) -> str:
    """At most 64 bytes of UTF-8 (X.520's bound)."""
    return text.encode()[:64].decode(errors="ignore")
