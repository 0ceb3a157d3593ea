"""One page, two languages: every text of the public site in Indonesian and English, from one catalogue.

How to use it (pages of any owner):

* ``languages/<page>.json`` maps each Indonesian text to its English, ``%(name)s`` marking values in both. Law's terms
  map to themselves. A text stands in one file only; a missing one raises when it is used, and a test looks for it.
* In templates ``{{ t("Bukan hasil resmi") }}`` gives ``<i>..</i><i lang=en>..</i>``, plain text where both are the same
  (short, because pages hold hundreds; what names no language is Indonesian, as the page is);
  ``{{ t("%(n)s dari %(of)s", n=3, of=4) }}`` fills values in, escaped. Where no element may
  stand (``aria-label``, ``alt``, ``title``, ``<option>``) ``{{ t_attr("Tahapan") }}`` gives ``Tahapan / Stages``.
* In code ``say("Foto halaman %(n)s diterima", n=2)`` gives a :class:`Text`: the Indonesian ``str``, with ``.en`` beside
  it. It passes through every dataclass, and ``t(view.label)`` prints both. ``Text(id, en)`` makes one of texts that a
  lower room has in both languages. `ledger.canonical` refuses it: write ``str(text)`` and ``text.en`` into JSON.
* Free text of a record (a reason somebody typed) is in no catalogue: ``{{ t_record(reason) }}`` quotes it as Indonesian
  in both languages. Names (regions, candidates, contests) are printed as they are.
* Figures and times are written the Indonesian way in both languages (1.459.198; 45,68%; 10.15 WIB): one figure, one
  rendering. Months have two names: ``{{ t(at|clock) }}``.

CSS alone shows one language (``#en:checked ~ * i[lang=en]``): Indonesian by default, and on staff screens.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

from markupsafe import Markup, escape

LANGUAGES = Path(__file__).parent / "languages"


class Text(str):
    """An Indonesian text that knows its English. Equal to, and used as, its Indonesian."""

    __slots__ = ("en",)
    en: str

    def __new__(cls, text_id: str, en: str) -> Text:
        made = super().__new__(cls, text_id)
        made.en = en
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.en


@functools.cache
def catalogue() -> dict[str, str]:
    """Every Indonesian text with its English. Raises ``ValueError`` for a text that stands in two files."""
    out: dict[str, str] = {}
    for file in sorted(LANGUAGES.glob("*.json")):
        for text_id, text_en in json.loads(file.read_text(encoding="utf-8")).items():
            if text_id in out:
                raise ValueError(f"{file.name}: {text_id!r} is in the catalogue already")
            out[text_id] = text_en
    return out


def english(text: str) -> str:
    """The English of a text. Raises ``KeyError`` when the catalogue lacks it."""
    if isinstance(text, Text):
        return text.en
    try:
        return catalogue()[text]
    except KeyError:
        raise KeyError(f"no English for {text!r}: add it to publication/languages/") from None


def say(text: str, **values: object) -> Text:
    """A text with its values, in both languages. A value that is a :class:`Text` follows the language."""
    text_en = english(text)
    if not values:
        return Text(str(text), text_en)
    return Text(str(text) % values, text_en % {name: in_english(value) for name, value in values.items()})


def in_english(value: object) -> object:
    """A value as the English sentence needs it."""
    return value.en if isinstance(value, Text) else value


def spans(text: str, **values: object) -> Markup:
    """Both languages as markup, values escaped: what ``t`` is in templates of the public site."""
    if not values:
        return _cached(text) if type(text) is str else _both(str(text), english(text))
    text_id, text_en = _escaped(str(text), english(text))
    return _pair(
        text_id % {name: _safe(value) for name, value in values.items()},
        text_en % {name: _safe(in_english(value)) for name, value in values.items()},
    )


def _safe(value: object) -> object:
    return value if type(value) is int else str(escape(value))


def attribute(text: str, **values: object) -> str:
    """Both languages in one line, for attributes: what ``t_attr`` is in templates of the public site."""
    made = say(text, **values)
    return str(made) if made == made.en else f"{made} / {made.en}"


def record(text: str) -> Markup:
    """What a record says: both languages of a :class:`Text`, else a quotation in Indonesian."""
    return spans(text) if isinstance(text, Text) else Markup('<q lang="id">%s</q>') % text


@functools.lru_cache(maxsize=4096)
def _cached(text: str) -> Markup:
    return _both(text, english(text))


@functools.lru_cache(maxsize=4096)
def _both(text_id: str, text_en: str) -> Markup:
    return _pair(*_escaped(text_id, text_en))


@functools.lru_cache(maxsize=4096)
def _escaped(text_id: str, text_en: str) -> tuple[str, str]:
    return str(escape(text_id)), str(escape(text_en))


def _pair(text_id: str, text_en: str) -> Markup:
    """Markup of two texts that are escaped already."""
    if text_id == text_en:
        return Markup(text_id)  # nosec
    return Markup(f"<i>{text_id}</i><i lang=en>{text_en}</i>")  # nosec
