"""What stands on the pages, read as any reader's text, against the figures stored in the file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sirekap.election.sheet import CHUNKS, FIGURES_FILE, SheetError, SheetFigures, Values, chunks, column_sums, parse
from sirekap.election.standing import Tier
from sirekap.paper.documents import words
from sirekap.paper.verifying.messages import Reason, reason

CONTENT_FILE = "isi.json"
MOST_TEXT = 4_000_000
"""Characters that a page may hold."""
_NUMBER = re.compile(rf"\d{{1,3}}(\.\d{{3}})*|{words.BLANK}")
_HASH = re.compile(r"\(SHA-256\)(" + "".join(f"{n}[0-9a-f]{{4}}" for n in range(1, CHUNKS + 1)) + ")")
_ID = re.compile(r"Dokumen([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_GRID_START, _GRID_END = "V. JUMLAH SUARA SAH DAN TIDAK SAH", "PARAF"


@dataclass(frozen=True, slots=True)
class Stored:
    """What the attached files say: the sheet if there is exactly one, the hash that must be printed, the region."""

    sheet: SheetFigures | None
    printed: str
    region: str
    kind: str


def stored(files: dict[str, bytes]) -> Stored | Reason:
    """The figures or contents that travel in the file, in canonical form."""
    if set(files) == {FIGURES_FILE}:
        try:
            sheet = parse(files[FIGURES_FILE])
        except SheetError:
            return reason("no_figures", name=FIGURES_FILE)
        return Stored(sheet, sheet.figures_sha256(), sheet.region, "")
    try:
        whole = files[CONTENT_FILE]
        found = json.loads(whole)
        same = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == whole
        sheets = {name: data for name, data in files.items() if name != CONTENT_FILE}
        listed = {f"figures-{sheet['contest']}.json" for sheet in found["body"].get("sheets", ())}
        if not same or set(sheets) != listed or any(_is_other(name, data) for name, data in sheets.items()):
            return reason("no_figures", name=CONTENT_FILE)
        return Stored(None, hashlib.sha256(whole).hexdigest(), str(found["head"]["region"]), str(found["kind"]))
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return reason("no_figures", name=CONTENT_FILE)


def _is_other(name: str, data: bytes) -> bool:
    try:
        return f"figures-{parse(data).contest}.json" != name
    except SheetError:
        return True


def page_texts(pdf: bytes) -> Iterator[str]:
    """The text of every page, lines by line feed; raises ``ValueError`` naming a page that cannot be read."""
    import pypdfium2  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise ValueError("1") from None
    try:
        for number in range(len(document)):
            try:
                text = document[number].get_textpage().get_text_range()
            except pypdfium2.PdfiumError:
                raise ValueError(str(number + 1)) from None
            if len(text) > MOST_TEXT:
                raise ValueError(str(number + 1))
            yield "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n"))
    finally:
        document.close()


@dataclass(frozen=True, slots=True)
class Printed:
    """What the pages say: the document's id, and what is wrong."""

    document: str
    problems: tuple[Reason, ...]


def compare(pages: Sequence[str], found: Stored, title: str) -> Printed:
    """Hash and id on every page, and every figure of a D.Hasil, against what is stored."""
    out: list[Reason] = []
    ids = set()
    expected = {"".join(f"{n}{chunk}" for n, chunk in enumerate(chunks(found.printed), 1))}
    for number, page in enumerate(pages, 1):
        dense = _dense(page)
        if set(_HASH.findall(dense)) != expected:
            out.append(reason("hash_differs", page=number))
        ids.add(frozenset(_ID.findall(dense)))
    first = next(iter(ids)) if len(ids) == 1 else frozenset()
    if len(first) != 1:
        out.append(reason("figures_differ", where="Dokumen"))
    if found.sheet is not None:
        where = _sheet_differs(pages, found.sheet, title)
        out += [reason("figures_differ", where=where)] if where else []
    return Printed(next(iter(first), ""), tuple(out))


def _dense(text: str) -> str:
    """Without white space, which readers guess from gaps."""
    return "".join(text.split())


def _sheet_differs(pages: Sequence[str], sheet: SheetFigures, title: str) -> str:
    """Where the pages differ from the sheet; empty when they do not."""
    recapitulation = "D.HASIL" in title
    flat = _dense(pages[0] if recapitulation else "".join(pages))
    totals = dict(zip(sheet.fields, sheet.totals(), strict=True))
    shown = [name for name in sheet.fields if name.startswith("votes_") or name in ("valid", "invalid", "total")]
    missing = [name for name in shown if _dense(_printed(totals[name], recapitulation)) not in flat]
    elected = "TERPILIH" in title and any(name.startswith("votes_") and name not in missing for name in shown)
    if missing and not elected:
        return missing[0]
    return _grids_differ(pages, sheet) if recapitulation else ""


def _printed(value: int | None, in_words: bool) -> str:
    return words.number(value) + (words.in_words(value) if in_words else "")


def _grids_differ(pages: Sequence[str], sheet: SheetFigures) -> str:
    grids = [page.split(_GRID_START, 1)[1].rsplit(_GRID_END, 1)[0] for page in pages if _GRID_START in page]
    lower = sheet.by_village() if sheet.tier is Tier.DISTRICT else sheet.columns
    groups = [("", lower)]
    if sheet.tier is Tier.DISTRICT:
        groups += [(village, sheet.within(village)) for village, _ in sheet.by_village()]
    reader = _Grids(grids, len(sheet.fields))
    for village, columns in groups:
        wrong = reader.group(columns, stations=bool(village))
        if wrong:
            return wrong
    return "" if reader.done else f"{len(grids)}"


class _Grids:
    """Reads the tables page by page: expected columns in order, then the sums of each page, and nothing else."""

    def __init__(self, grids: Sequence[str], height: int) -> None:
        self._grids = list(grids)
        self._height = height
        self._page = 0

    @property
    def done(self) -> bool:
        """Whether every page was used."""
        return self._page == len(self._grids)

    def group(self, columns: Sequence[tuple[str, Values]], *, stations: bool) -> str:
        """One table over one or more pages; returns where it differs."""
        left, before = list(columns), None
        while left:
            if self.done:
                return left[0][0]
            lines = [line for line in self._grids[self._page].split("\n") if line]
            self._page += 1
            taken: list[Values] = []
            while left and (rest := self._column(lines, left[0], stations=stations)) is not None:
                lines = rest
                taken.append(left.pop(0)[1])
            if not taken:
                return left[0][0]
            here = column_sums(taken, self._height)
            so_far = here if before is None else column_sums([before, here], self._height)
            if not self._sums(lines, [here] if before is None else [here, before, so_far]):
                return f"jumlah halaman {self._page}"
            before = so_far
        return ""

    def _column(self, lines: list[str], column: tuple[str, Values], *, stations: bool) -> list[str] | None:
        """What is left after one column with its heading, or None when the next one is another."""
        code, values = column
        expected = [words.number(value) for value in values]
        if stations and lines[:2] != ["TPS", code[10:]]:
            return None
        for start in (2, 3) if stations else (1, 2, 3, 4, 5):
            if lines[start : start + self._height] == expected:
                return lines[start + self._height :]
        return None

    def _sums(self, lines: list[str], expected: Sequence[Values]) -> bool:
        """Exactly the expected columns of sums, each under a heading without figures."""
        for values in expected:
            start = next((n for n, line in enumerate(lines) if _NUMBER.fullmatch(line)), None)
            if start is None or not 1 <= start <= 5:
                return False
            if lines[start : start + self._height] != [words.number(value) for value in values]:
                return False
            lines = lines[start + self._height :]
        return not lines
