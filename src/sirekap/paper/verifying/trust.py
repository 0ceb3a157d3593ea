"""Whose certificates count: authorities from a PEM file, and what is wrong with one certificate at one moment."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.paper.awaiting import finished
from sirekap.paper.signing.authority import ROLE_URI, is_test
from sirekap.paper.verifying.messages import Reason, reason

if TYPE_CHECKING:
    from pyhanko_certvalidator import ValidationContext

_BLOCK = re.compile(rb"-----BEGIN (CERTIFICATE|X509 CRL)-----(.+?)-----END \1-----", re.S)
USAGES = frozenset({"digital_signature", "non_repudiation"})


@dataclass(frozen=True, slots=True)
class Trust:
    """DER of the trusted roots, of intermediates and of revocation lists; whether test authorities count."""

    roots: tuple[bytes, ...] = ()
    others: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    allow_test: bool = True


def load_trust(file: Path, *, allow_test: bool) -> Trust:
    """Certificates and revocation lists of a PEM file; an absent file is trust in nobody."""
    try:
        return parse_trust(file.read_bytes(), allow_test=allow_test)
    except OSError:
        return Trust(allow_test=allow_test)


def parse_trust(pem: bytes, *, allow_test: bool) -> Trust:
    """PEM blocks sorted into roots (self-issued), intermediates and revocation lists; others are left out."""
    from asn1crypto.x509 import Certificate
    from cryptography.x509 import load_der_x509_crl

    roots: list[bytes] = []
    others: list[bytes] = []
    crls: list[bytes] = []
    for kind, body in _BLOCK.findall(pem):
        try:
            der = base64.b64decode(body)
            if kind == b"X509 CRL":
                load_der_x509_crl(der)
                crls.append(der)
                continue
            certificate = Certificate.load(der)
            self_issued = certificate.subject == certificate.issuer
        except (ValueError, TypeError):
            continue
        (roots if self_issued else others).append(der)
    return Trust(tuple(roots), tuple(others), tuple(crls), allow_test)


def context(trust: Trust, chain: Sequence[bytes], at: datetime) -> ValidationContext:
    """pyHanko's validation context at a moment, without any network."""
    from asn1crypto.x509 import Certificate
    from pyhanko_certvalidator import ValidationContext

    roots = [der for der in trust.roots if trust.allow_test or not is_test(der)]
    return ValidationContext(
        trust_roots=[Certificate.load(der) for der in roots],
        other_certs=[Certificate.load(der) for der in (*trust.others, *chain)],
        moment=at,
        allow_fetching=False,
    )


def certificate_problems(certificate: bytes, chain: Sequence[bytes], trust: Trust, at: datetime) -> list[Reason]:
    """Why a certificate (DER) may not sign at ``at``; empty when it may."""
    from asn1crypto.x509 import Certificate

    from sirekap.paper.signing.sealing import subject_name

    try:
        found = Certificate.load(certificate)
        who = subject_name(found)
    except (ValueError, TypeError):
        return [reason("certificate_unfit", who="?", what="DER")]
    if not trust.roots:
        return [reason("no_trust")]
    if not trust.allow_test and is_test(certificate):
        return [reason("test_authority", who=who)]
    try:
        problem = finished(_problem(found, context(trust, chain, at)))
        if problem is None and any(_revoked(der, trust, at) for der in (certificate, *chain)):
            problem = ("revoked", "")
    except (ValueError, TypeError, KeyError, OSError) as error:
        problem = ("certificate_unfit", type(error).__name__)
    return [reason(problem[0], who=who, what=problem[1])] if problem else []


def _revoked(certificate: bytes, trust: Trust, at: datetime) -> bool:
    """Whether a list signed by the certificate's issuer had revoked it by ``at``.

    Lists are those of the trust file: pyHanko asks for them only where the certificate names where to fetch them.
    """
    from cryptography import x509

    found = x509.load_der_x509_certificate(certificate)
    issuers = [x509.load_der_x509_certificate(der) for der in (*trust.roots, *trust.others)]
    for der in trust.crls:
        listed = x509.load_der_x509_crl(der)
        entry = listed.get_revoked_certificate_by_serial_number(found.serial_number)
        if entry is None or listed.issuer != found.issuer or entry.revocation_date_utc > at:
            continue
        if any(one.subject == listed.issuer and _signs(one, listed) for one in issuers):
            return True
    return False


def _signs(issuer: Any, listed: Any) -> bool:
    try:
        return bool(listed.is_signature_valid(issuer.public_key()))
    except TypeError:
        return False


async def _problem(certificate: Any, moment: ValidationContext) -> tuple[str, str] | None:
    from pyhanko_certvalidator import CertificateValidator, errors

    try:
        await CertificateValidator(certificate, validation_context=moment).async_validate_usage(set())
    except errors.NotYetValidError:
        return "not_yet_valid", ""
    except errors.ExpiredError:
        return "expired", ""
    except (errors.PathBuildingError, errors.InvalidCertificateError) as error:
        return ("other_authority", "") if _is_unknown(error) else ("certificate_unfit", str(error))
    except (errors.PathError, errors.ValidationError) as error:
        return "other_authority", str(error)
    usage = certificate.key_usage_value
    if certificate.ca or usage is None or not (USAGES & set(usage.native)):
        return "certificate_unfit", "key usage"
    return None


def _is_unknown(error: Exception) -> bool:
    from pyhanko_certvalidator import errors

    return isinstance(error, errors.PathBuildingError) or "self-signed" in str(error)


@dataclass(frozen=True, slots=True)
class Office:
    """The role, region and pair that a certificate is bound to."""

    role: str
    region: str
    pair: int | None

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.role, self.region, self.pair) if part is not None)


def office_of(certificate: Any) -> Office | None:
    """The office in a certificate's subject alternative name; None when it names none."""
    names = certificate.subject_alt_name_value
    for name in names or ():
        text = name.native if name.name == "uniform_resource_identifier" else ""
        found = re.fullmatch(re.escape(ROLE_URI) + r"([a-z]{1,20}):([0-9]{2,13})(?::([0-9]{1,2}))?", text or "")
        if found:
            return Office(found[1], found[2], int(found[3]) if found[3] else None)
    return None
