"""The cryptographic container of one signature: exact form, digest, signature value, certificate, time stamp.

Everything in the container that its own signature does not cover must be what it has to be, so that no bit of it can
be changed unnoticed (RFC 5652; ETSI EN 319 122-1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sirekap.paper.awaiting import finished
from sirekap.paper.signing.sealing import subject_name
from sirekap.paper.verifying.messages import Reason, reason
from sirekap.paper.verifying.trust import Trust, certificate_problems, context

_ALGORITHMS = ("sha256_ecdsa", "sha256_rsa", "rsassa_pkcs1v15", "rsassa_pss", "ed25519")
_STAMP_SLACK = timedelta(days=1)


class Malformed(Exception):
    """The container is not in the one accepted form; the argument names the part."""


@dataclass(frozen=True, slots=True)
class Container:
    """A parsed container: its exact DER, its SignedData, the signer's certificate and the other ones (DER)."""

    der: bytes
    signed: Any
    certificate: Any
    chain: tuple[bytes, ...]
    stamp: Any = None

    @property
    def name(self) -> str:
        """Whom the certificate names."""
        return subject_name(self.certificate)


def parse(contents: bytes) -> Container:
    """The container in a padded field; raises :class:`Malformed` unless it is DER in the accepted form."""
    from asn1crypto import cms
    from cryptography.x509 import load_der_x509_certificate

    try:
        info = cms.ContentInfo.load(contents)
        der = info.dump()
        if info["content_type"].native != "signed_data" or contents[: len(der)] != der:
            raise Malformed("content")
        _check_lengths(der, 0, len(der), 0)
        found = _checked(der, info["content"])
        load_der_x509_certificate(found.certificate.dump())
        _ = (found.name, found.certificate.subject_alt_name_value, found.certificate.key_usage_value)
        return found
    except Malformed:
        raise
    except Exception as error:
        raise Malformed(type(error).__name__) from error


def _check_lengths(der: bytes, start: int, end: int, depth: int) -> None:
    """Raise :class:`Malformed` unless every length is definite, in its shortest form, and fills its parent exactly."""
    if depth > 40:
        raise Malformed("nesting")
    while start < end:
        tag, first, at = der[start], der[start + 1], start + 2
        if tag & 0x1F == 0x1F:
            raise Malformed("tag")
        length = first
        if first & 0x80:
            size = first & 0x7F
            length = int.from_bytes(der[at : at + size], "big")
            at += size
            if not 1 <= size <= 4 or length < 0x80 or der[at - size] == 0:
                raise Malformed("length")
        if at + length > end:
            raise Malformed("length")
        if tag & 0x20:
            _check_lengths(der, at, at + length, depth + 1)
        start = at + length
    if start != end:
        raise Malformed("length")


def _checked(der: bytes, signed: Any) -> Container:
    infos, certificates = signed["signer_infos"], list(signed["certificates"])
    if signed["version"].native != "v1" or len(infos) != 1 or signed["crls"].native is not None:
        raise Malformed("SignedData")
    content = signed["encap_content_info"]
    if content["content_type"].native != "data" or content["content"].native is not None:
        raise Malformed("content type")
    info = infos[0]
    digest = info["digest_algorithm"]
    same = [one.dump() for one in signed["digest_algorithms"]] == [digest.dump()]
    if info["version"].native != "v1" or not same or digest["algorithm"].native != "sha256" or _has_parameters(digest):
        raise Malformed("digest")
    mechanism = info["signature_algorithm"]
    if mechanism["algorithm"].native not in _ALGORITHMS:
        raise Malformed("algorithm")
    if mechanism["algorithm"].native != "rsassa_pss" and _has_parameters(mechanism):
        raise Malformed("algorithm parameters")
    chosen = [one.chosen for one in certificates if _is_of(one.chosen, info["sid"])]
    if any(one.name != "certificate" for one in certificates) or len(chosen) != 1:
        raise Malformed("certificates")
    chain = tuple(one.chosen.dump() for one in certificates if one.chosen is not chosen[0])
    if len(chain) > 5 or len(set(chain)) != len(chain):
        raise Malformed("certificates")
    return Container(der, signed, chosen[0], chain, _stamp(info["unsigned_attrs"]))


def _has_parameters(algorithm: Any) -> bool:
    return algorithm["parameters"].dump() not in (b"", b"\x05\x00")


def _is_of(certificate: Any, sid: Any) -> bool:
    if sid.name != "issuer_and_serial_number":
        return False
    chosen = sid.chosen
    return bool(
        chosen["issuer"].dump() == certificate.issuer.dump()
        and chosen["serial_number"].native == certificate.serial_number
    )


def _stamp(attributes: Any) -> Any:
    """The one time stamp among the unsigned attributes, if any; anything else is refused."""
    found = list(attributes) if attributes.native is not None else []
    if not found:
        if attributes.native is not None:
            raise Malformed("unsigned attributes")
        return None
    if len(found) != 1 or found[0]["type"].native != "signature_time_stamp_token" or len(found[0]["values"]) != 1:
        raise Malformed("unsigned attributes")
    return found[0]["values"][0]


def problems(container: Container, covered: Sequence[bytes], at: datetime, trust: Trust) -> list[Reason]:
    """What is wrong with the signature over ``covered`` (its pieces in order), claimed to be made at ``at``."""
    who = container.name
    certificate = certificate_problems(container.certificate.dump(), container.chain, trust, at)
    try:
        state = finished(_validated(container, b"".join(covered), at, trust))
    except Exception as error:
        return [reason("signature_malformed", who=who, what=type(error).__name__), *certificate]
    out = []
    if not (state.intact and state.valid):
        out.append(reason("signature_broken", who=who))
    out += certificate
    if not certificate and not _whole_chain(state, container):
        out.append(reason("signature_malformed", who=who, what="certificates"))
    if container.stamp is not None and not _stamp_fits(state, at):
        out.append(reason("time_stamp", who=who))
    return out


async def _validated(container: Container, data: bytes, at: datetime, trust: Trust) -> Any:
    from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    moment = context(trust, container.chain, at)
    return await async_validate_detached_cms(
        data,
        container.signed,
        signer_validation_context=moment,
        key_usage_settings=KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}),
    )


def _whole_chain(state: Any, container: Container) -> bool:
    """Whether every certificate in the container is part of the path that was validated."""
    path = state.validation_path
    used = {certificate.dump() for certificate in path} if path is not None else set()
    return set(container.chain) <= used


def _stamp_fits(state: Any, at: datetime) -> bool:
    stamp = state.timestamp_validity
    return bool(
        stamp is not None
        and stamp.intact
        and stamp.valid
        and stamp.trusted
        and abs(stamp.timestamp - at) <= _STAMP_SLACK
    )
