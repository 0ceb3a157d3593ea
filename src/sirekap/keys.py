"""The secret keys of one node: separate files for the log, receipts, documents (Ed25519) and QR codes (HMAC).

Each purpose has ``<purpose>.key`` (0600, in a directory 0700) and, if it signs, ``<purpose>.vkey`` with the public key
text, readable without touching the secret. Only the sequencer loads the log key.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sirekap.ledger.errors import NoteError
from sirekap.ledger.note import Signer, Verifier, parse_vkey

HEADER = "sirekap-key"
DEMO_HEADER = "sirekap-demo-key"
PRODUCTION = "production"
"""Value of ``SIREKAP_MODE`` in which demo keys are refused."""

_PACKAGE = Path(__file__).resolve().parent
_IGNORED = "var"
_NEXT = "log.next.key"


class Purpose(StrEnum):
    """What a key is for; one key never serves two."""

    LOG = "log"
    RECEIPTS = "receipts"
    QR = "qr"
    DOCUMENTS = "documents"

    @property
    def signs(self) -> bool:
        """Whether it is an Ed25519 key; the QR key is a shared 32-byte secret."""
        return self is not Purpose.QR


class KeysError(Exception):
    """Base of all key errors; ``text_id`` and ``text_en`` say what happened and what to do."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


class KeysExist(KeysError):
    """There are keys already; they are never overwritten."""


class KeysPlaceError(KeysError):
    """The directory is not a safe place for keys."""


class KeysOpenToOthers(KeysError):
    """A key file or its directory may be read by other users of the machine."""


class KeyMissing(KeysError):
    """No key for this purpose."""


class KeyDamaged(KeysError):
    """The key file is not what `init` wrote."""


class DemoKeyRefused(KeysError):
    """A demo key in production."""


@dataclass(frozen=True, slots=True)
class Key:
    """One secret key. ``secret`` (32 bytes) never appears in its repr."""

    purpose: Purpose
    name: str
    demo: bool
    secret: bytes = field(repr=False)

    @property
    def signer(self) -> Signer:
        """The Ed25519 signer under this key's name; raises `KeysError` for the QR key."""
        if not self.purpose.signs:
            raise KeysError(
                "Kunci QR tidak menandatangani; pakai mac().", "The QR key does not sign; use mac() instead."
            )
        return Signer(self.name, Ed25519PrivateKey.from_private_bytes(self.secret))

    def mac(self, data: bytes) -> bytes:
        """HMAC-SHA256 of ``data``, 32 bytes; only the QR key does this."""
        if self.purpose.signs:
            raise KeysError(
                "Kunci ini menandatangani; pakai signer.", "This key signs; use its signer instead of mac()."
            )
        return hmac.digest(self.secret, data, "sha256")


def init(
    directory: Path,
    node: str = "sirekap.local",
    *,
    demo: bool = False,
    allow_in_repo: bool = False,
    log: Key | None = None,
) -> list[Path]:
    """Make one key per purpose in ``directory``; returns the files written. ``log``: a log key made before.

    ``node`` is a schema-less URL without spaces; a key is named ``<node>/<purpose>`` and the log's name is its
    origin. Raises `KeysExist`, `KeysPlaceError` or `KeysOpenToOthers`, and then leaves no new file behind.
    """
    directory = Path(directory).absolute()
    _check_node(node)
    if not allow_in_repo:
        _refuse_repository(directory)
    files = [directory / _key_file(purpose) for purpose in Purpose]
    existing = [file.name for file in (*files, *(directory / f"{p}.vkey" for p in Purpose)) if file.exists()]
    if existing:
        raise KeysExist(
            f"Di {directory} sudah ada kunci ({', '.join(existing)}). Kunci lama tidak ditimpa; pilih folder lain.",
            f"{directory} already holds keys ({', '.join(existing)}). None is ever overwritten; choose another.",
        )
    written: list[Path] = []
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_open(directory)
        for purpose in Purpose:
            made = Key(purpose, f"{node}/{purpose}", demo, secrets.token_bytes(32))
            _write_pair(directory, log if log is not None and purpose is Purpose.LOG else made, written)
    except OSError as error:
        _remove(written)
        raise KeysPlaceError(
            f"Kunci tidak dapat ditulis ke {directory} ({error}). Periksa izin dan ruang disk, lalu ulangi.",
            f"The keys cannot be written to {directory} ({error}). Check permissions and disk space, then repeat.",
        ) from error
    return written


def load(directory: Path, purpose: Purpose | str) -> Key:
    """The key for one purpose; raises `KeyMissing`, `KeysOpenToOthers` or `KeyDamaged`."""
    purpose = Purpose(purpose)
    file = Path(directory) / _key_file(purpose)
    try:
        _refuse_open(file.parent)
        _refuse_open(file)
        text = file.read_text(encoding="ascii")
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(file) from None
    except UnicodeDecodeError:
        raise _damaged(file) from None
    except OSError as error:
        raise KeysPlaceError(
            f"Kunci {file} tidak dapat dibaca ({error}). Jalankan sebagai pemilik berkasnya.",
            f"The key {file} cannot be read ({error}). Run this as the owner of the file.",
        ) from error
    key = _parse(text, purpose)
    if key is None:
        raise _damaged(file)
    return key


def make_log_key(file: Path, node: str, *, demo: bool = False) -> Key:
    """Make a log key for another node in a file of its own (0600). Raises `KeysExist` or `KeysError`."""
    _check_node(node)
    key = Key(Purpose.LOG, f"{node}/{Purpose.LOG}", demo, secrets.token_bytes(32))
    if file.exists():
        raise KeysExist(
            f"Berkas {file} sudah ada dan tidak ditimpa. Pilih nama lain.",
            f"The file {file} exists and is not overwritten. Choose another name.",
        )
    secret = base64.b64encode(key.secret).decode("ascii")
    header = DEMO_HEADER if demo else HEADER
    _write(file, f"{header}\n{Purpose.LOG}\n{key.name}\n{secret}\n", 0o600, [])
    return key


def read_log_key(file: Path) -> Key:
    """The key in a file of `make_log_key`. Raises `KeyMissing`, `KeysOpenToOthers` or `KeyDamaged`."""
    try:
        _refuse_open(file)
        key = _parse(file.read_text(encoding="ascii"), Purpose.LOG)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(file) from None
    except UnicodeDecodeError:
        raise _damaged(file) from None
    if key is None:
        raise _damaged(file)
    return key


def prepare_rotation(directory: Path) -> Key:
    """The log key that is to follow the present one: made once as ``log.next.key``, found again by the next call.

    Raises what `load` raises.
    """
    directory = Path(directory)
    present = load(directory, Purpose.LOG)
    file = directory / _NEXT
    if not file.exists():
        secret = base64.b64encode(secrets.token_bytes(32)).decode("ascii")
        header = DEMO_HEADER if present.demo else HEADER
        unfinished = directory / f"{_NEXT}.new"
        unfinished.unlink(missing_ok=True)
        _write(unfinished, f"{header}\n{Purpose.LOG}\n{present.name}\n{secret}\n", 0o600, [])
        os.replace(unfinished, file)
    key = _parse(file.read_text(encoding="ascii"), Purpose.LOG)
    if key is None or key.name != present.name:
        raise _damaged(file)
    return key


def finish_rotation(directory: Path) -> Path:
    """Put the key of `prepare_rotation` in the log key's place; returns where the old one is kept.

    The present key file is replaced last and at once, so that a run cut short is finished by repeating it.
    """
    directory = Path(directory)
    old, new = load(directory, Purpose.LOG), prepare_rotation(directory)
    kept = directory / f"log.{old.signer.verifier.key_id.hex()}.key"
    if not kept.exists():
        os.link(directory / _key_file(Purpose.LOG), kept)
    public_text = directory / "log.vkey.new"
    public_text.unlink(missing_ok=True)
    _write(public_text, new.signer.verifier.vkey + "\n", 0o644, [])
    os.replace(public_text, directory / "log.vkey")
    os.replace(directory / _NEXT, directory / _key_file(Purpose.LOG))
    return kept


def public(directory: Path) -> dict[Purpose, str]:
    """The public key text (vkey) of every signing purpose, in order; raises `KeyMissing` or `KeyDamaged`."""
    texts = {}
    for purpose in Purpose:
        if not purpose.signs:
            continue
        file = Path(directory) / f"{purpose}.vkey"
        try:
            texts[purpose] = parse_vkey(file.read_text(encoding="utf-8").removesuffix("\n")).vkey
        except (FileNotFoundError, NotADirectoryError):
            raise _missing(file) from None
        except (NoteError, UnicodeDecodeError):
            raise _damaged(file) from None
    return texts


def refuse_demo(key: Key, mode: str) -> None:
    """Raise `DemoKeyRefused` when ``mode`` (``SIREKAP_MODE``) is production and the key is a demo key."""
    if key.demo and mode.strip().lower() == PRODUCTION:
        raise DemoKeyRefused(
            f"Kunci {key.purpose} adalah kunci demo dan tidak boleh dipakai dalam mode produksi. "
            "Buat kunci baru dengan: sirekap keys init",
            f"The {key.purpose} key is a demo key and must not be used in production mode. "
            "Make new keys with: sirekap keys init",
        )


def _key_file(purpose: Purpose) -> str:
    return f"{purpose}.key"


def _write_pair(directory: Path, key: Key, written: list[Path]) -> None:
    secret = base64.b64encode(key.secret).decode("ascii")
    header = DEMO_HEADER if key.demo else HEADER
    _write(directory / _key_file(key.purpose), f"{header}\n{key.purpose}\n{key.name}\n{secret}\n", 0o600, written)
    if key.purpose.signs:
        _write(directory / f"{key.purpose}.vkey", key.signer.verifier.vkey + "\n", 0o644, written)


def _write(file: Path, text: str, mode: int, written: list[Path]) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    written.append(file)
    with open(descriptor, "w", encoding="ascii") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(descriptor)


def _remove(files: list[Path]) -> None:
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink()


def _parse(text: str, purpose: Purpose) -> Key | None:
    lines = text.split("\n")
    if len(lines) != 5 or lines[4] or lines[0] not in (HEADER, DEMO_HEADER) or lines[1] != purpose or not lines[2]:
        return None
    try:
        secret = base64.b64decode(lines[3], validate=True)
    except (binascii.Error, ValueError):
        return None
    return Key(purpose, lines[2], lines[0] == DEMO_HEADER, secret) if len(secret) == 32 else None


def _check_node(node: str) -> None:
    try:
        Verifier(node, bytes(32))
        node.encode("ascii")
    except (NoteError, UnicodeEncodeError):
        raise KeysError(
            f"Nama simpul {node!r} tidak sah: pakai alamat tanpa spasi dan tanda tambah, misalnya kpu.example/3216.",
            f"The node name {node!r} is not allowed: use an address without spaces or plus, such as kpu.example/3216.",
        ) from None


def _refuse_repository(directory: Path) -> None:
    """Refuse the package itself and any git work tree, except its ignored ``var/``."""
    place = directory.resolve()
    inside = place.is_relative_to(_PACKAGE)
    for parent in (place, *place.parents):
        if (parent / ".git").exists():
            inside = inside or place.relative_to(parent).parts[:1] != (_IGNORED,)
            break
    if inside:
        raise KeysPlaceError(
            f"{directory} berada di dalam repositori kode: kunci di sana mudah ikut tersebar. Pilih folder di luarnya.",
            f"{directory} is inside a code repository, where keys easily get published. Choose a folder outside it.",
        )


def _refuse_open(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        mode = "700" if path.is_dir() else "600"
        raise KeysOpenToOthers(
            f"{path} dapat dibuka pengguna lain di komputer ini. Jalankan: chmod {mode} {path}",
            f"{path} is open to other users of this machine. Run: chmod {mode} {path}",
        )


def _missing(file: Path) -> KeyMissing:
    return KeyMissing(
        f"Kunci {file} tidak ada. Buat dengan: sirekap keys init",
        f"The key {file} does not exist. Make it with: sirekap keys init",
    )


def _damaged(file: Path) -> KeyDamaged:
    return KeyDamaged(
        f"Berkas kunci {file} rusak atau bukan untuk keperluan ini. Pulihkan dari cadangan.",
        f"The key file {file} is damaged or for another purpose. Restore it from a backup.",
    )
