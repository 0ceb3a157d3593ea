"""What may be done with a form once decoded: state values, propose others, accept, or ask a person and say why.

A value is what is written, by its own channels; arithmetic may confirm it or withhold it, never replace it. A form is
accepted only when what is written obeys every rule that can be checked, is also the likeliest truth, every marginal is
high, nothing is crossed out, and bubbles and words agree wherever they can be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sirekap.election.chasil import BY_ID
from sirekap.election.rules import check, check_channels, describe
from sirekap.election.rules_base import Finding, Severity
from sirekap.reading import joint, numbers
from sirekap.reading.bubbles import bubble_log_likelihood
from sirekap.reading.joint import Decoded, Posterior
from sirekap.reading.numbers import ALL_BLANK, ALL_STRUCK, FIGURES, UNREADABLE
from sirekap.reading.result import Channel, FieldEvidence, FieldReading, Reason
from sirekap.reading.sums import Floats
from sirekap.reading.thresholds import Thresholds
from sirekap.reading.verdict_texts import reason

RESULT, ADMINISTRATION = "result", "administration"
"""The form's parts: votes, valid, invalid and total (sections IV and V); voters and ballots (I to III)."""
_ALTERNATIVES = 3
_LEAST_ALTERNATIVE = 1e-4
_PLAINLY = 0.995
_MAJORITY = 0.5


def part_of(field: str) -> str:
    """The part a field of the catalogue belongs to."""
    return RESULT if BY_ID[field].section in ("IV", "V") else ADMINISTRATION


@dataclass(frozen=True, slots=True)
class Seen:
    """One field before arithmetic: outcomes (1003,) of all channels together and of the digit boxes alone.

    ``outcome`` is the likeliest. ``contradicted``: channels that clearly say another figure than the digits.
    ``confirmed``: another channel says the same.
    """

    own: Floats
    outcome: int
    digits: Floats
    channels: Mapping[str, Channel]
    contradicted: tuple[str, ...]
    confirmed: bool

    @property
    def figure(self) -> int | None:
        """What is written; None when it is no figure."""
        return self.outcome if self.outcome < FIGURES else None

    @property
    def empty(self) -> bool:
        """Whether the boxes are blank or struck."""
        return self.outcome in (ALL_BLANK, ALL_STRUCK)


@dataclass(frozen=True, slots=True)
class Judged:
    """A form judged. ``reasons`` is empty when it may be accepted.

    ``sound``: no reason but the three numbers below could hold it back. ``least_marginal``, ``least_own``: of all
    fields the least probability of what is written, after and before arithmetic. ``most_other``: the greatest
    probability that the digit boxes of a field hold no figure; ``most_other_confirmed``: of the fields for which
    another channel says the same figure, the others being in ``most_other``. ``parts``: of the form's parts that were
    read, whether nothing holds back any of their figures (`PARTS`).
    """

    fields: Mapping[str, FieldReading]
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    sound: bool
    least_marginal: float
    least_own: float
    most_other: float
    most_other_confirmed: float
    parts: Mapping[str, bool]


def see(evidence: FieldEvidence, t: Thresholds) -> Seen:
    """One field's channels, put together but not yet held against any other field."""
    p = numbers.softened(evidence.digits, t.digit_floor)
    digits = numbers.outcomes(p)
    channels = {"digits": numbers.digits_channel(p, digits)}
    fits: list[Floats | None] = [digits]
    readable: dict[str, float] = {}
    if evidence.bubbles is not None and len(evidence.bubbles):
        log_bubbles = bubble_log_likelihood(evidence.bubbles)
        fit = numbers.bubble_outcomes(log_bubbles)
        channels["bubbles"] = numbers.bubbles_channel(log_bubbles, fit)
        readable["bubbles"] = t.bubbles_readable
        fits.append(fit)
    if evidence.words:
        channels["words"] = numbers.words_channel(evidence.words)
        readable["words"] = t.words_readable
        fits.append(numbers.words_outcomes(evidence.words, t.words_trust))
    said = {
        name: value
        for name, least in readable.items()
        if channels[name].confidence >= least and (value := channels[name].value) is not None
    }
    own = numbers.combined(*fits)
    outcome = int(own.argmax())
    best = max(float(digits[:UNREADABLE].max()), 1e-300)
    contradicted = tuple(
        name
        for name, value in said.items()
        if _as_figure(digits, value) < t.conflict * best or outcome not in (value, ALL_BLANK, ALL_STRUCK, UNREADABLE)
    )
    confirmed = not contradicted and bool(said) and outcome < FIGURES
    return Seen(own, outcome, digits, channels, contradicted, confirmed)


def _as_figure(outcomes: Floats, value: int) -> float:
    """How likely the outcomes find ``value``; empty boxes pass for a zero."""
    return float(outcomes[value] if value else outcomes[[0, ALL_BLANK, ALL_STRUCK]].max())


def judge_fields(
    evidence: Mapping[str, FieldEvidence],
    columns: int,
    t: Thresholds,
    *,
    caps: Mapping[str, int] | None = None,
    missing: Sequence[str] = (),
) -> Judged:
    """All fields of a form, from ``evidence`` of the pages at hand. ``missing``: fields those pages should have."""
    seen = {name: see(found, t) for name, found in evidence.items()}
    decoded = _decoded(seen, columns, t, caps)
    written = {name: 0 if s.empty else s.figure for name, s in seen.items()}
    findings = tuple(check(written, columns))
    broken = _broken(findings, seen, decoded, t)
    fields = {}
    for name, s in seen.items():
        doubt = _doubt(name, s, decoded, t, (caps or {}).get(name)) + broken.get(name, [])
        fields[name] = _field(evidence[name], s, decoded.of(name), decoded.sure(name), tuple(doubt), t)
    findings += tuple(f for name, s in seen.items() for f in _channel_findings(name, s))
    marginals = {name: _marginal(s, decoded.of(name)) * decoded.sure(name) for name, s in seen.items()}
    reasons = _reasons(fields, findings, decoded, t, missing)
    return Judged(
        fields,
        findings,
        reasons,
        all(r.code in _NUMERIC for r in reasons),
        min(marginals.values(), default=0.0),
        min((float(s.own[s.outcome]) for s in seen.values()), default=0.0),
        max((float(s.digits[UNREADABLE]) for s in seen.values() if not s.confirmed), default=0.0),
        max((float(s.digits[UNREADABLE]) for s in seen.values() if s.confirmed), default=0.0),
        _parts(fields, decoded, t, missing),
    )


@dataclass(frozen=True, slots=True)
class _Decoding:
    """The form decoded as a whole, and its parts. ``parts``: part -> what its figures are judged by."""

    whole: Decoded
    parts: Mapping[str, Decoded]

    def of(self, name: str) -> Posterior:
        """A figure after arithmetic."""
        return self.parts[part_of(name)].fields[name]

    def sure(self, name: str) -> float:
        """Least share of the weight that the decoder has seen."""
        return 1.0 - self.parts[part_of(name)].lost

    def tied(self, name: str) -> bool:
        """Whether a rule checks the figure."""
        return name in self.parts[part_of(name)].structure.tied

    def firm(self, part: str, t: Thresholds) -> bool:
        """Whether a part is decoded well enough to be accepted."""
        return self.parts[part].certain and self.parts[part].lost <= t.lost


def _decoded(seen: Mapping[str, Seen], columns: int, t: Thresholds, caps: Mapping[str, int] | None) -> _Decoding:
    """All figures decoded together. Where too much is left out, which only the rows of the administration can cause,
    the result is decoded exactly from its own figures, as if their pages alone were at hand."""
    own = {name: s.own for name, s in seen.items()}
    whole = joint.decode(own, columns, slip=t.slip, caps=caps)
    parts = {part_of(name): whole for name in own}
    result = {name: found for name, found in own.items() if part_of(name) == RESULT}
    if result and whole.lost > t.lost:
        parts[RESULT] = joint.decode(result, columns, slip=t.slip, caps=caps)
    return _Decoding(whole, parts)


def _broken(
    findings: Sequence[Finding], seen: Mapping[str, Seen], decoded: _Decoding, t: Thresholds
) -> dict[str, list[str]]:
    """Field id -> the rules it may be to blame for: where others surely are, a figure of the rule is not in doubt."""
    out: dict[str, list[str]] = {}
    for finding in findings:
        if finding.severity is not Severity.ERROR:
            continue
        unsure = [name for name in finding.fields if _blamed(seen[name], decoded.of(name), t)]
        for name in unsure or finding.fields:
            out.setdefault(name, []).append(f"breaks_rule:{finding.code}")
    return out


def _blamed(s: Seen, post: Posterior, t: Thresholds) -> bool:
    figure = 0 if s.empty else s.figure
    return figure is None or min(_marginal(s, post), float(post.truth[figure])) < t.accept_marginal


def _parts(
    fields: Mapping[str, FieldReading], decoded: _Decoding, t: Thresholds, missing: Sequence[str]
) -> dict[str, bool]:
    """Part -> whether all its figures stand without doubt. A rule broken across parts is a doubt of every figure that
    may be to blame for it."""
    out = {part: decoded.firm(part, t) for part in decoded.parts}
    for name in missing:
        out[part_of(name)] = False
    for name, found in fields.items():
        out[part_of(name)] &= not _HOLDING_BACK & {code.partition(":")[0] for code in found.doubt}
    return out


_NUMERIC = frozenset({"low_confidence", "other"})
_OF_FIELDS = ("other", "low_confidence", "differs_bubbles", "differs_words", "differs_sum", "above_cap", "unchecked")
_HOLDING_BACK = frozenset({*_OF_FIELDS, "breaks_rule"})


def _marginal(s: Seen, post: Posterior) -> float:
    """How likely what was read is what is written, given all figures; empty boxes must mean zero too.

    Once a written zero and empty boxes are told apart plainly, the rest of the doubt between them counts no more: both
    are zero.
    """
    if not s.empty and s.figure != 0:
        return float(post.written[s.outcome]) if s.figure is not None else 0.0
    empty, zero = float(post.written[[ALL_BLANK, ALL_STRUCK]].sum()), float(post.written[0])
    mine = empty if s.empty else zero
    likely = empty + zero if mine >= _PLAINLY * (empty + zero) else mine
    return min(likely, float(post.truth[0])) if s.empty else likely


def _doubt(name: str, s: Seen, decoded: _Decoding, t: Thresholds, cap: int | None) -> list[str]:
    post = decoded.of(name)
    out = []
    if s.digits[UNREADABLE] > (t.other_confirmed if s.confirmed else t.other):
        out.append("other")
    if s.empty:
        out.append("blank" if s.outcome == ALL_BLANK else "struck")
    if _marginal(s, post) * decoded.sure(name) < t.accept_marginal or float(s.own[s.outcome]) < t.accept_own:
        out.append("low_confidence")
    out += [f"differs_{channel}" for channel in s.contradicted]
    figure = 0 if s.empty else s.figure
    if figure is not None and {figure} != {post.best, decoded.whole.fields[name].best}:
        out.append("differs_sum")
    if cap is not None and (figure or 0) > cap:
        out.append("above_cap")
    if not decoded.tied(name) and not s.confirmed:
        out.append("unchecked")
    return out


def _field(
    evidence: FieldEvidence, s: Seen, post: Posterior, sure: float, doubt: tuple[str, ...], t: Thresholds
) -> FieldReading:
    """``sure``: see `_Decoding.sure`. It holds values back, not proposals: those a person looks at anyway."""
    value = s.figure
    majority = float(s.own[s.outcome]) >= min(_MAJORITY, t.accept_own)
    likely = _marginal(s, post) * sure
    if s.contradicted or not majority or likely < t.state:
        value = None
    proposal = post.best if post.best != value and float(post.truth[post.best]) >= t.proposal else None
    supposed = float(post.truth[proposal]) * sure if proposal is not None else 0.0
    confidence = supposed if value is None else likely
    order = post.truth.argsort()[::-1][:_ALTERNATIVES]
    alternatives = tuple((int(k), float(post.truth[k])) for k in order if post.truth[k] >= _LEAST_ALTERNATIVE)
    return FieldReading(value, proposal, confidence, evidence.box, alternatives, dict(s.channels), doubt)


def _channel_findings(name: str, s: Seen) -> list[Finding]:
    said = {way: s.channels[way].value for way in ("digits", *s.contradicted)} if s.contradicted else {}
    return check_channels(name, said) if said else []


def _reasons(
    fields: Mapping[str, FieldReading],
    findings: Sequence[Finding],
    decoded: _Decoding,
    t: Thresholds,
    missing: Sequence[str],
) -> tuple[Reason, ...]:
    if not fields:
        return (reason("nothing_read"),)
    out = [reason("missing_fields", missing)] if missing else []
    for code in _OF_FIELDS:
        named = tuple(name for name, f in fields.items() if code in f.doubt)
        if named:
            out.append(reason(code, named))
    hollow = tuple(n for n, f in fields.items() if {"blank", "struck"} & {*f.doubt} and "low_confidence" in f.doubt)
    if hollow:
        out.append(reason("empty", hollow))
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.code[:3] != "E25":
            texts = describe(finding, "typist", "id"), describe(finding, "typist", "en")
            out.append(Reason(f"breaks_rule:{finding.code}", *texts, finding.fields))
    if not all(decoded.firm(part, t) for part in decoded.parts):
        out.append(reason("undecided"))
    return tuple(out)
