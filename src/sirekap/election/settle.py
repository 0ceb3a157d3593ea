"""Verification by independence: which figures of one form two people (or a person and a reader) agree on.

A statement says what the paper of one station, contest and generation says. Two statements are
independent only if their authors differ and neither saw the other, directly or through a third.
The rule checker and the identities are passed in, so this room knows no rule by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Protocol

from sirekap.election import chasil


class FindingLike(Protocol):
    """What a rule checker reports."""

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def fields(self) -> tuple[str, ...]: ...


class IdentityLike(Protocol):
    """An arithmetic identity: ``residual`` is 0 when it holds, ``None`` when a figure is missing."""

    @property
    def fields(self) -> tuple[str, ...]: ...
    def residual(self, values: Mapping[str, int]) -> int | None: ...


Check = Callable[[Mapping[str, int | None]], Sequence[FindingLike]]


class OpenReason(StrEnum):
    """Why a field is not settled."""

    MISSING = "missing"
    UNCONFIRMED = "unconfirmed"
    DIFFERS = "differs"
    DISPUTED = "disputed"
    ASSISTED = "assisted"
    NO_HUMAN = "no_human"
    UPLOADER_ONLY = "uploader_only"
    BREAKS_RULE = "breaks_rule"
    NOT_INDEPENDENT = "not_independent"


REASON_ID = {
    OpenReason.MISSING: "Belum ada yang mengisi.",
    OpenReason.UNCONFIRMED: "Baru diisi satu pihak.",
    OpenReason.DIFFERS: "Isian berbeda.",
    OpenReason.DISPUTED: "Dua angka sama-sama didukung dua pihak.",
    OpenReason.ASSISTED: "Disalin dari bacaan mesin dan belum terbukti oleh penjumlahan.",
    OpenReason.NO_HUMAN: "Baru dibaca mesin.",
    OpenReason.UPLOADER_ONLY: "Hanya pengunggah foto yang mengisi.",
    OpenReason.BREAKS_RULE: "Melanggar aturan hitung; perlu dua orang yang membaca sama.",
    OpenReason.NOT_INDEPENDENT: "Pengisi kedua sudah melihat isian pertama; perlu orang ketiga.",
}
REASON_EN = {
    OpenReason.MISSING: "Nobody has entered it.",
    OpenReason.UNCONFIRMED: "Only one side has entered it.",
    OpenReason.DIFFERS: "The entries differ.",
    OpenReason.DISPUTED: "Two different figures each have two independent supporters.",
    OpenReason.ASSISTED: "Taken over from a reading that was shown, and no sum proves it.",
    OpenReason.NO_HUMAN: "Only machines have read it.",
    OpenReason.UPLOADER_ONLY: "Only those who uploaded the photo have entered it.",
    OpenReason.BREAKS_RULE: "It breaks a rule; two people must read the same.",
    OpenReason.NOT_INDEPENDENT: "The second person had seen the first entry; a third is needed.",
}


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement. Only keys present in ``figures`` are stated (``None`` = the box is blank).

    ``order`` is the order of commitment; ``saw`` the ids of statements shown to the author
    before; ``uploader`` whether the author uploaded the photo.
    """

    id: str
    author: str
    human: bool
    order: int
    figures: Mapping[str, int | None]
    saw: frozenset[str] = frozenset()
    uploader: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """Outcome of :func:`settle`. ``supporters`` names, per settled field, the statements with its value.

    ``findings`` are all findings on the agreed figures; ``verified`` means nothing is open,
    with or without findings (the paper itself may be wrong).
    """

    settled: Mapping[str, int | None]
    open: Mapping[str, OpenReason]
    findings: tuple[FindingLike, ...]
    supporters: Mapping[str, tuple[str, ...]]

    @property
    def verified(self) -> bool:
        """Whether every field of the form is settled."""
        return not self.open


@dataclass(frozen=True, slots=True)
class _Claim:
    """``stated_in``: every statement in which the author states the field; seeing any of them taints."""

    statement: StatementView
    value: int | None
    stated_in: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Verdict:
    """One field before rules: agreed, assisted (``assisted``), or open (``reason``)."""

    value: int | None = None
    reason: OpenReason | None = None
    assisted: bool = False
    by_humans: bool = False


def settle(
    statements: Iterable[StatementView], columns: int, check: Check, identities: Sequence[IdentityLike]
) -> Settlement:
    """Settle every field that the statements and the rules allow.

    ``columns``: vote columns of the contest. ``check``: figures -> findings, called with the
    agreed figures only; a finding that names a field without an agreed figure is not used.
    ``identities``: those of the same form. Optional rows count once anybody states them.
    Pure; the order of the iterable does not matter. Raises ``ValueError`` for two
    statements with one id.
    """
    ordered = sorted(statements, key=lambda s: (s.order, s.id))
    if len({s.id for s in ordered}) != len(ordered):
        raise ValueError("two statements share one id")
    tainted = _sight(ordered)
    claims = _current_claims(ordered)
    required = set(chasil.field_ids(columns))
    fields = [f for f in chasil.field_ids(columns, optional=True) if f in required or f in claims]
    verdicts = {field: _judge(claims.get(field, []), tainted) for field in fields}
    known = {field: v.value for field, v in verdicts.items() if v.reason is None}
    findings = tuple(f for f in check(known) if all(name in known for name in f.fields))
    broken = {name for f in findings if f.severity == "error" for name in f.fields}
    standing = {f for f in known if f not in broken or verdicts[f].by_humans}
    proven = _proven({f: v for f in standing if (v := known[f]) is not None}, identities)
    opened: dict[str, OpenReason] = {}
    for field, verdict in verdicts.items():
        if verdict.reason is not None:
            opened[field] = verdict.reason
        elif field not in standing:
            opened[field] = OpenReason.BREAKS_RULE
        elif verdict.assisted and field not in proven:
            opened[field] = OpenReason.ASSISTED
    settled = {f: v.value for f, v in verdicts.items() if f not in opened}
    supporters = {f: tuple(sorted(c.statement.id for c in claims[f] if c.value == v)) for f, v in settled.items()}
    return Settlement(settled, opened, findings, supporters)


def fields_to_reenter(settlement: Settlement) -> tuple[str, ...]:
    """The open fields in form order: what the next person enters, blind, and nothing else."""
    return tuple(settlement.open)


def _sight(ordered: Sequence[StatementView]) -> dict[str, frozenset[str]]:
    """Everything each statement's author had seen: directly, through others, or in earlier acts."""
    by_id = {s.id: s for s in ordered}
    seen: dict[str, frozenset[str]] = {}
    for statement in ordered:
        out: set[str] = set()
        queue = [i for s in ordered if s.author == statement.author and s.order <= statement.order for i in s.saw]
        while queue:
            current = queue.pop()
            if current not in out:
                out.add(current)
                queue.extend(by_id[current].saw if current in by_id else ())
        seen[statement.id] = frozenset(out)
    return seen


def _current_claims(ordered: Sequence[StatementView]) -> dict[str, list[_Claim]]:
    """Per field the claim of each author that stands: the latest value, from when it was first held.

    Repeating one's own value after seeing another's keeps the earlier, blind claim.
    """
    claims: dict[str, dict[str, _Claim]] = {}
    for statement in ordered:
        for field, value in statement.figures.items():
            held = claims.setdefault(field, {})
            before = held.get(statement.author)
            stated_in = {statement.id} if before is None else {statement.id, *before.stated_in}
            keeps = before is not None and before.value == value
            source = before.statement if before is not None and keeps else statement
            held[statement.author] = _Claim(source, value, frozenset(stated_in))
    return {field: list(held.values()) for field, held in claims.items()}


def _judge(claims: Sequence[_Claim], sight: Mapping[str, frozenset[str]]) -> _Verdict:
    values = list(dict.fromkeys(c.value for c in claims))
    pairs = {value: _independent_pairs([c for c in claims if c.value == value], sight) for value in values}
    agreed = [value for value in values if any(_enough(a, b) for a, b in pairs[value])]
    if len(agreed) > 1:
        return _Verdict(reason=OpenReason.DISPUTED)
    if agreed:
        humans = any(_enough(a, b) and a.statement.human and b.statement.human for a, b in pairs[agreed[0]])
        return _Verdict(agreed[0], by_humans=humans)
    if len(claims) < 2:
        return _Verdict(reason=OpenReason.UNCONFIRMED if claims else OpenReason.MISSING)
    if len(values) > 1:
        return _Verdict(reason=OpenReason.DIFFERS)
    if not any(c.statement.human for c in claims):
        return _Verdict(reason=OpenReason.NO_HUMAN)
    if all(c.statement.uploader for c in claims):
        return _Verdict(reason=OpenReason.UPLOADER_ONLY)
    if all(c.statement.human for c in claims):
        return _Verdict(reason=OpenReason.NOT_INDEPENDENT)
    return _Verdict(values[0], assisted=True)


def _independent_pairs(claims: Sequence[_Claim], sight: Mapping[str, frozenset[str]]) -> list[tuple[_Claim, _Claim]]:
    return [
        (a, b)
        for a, b in combinations(claims, 2)
        if not b.stated_in & sight[a.statement.id] and not a.stated_in & sight[b.statement.id]
    ]


def _enough(a: _Claim, b: _Claim) -> bool:
    """At least one person, and not only people who uploaded the photo."""
    return (a.statement.human or b.statement.human) and not (a.statement.uploader and b.statement.uploader)


def _proven(values: Mapping[str, int], identities: Sequence[IdentityLike]) -> set[str]:
    """Fields of identities that hold among agreed figures."""
    return {field for i in identities if i.residual(values) == 0 for field in i.fields}
