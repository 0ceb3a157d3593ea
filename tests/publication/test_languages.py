"""Two languages on one page: every text has both, and nothing Indonesian stands outside what switches them."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from justhtml import JustHTML
from markupsafe import Markup
from support import small_election as se
from support.languages import shown
from support.open_sites import OpenSites

from sirekap.publication import texts
from sirekap.publication.jinja import TEMPLATES, site_environment
from sirekap.publication.texts import Text, say, spans

SOURCE = TEMPLATES.parent
VALUES = re.compile(r"%\((\w+)\)s")
NAMES = {
    *se.NAMES.values(),
    *(name.partition(" ")[2] for name in se.NAMES.values()),
    *(f"Pasangan {kind} {n}" for kind, columns in se.COLUMNS.items() for n in range(1, columns + 1)),
    "Kota Jauh",
    *("Pemilihan Contoh", "Gubernur Jawa Barat", "Bupati Contoh", "Provinsi Jawa Barat"),
    "Pemilihan Gubernur dan Wakil Gubernur Jawa Barat",
    "Pemilihan Bupati dan Wakil Bupati Contoh",
}
"""Names of the small election: regions, also without their kind, pairs, contests."""
PLAIN = {
    "Sirekap",
    "perubahan.json",
    "WIB",
    "SHA-256",
    "PDF",
    "CSV",
    "JSON",
    "data.json",
    "data.csv",
    "manifest.json",
    "November",
    "English",
}
"""Words that need no translation, beside those that the catalogue leaves as they are."""
WORD = re.compile(r"[^\W\d_]{2,}")


def test_every_text_has_its_english_with_the_same_values() -> None:
    found = texts.catalogue()
    assert [t for t, english in found.items() if not t.strip() or not english.strip()] == []
    assert [t for t, english in found.items() if sorted(VALUES.findall(t)) != sorted(VALUES.findall(english))] == []
    assert [
        t for t, english in found.items() if re.search(r"%(?!\(\w+\)s)", (t + english) if VALUES.search(t) else "")
    ] == []


def _said(tree: ast.AST) -> Iterator[str]:
    """What a module says: literals given to ``say``, also in a choice between two."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "say":
            given = node.args[0]
            for part in (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,):
                if isinstance(part, ast.Constant):
                    yield str(part.value)


def _printed(template: str) -> Iterator[str]:
    """What a template prints: literals given to ``t`` and ``t_attr``."""
    tree = site_environment().parse((TEMPLATES / template).read_text())
    for call in tree.find_all(jinja2.nodes.Call):
        if isinstance(call.node, jinja2.nodes.Name) and call.node.name in ("t", "t_attr"):
            for part in (
                call.args[0].find_all(jinja2.nodes.Const)
                if not isinstance(call.args[0], jinja2.nodes.Const)
                else (call.args[0],)
            ):
                if isinstance(part.value, str) and isinstance(call.args[0], jinja2.nodes.Const | jinja2.nodes.CondExpr):
                    yield part.value


def test_every_text_in_code_and_templates_is_in_the_catalogue() -> None:
    used = {text for file in SOURCE.glob("*.py") for text in _said(ast.parse(file.read_text()))}
    for file in TEMPLATES.rglob("*.html"):
        used |= set(_printed(file.relative_to(TEMPLATES).as_posix()))
    assert len(used) > 150
    assert sorted(used - set(texts.catalogue())) == []


def test_no_text_of_the_catalogue_is_left_over() -> None:
    files = [file for pattern in ("*.py", "*.html", "*.js") for file in SOURCE.parent.rglob(pattern)]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [text for text in texts.catalogue() if text not in source] == []


def test_public_templates_never_print_one_language_only() -> None:
    found = {
        f"{file.name}: {call}"
        for file in (TEMPLATES / "site").glob("*.html")
        for call in re.findall(r"(?<![\w.])_\([^)]*\)", file.read_text())
    }
    assert found == set()


def _words(text: str) -> set[str]:
    """Words that are neither names nor the same in both languages."""
    text = re.sub("|".join(sorted(map(re.escape, NAMES), key=len, reverse=True)), " ", text)
    text = re.sub(r"\b[0-9a-f]{12,}\b|[\w.-]*/\S*", " ", text)
    same = PLAIN | {told for told, english in texts.catalogue().items() if told == english}
    return set(WORD.findall(text)) - {word for told in same for word in WORD.findall(told)}


def _outside(page: str) -> set[str]:
    """Words a reader meets in both languages: in no element that tells its language, in no attribute that tells both."""
    document = JustHTML(page, sanitize=False, scripting_enabled=False)
    found: set[str] = set()
    for node in document.query("[alt], [title], [aria-label], [placeholder]"):
        for name in ("alt", "title", "aria-label", "placeholder"):
            value = str(node.attrs.get(name) or "")
            if " / " not in value:
                found |= _words(value)
    both = [node for node in document.query("title, option") if " / " in node.to_text()]
    for node in (*both, *document.query("i, [lang]:not(html), script, style")):
        node.parent.remove_child(node)
    return found | _words(document.to_text(separator=" "))


@pytest.mark.parametrize("state", ["early", "final"])
def test_no_word_stands_outside_the_two_languages(open_sites: OpenSites, state: str) -> None:
    root: Path = getattr(open_sites, state)
    found = {
        page.relative_to(root).as_posix(): words
        for page in root.rglob("*.html")
        if (words := _outside(page.read_text()))
    }
    assert found == {}


def test_a_text_follows_the_language_into_sentences_and_attributes() -> None:
    tier = say("Kecamatan")
    assert (say("Lihat per %(tier)s", tier=tier), say("Lihat per %(tier)s", tier=tier).en) == (
        "Lihat per Kecamatan",
        "See by District",
    )
    assert spans("Lihat per %(tier)s", tier=tier) == Markup("<i>Lihat per Kecamatan</i><i lang=en>See by District</i>")
    assert texts.attribute("Tahapan") == "Tahapan / Timetable"
    assert (spans("TPS"), texts.attribute("TPS")) == ("TPS", "TPS")
    assert texts.record(tier) == spans("Kecamatan")
    assert texts.record("Salah <salin>") == '<q lang="id">Salah &lt;salin&gt;</q>'


def test_a_text_without_english_is_refused() -> None:
    for use in (say, spans, texts.attribute):
        with pytest.raises(KeyError, match="no English for 'Tidak ada di katalog'"):
            use("Tidak ada di katalog")


@given(st.text(), st.text(), st.text())
def test_no_text_or_value_becomes_markup(text_id: str, text_en: str, value: str) -> None:
    made = Text(text_id, text_en)
    assert pickle.loads(pickle.dumps(made)).en == text_en
    page = str(spans(made)) + str(spans("%(n)s suara", n=value))
    allowed = re.sub(r"</?i(?: lang=en)?>", "", page)
    assert "<" not in allowed and '"' not in allowed


def test_each_reader_sees_one_language() -> None:
    page = str(spans("Temuan"))
    assert (shown(page, "id"), shown(page, "en")) == ("Temuan", "Findings")
