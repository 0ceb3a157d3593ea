"""What a witness does: follow one log, co-sign its growth, refuse and keep the proof when it contradicts itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sirekap.ledger.checkpoint import Checkpoint
from sirekap.ledger.errors import LedgerError
from sirekap.ledger.log_reader import PublishedLog
from sirekap.ledger.note import COSIGNATURE, Signer, split_note
from sirekap.ledger.rotation import KeyInForce, open_in_chain
from sirekap.ledger.tree import consistency_proof_from, verify_consistency


class Verdict(StrEnum):
    """How two heads of one log stand to each other."""

    EQUAL = "equal"
    CONSISTENT = "consistent"
    FORKED = "forked"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A verdict with its reason in both languages; sizes are those of the two heads.

    Of a fork between two sizes: ``prefix`` is the root of the larger tree at the smaller size, ``proof`` shows that.
    """

    verdict: Verdict
    sizes: tuple[int, int]
    text_id: str
    text_en: str
    prefix: bytes = b""
    proof: tuple[bytes, ...] = ()


class Forked(LedgerError):
    """Two heads of one log that cannot both be true: a split view. ``notes`` and ``found`` prove it to anybody."""

    def __init__(self, notes: tuple[bytes, bytes], found: Comparison) -> None:
        super().__init__("forked", found.text_id, found.text_en)
        self.notes = notes
        self.found = found


def proves_fork(one: Checkpoint, other: Checkpoint, prefix: bytes, proof: Sequence[bytes]) -> bool:
    """Whether two heads, signatures checked, cannot both be true; see `Comparison` for ``prefix`` and ``proof``."""
    first, second = sorted((one, other), key=lambda head: head.size)
    if one.origin != other.origin or not first.size:
        return False
    if first.size == second.size:
        return first.root != second.root
    return prefix != first.root and verify_consistency(first.size, second.size, prefix, second.root, proof)


class NotNewer(LedgerError):
    """The log shown is shorter than what was seen before."""


def compare(one: Checkpoint, other: Checkpoint, log: PublishedLog) -> Comparison:
    """Whether two heads, signatures checked, belong to one growing log; ``log`` reads tiles up to the larger one.

    `Verdict.FORKED` is certain: same size with different roots, or tiles that give the larger root and not the
    smaller one. `Verdict.UNPROVEN`: the tiles give neither, so they say nothing about these two heads.
    """
    first, second = sorted((one, other), key=lambda head: head.size)
    sizes = (one.size, other.size)
    if one.origin != other.origin:
        return Comparison(Verdict.UNPROVEN, sizes, "Dua buku besar yang berbeda.", "Two different logs.")
    if first.size == second.size:
        return _same_size(first, second, sizes)
    try:
        if log.size < second.size or log.root(second.size) != second.root:
            return _unproven(sizes)
        old = log.root(first.size)
        proof = tuple(consistency_proof_from(log.node, first.size, second.size)) if first.size else ()
        if first.size and not verify_consistency(first.size, second.size, old, second.root, proof):
            return _unproven(sizes)
    except LedgerError:
        return _unproven(sizes)
    if old == first.root:
        text = f"{second.size} entri memuat {first.size} entri yang pertama tanpa perubahan."
        return Comparison(
            Verdict.CONSISTENT, sizes, text, f"{second.size} entries contain the first {first.size} unchanged."
        )
    return Comparison(
        Verdict.FORKED,
        sizes,
        f"TERBELAH: {first.size} entri pertama dari yang {second.size} berakar {old.hex()[:16]}…, "
        f"sedangkan titik periksa yang satu menyebut {first.root.hex()[:16]}….",
        f"FORKED: the first {first.size} of the {second.size} entries have the root {old.hex()[:16]}…, "
        f"but the other checkpoint says {first.root.hex()[:16]}….",
        old,
        proof,
    )


def _same_size(first: Checkpoint, second: Checkpoint, sizes: tuple[int, int]) -> Comparison:
    if first.root == second.root:
        return Comparison(Verdict.EQUAL, sizes, "Sama persis.", "Exactly the same.")
    return Comparison(
        Verdict.FORKED,
        sizes,
        f"TERBELAH: dua akar berbeda untuk {first.size} entri.",
        f"FORKED: two different roots for {first.size} entries.",
    )


def _unproven(sizes: tuple[int, int]) -> Comparison:
    return Comparison(
        Verdict.UNPROVEN,
        sizes,
        "Ubin yang dibaca tidak memberi akar titik periksa yang lebih baru, jadi tidak membuktikan apa pun tentangnya.",
        "The tiles read do not give the newer checkpoint's root, so they prove nothing about it.",
    )


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that a witness has co-signed: ``note`` with all its signatures, the last one the witness's."""

    head: Checkpoint
    note: bytes
    line: str


def cosign_growth(
    note: bytes, known: bytes | None, chain: Sequence[KeyInForce], log: PublishedLog, witness: Signer, at: int
) -> Cosigned:
    """Co-sign the checkpoint ``note``, after checking the log's signature and that it contains what was ``known``.

    ``log`` reads the tiles; ``at`` is POSIX seconds. Raises `NoteError` for a signature that does not hold, `NotNewer`
    for a shorter log, `Forked` for one that contradicts ``known``, `LedgerError` for tiles that do not give the root.
    """
    head, _ = open_in_chain(note, chain)
    if log.root(head.size) != head.root:
        raise LedgerError(
            "tiles",
            "Ubin tidak memberi akar yang ditandatangani. Salinan ini rusak atau diubah; tidak ditandatangani.",
            "The tiles do not give the signed root. This copy is damaged or altered; nothing was signed.",
        )
    if known is not None:
        _refuse_contradiction(note, head, known, chain, log)
    if witness.kind != COSIGNATURE:
        raise ValueError("a witness signs with a cosignature key")
    text, signatures = split_note(note)
    own = (witness.name, witness.verifier.key_id)
    others = "".join(signature.line for signature in signatures if (signature.name, signature.key_id) != own)
    line = witness.sign(text, at).line
    return Cosigned(head, f"{text}\n{others}{line}".encode(), line)


def _refuse_contradiction(
    note: bytes, head: Checkpoint, known: bytes, chain: Sequence[KeyInForce], log: PublishedLog
) -> None:
    before, _ = open_in_chain(known, chain)
    if before.origin != head.origin:
        raise LedgerError(
            "origin",
            f"Yang pernah dilihat adalah buku besar {before.origin}, bukan {head.origin}.",
            f"What was seen before is the log {before.origin}, not {head.origin}.",
        )
    if head.size < before.size:
        raise NotNewer(
            "older",
            f"Buku besar ini {head.size} entri, padahal {before.size} sudah pernah dilihat. Tidak ditandatangani; "
            "ambil dari sumber yang terkini, dan laporkan bila tetap mundur.",
            f"This log has {head.size} entries, although {before.size} were seen before. Nothing was signed; fetch it "
            "from a current source, and report it if it stays behind.",
        )
    found = compare(before, head, log)
    if found.verdict is Verdict.FORKED:
        raise Forked((known, note), found)
    if found.verdict is Verdict.UNPROVEN:
        raise LedgerError("unproven", found.text_id, found.text_en)
