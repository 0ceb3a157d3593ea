"""A finding as a sentence for the person who has to act on it, in Indonesian or English."""

from __future__ import annotations

from string import ascii_lowercase

from sirekap.election.chasil import BY_ID
from sirekap.election.roles import Role
from sirekap.election.rules_base import Audience, Finding
from sirekap.election.rules_wording import WORDING
from sirekap.election.rules_wording_cross import CHANNEL_NAMES

AUDIENCE_OF: dict[Role, Audience] = {
    Role.KPPS: Audience.TYPIST,
    Role.PPS: Audience.PUBLIC,
    Role.OPERATOR: Audience.TYPIST,
    Role.MEMBER: Audience.COORDINATOR,
    Role.CHAIR: Audience.COORDINATOR,
    Role.WITNESS: Audience.PUBLIC,
    Role.SUPERVISOR: Audience.COORDINATOR,
    Role.AUDITOR: Audience.COORDINATOR,
    Role.ADMINISTRATOR: Audience.COORDINATOR,
}
"""Which of the three messages a role reads."""


def describe(finding: Finding, role: Audience | str, lang: str = "id") -> str:
    """What the finding means and what to do, with its numbers filled in. Plain text, not HTML.

    ``role``: ``typist`` (look at the paper), ``coordinator`` (fact, cause, action) or ``public``
    (fact only). ``lang``: ``id`` or ``en``. Raises ``ValueError`` for any other role or language
    and ``KeyError`` for an unknown code or a finding without its context.
    """
    audience = Audience(role)
    words = WORDING[finding.code]
    english = _is_english(lang)
    numbers = _numbers(finding, english)
    if audience is Audience.TYPIST:
        return (words.typist_en if english else words.typist_id).format_map(numbers)
    fact = (words.fact_en if english else words.fact_id).format_map(numbers)
    if audience is Audience.PUBLIC:
        return fact
    if english:
        return f"{fact} Possible cause: {words.cause_en} What to do: {words.action_en}"
    return f"{fact} Kemungkinan sebab: {words.cause_id} Tindakan: {words.action_id}"


def title(code: str, lang: str = "id") -> str:
    """Short name of a rule. Raises ``KeyError`` for an unknown code, ``ValueError`` for a language."""
    return WORDING[code].title_en if _is_english(lang) else WORDING[code].title_id


def _is_english(lang: str) -> bool:
    if lang not in ("id", "en"):
        raise ValueError(f"language must be id or en, got {lang!r}")
    return lang == "en"


def _label(field_id: str, english: bool) -> str:
    field = BY_ID.get(field_id)
    if field is None:
        return f'"{field_id}"'
    return f"{field.label_en if english else field.label_id} ({field.row})"


def _figure(value: int, english: bool) -> str:
    text = f"{value:,}"
    return text if english else text.replace(",", ".")


def _numbers(finding: Finding, english: bool) -> dict[str, str]:
    """Every placeholder a template may use for this finding."""
    context = finding.context
    labels = {f: _label(f, english) for f in finding.fields}
    out = {name: _figure(value, english) for name, value in context.items()}
    out["place"] = next(iter(labels.values()), "")
    out["places"] = "; ".join(labels.values())
    out["figures"] = "; ".join(f"{label}: {out[f]}" if f in context else label for f, label in labels.items())
    out["said"] = "; ".join(f"{name[english]} {out[way]}" for way, name in CHANNEL_NAMES.items() if way in context)
    # "Total who voted, men" -> "Total who voted": the row without its column.
    field = BY_ID.get(finding.fields[0]) if finding.fields else None
    label = (field.label_en if english else field.label_id) if field else ""
    out["row"] = f"{label.rsplit(', ', 1)[0]} ({field.row})" if field and field.column else out["place"]
    for letter, field_id in zip(ascii_lowercase, finding.fields, strict=False):
        if field_id in context:
            out[letter] = out[field_id]
    return out
