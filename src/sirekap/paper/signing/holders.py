"""Where an officer's key is: a PEM pair, a PKCS#12 file, a smart card (PKCS#11) or a remote service (CSC).

One JSON file a person says so, ``<folder>/<person id>.json``; see ``docs/how-to/sign-documents.md``.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.paper.signing.errors import SigningError
from sirekap.paper.signing.sealing import Sealer

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

Ask = Callable[[str], str]
"""Asks the person at the keyboard for a secret; gets the question."""


def holder_file(folder: Path, person: uuid.UUID) -> Path:
    """The file that says where a person's key is."""
    return folder / f"{person}.json"


def sealer(folder: Path, person: uuid.UUID, *, ask: Ask | None = None, stamp_url: str = "") -> Sealer:
    """The key of a person; raises :class:`SigningError` when none is configured or it cannot be opened."""
    file = holder_file(folder, person)
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(settings, dict):
            raise ValueError("object")
    except FileNotFoundError:
        raise SigningError(
            "no_key",
            "Orang ini belum punya kunci tanda tangan di simpul ini. Lihat panduan “sign-documents”.",
            "This person has no signing key on this node yet. See the guide “sign-documents”.",
        ) from None
    except (OSError, ValueError):
        raise _bad(file, "bukan berkas JSON yang dapat dibaca", "it is no readable JSON file") from None
    return from_settings(settings, folder, ask=ask, stamp_url=stamp_url)


def from_settings(settings: Mapping[str, Any], folder: Path, *, ask: Ask | None = None, stamp_url: str = "") -> Sealer:
    """A key as configured; ``method``: pem, pkcs12, pkcs11 or csc. Relative paths start at ``folder``."""
    makers = {"pem": _pem, "pkcs12": _pkcs12, "pkcs11": _pkcs11, "csc": _csc}
    make = makers.get(str(settings.get("method")))
    if make is None:
        raise _bad(folder, f"“method” harus {', '.join(makers)}", f"“method” must be {', '.join(makers)}")
    try:
        signer = make(settings, folder, ask)
    except KeyError as missing:
        raise _bad(folder, f"isian {missing} belum ada", f"the entry {missing} is missing") from None
    return Sealer(signer, _stamper(stamp_url))


def _bad(file: Path, what_id: str, what_en: str) -> SigningError:
    return SigningError(
        "key_settings",
        f"Pengaturan kunci tanda tangan tidak dapat dipakai ({file}): {what_id}.",
        f"The signing key's settings cannot be used ({file}): {what_en}.",
    )


def _stamper(url: str) -> TimeStamper | None:
    if not url:
        return None
    from pyhanko.sign.timestamps import HTTPTimeStamper

    return HTTPTimeStamper(url)


def _secret(settings: Mapping[str, Any], ask: Ask | None, question: str) -> str | None:
    """A PIN or passphrase: from the environment variable the settings name, else asked for."""
    name = settings.get("secret_env")
    if name:
        return os.environ.get(str(name))
    return ask(question) if ask else None


def _pem(settings: Mapping[str, Any], folder: Path, ask: Ask | None) -> Any:
    from pyhanko.sign.signers import SimpleSigner

    key, certificate = folder / str(settings["key"]), folder / str(settings["certificate"])
    if key.exists() and key.stat().st_mode & 0o077:
        raise _bad(key, "dapat dibuka pengguna lain; jalankan chmod 600", "it is open to other users; run chmod 600")
    chain = tuple(str(folder / str(name)) for name in settings.get("chain", ()))
    secret = _secret(settings, None, "")
    found = SimpleSigner.load(str(key), str(certificate), chain, key_passphrase=secret.encode() if secret else None)
    if found is None:
        raise _bad(key, "kunci atau sertifikat rusak", "key or certificate is damaged")
    return _without_roots(found)


def _pkcs12(settings: Mapping[str, Any], folder: Path, ask: Ask | None) -> Any:
    from pyhanko.sign.signers import SimpleSigner

    file = folder / str(settings["file"])
    secret = _secret(settings, ask, f"Kata sandi {file.name} / passphrase")
    found = SimpleSigner.load_pkcs12(str(file), passphrase=secret.encode() if secret else None)
    if found is None:
        raise _bad(file, "berkas atau kata sandinya salah", "the file or its passphrase is wrong")
    return _without_roots(found)


def _without_roots(signer: Any) -> Any:
    signer.embed_roots = False
    return signer


def _pkcs11(settings: Mapping[str, Any], folder: Path, ask: Ask | None) -> Any:
    try:
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError:
        raise _bad(folder, "pasang paket python-pkcs11", "install the package python-pkcs11") from None
    pin = _secret(settings, ask, "PIN kartu / card PIN")
    session = open_pkcs11_session(
        str(settings["module"]), token_criteria=TokenCriteria(label=str(settings["token"])), user_pin=pin
    )
    return PKCS11Signer(
        session,
        cert_label=str(settings["certificate_label"]),
        key_label=settings.get("key_label"),
        embed_roots=False,
        use_raw_mechanism=bool(settings.get("raw", False)),
    )


def _csc(settings: Mapping[str, Any], folder: Path, ask: Ask | None) -> Any:
    """A remote service that speaks the Cloud Signature Consortium's API (v1.0.4)."""
    from sirekap.paper.signing.remote import csc_signer

    return csc_signer(
        str(settings["url"]),
        str(settings["credential"]),
        token=os.environ.get(str(settings["token_env"]), ""),
        pin=_secret(settings, ask, "PIN layanan / service PIN"),
    )
