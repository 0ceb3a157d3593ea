"""What each document says, as plain data: whoever knows the records fills these in, `rendering.render` prints them.

All times are aware datetimes; they are printed in the official time of the region. Names of persons may be empty: the
line is then left for handwriting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum

from sirekap.election.conduct import Capacity
from sirekap.election.contests import Contest
from sirekap.election.sheet import SheetFigures


class DocumentKind(StrEnum):
    """The documents there are; the values stand in the ledger."""

    DHASIL_KECAMATAN = "dhasil_kecamatan"
    DHASIL_KABKO = "dhasil_kabko"
    DHASIL_PROV = "dhasil_prov"
    KEJADIAN_KHUSUS = "kejadian_khusus"
    DAFTAR_HADIR = "daftar_hadir"
    TANDA_TERIMA = "tanda_terima"
    BERITA_ACARA = "berita_acara"
    SK_HASIL = "sk_hasil"
    SK_TERPILIH = "sk_terpilih"
    BAHAN_PLENO = "bahan_pleno"


class Paper(Enum):
    """Paper sizes in mm, upright; a document turns its sheet where its tables need the width."""

    A4 = (210.0, 297.0)
    F4 = (215.0, 330.0)
    A3 = (297.0, 420.0)


class SignatureState(StrEnum):
    """What is known of a signature when the document is printed."""

    AWAITED = "awaited"
    REFUSED = "refused"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature box. ``pair``: the witness's pair. ``reason``: why it was refused. ``key``: the caller's own id."""

    capacity: Capacity
    name: str = ""
    pair: int | None = None
    state: SignatureState = SignatureState.AWAITED
    reason: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What every page of a document says.

    ``region``: code of the region whose body issues it. ``names``: region code -> name, for the region, those above it
    and every column or village that is printed. ``at``: the document's own moment, also the file's time stamp.
    ``page_url``: the public page, in the QR. ``number``: the decree's or minutes' number, may be empty. ``version``:
    more than 1 after a correction from above. ``simulated``: every page then says that the data are simulated.
    """

    kind: DocumentKind
    id: str
    region: str
    names: Mapping[str, str]
    year: str
    at: datetime
    page_url: str
    number: str = ""
    version: int = 1
    simulated: bool = False
    size: Paper = Paper.A4


@dataclass(frozen=True, slots=True)
class Recapitulation:
    """D.HASIL KECAMATAN-, KABKO- or PROV-KWK of one contest.

    ``opened``, ``closed``: of the session; ``venue``: where it was held. ``generations``: station code -> kind and
    number where it is not the regular first (``PSU 2``). ``notes``: further sentences, such as what a new version
    corrects.
    """

    contest: Contest
    figures: SheetFigures
    signers: tuple[Signer, ...]
    opened: datetime | None = None
    closed: datetime | None = None
    venue: str = ""
    generations: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class MatterKind(StrEnum):
    """An objection of somebody, or a special incident."""

    OBJECTION = "objection"
    INCIDENT = "incident"


class AnswerStatus(StrEnum):
    """What the session answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Matter:
    """One objection or incident. ``by``, ``about``: in words. ``correction``: what an accepted one changed.

    ``origin``: where it was first raised, when it came up from below. ``attachments``: SHA-256 of files.
    """

    kind: MatterKind
    by: str
    about: str
    text: str
    at: datetime
    demand: str = ""
    status: AnswerStatus = AnswerStatus.OPEN
    answer: str = ""
    correction: str = ""
    origin: str = ""
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incidents:
    """MODEL D.KEJADIAN KHUSUS DAN/ATAU KEBERATAN SAKSI-KWK; without matters it says NIHIL."""

    contests: tuple[Contest, ...]
    matters: tuple[Matter, ...]
    signers: tuple[Signer, ...]
    opened: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attendee:
    """One line of the attendance list. ``body``: whom the person represents; ``mandate``: number of the letter."""

    capacity: Capacity
    name: str = ""
    body: str = ""
    pair: int | None = None
    mandate: str = ""
    at: datetime | None = None
    present: bool = True


@dataclass(frozen=True, slots=True)
class Attendance:
    """Daftar hadir. ``quorum``: (members present, needed)."""

    contests: tuple[Contest, ...]
    attendees: tuple[Attendee, ...]
    signers: tuple[Signer, ...]
    quorum: tuple[int, int] | None = None
    opened: datetime | None = None
    venue: str = ""


@dataclass(frozen=True, slots=True)
class CopyOf:
    """A document whose copies are handed over."""

    title: str
    sha256: str
    pages: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Tanda terima salinan: who received copies of what."""

    contests: tuple[Contest, ...]
    documents: tuple[CopyOf, ...]
    recipients: tuple[Attendee, ...]
    signers: tuple[Signer, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the minutes' course: opened, adjourned, resumed, closed, with a reason where there is one."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class CorrectedField:
    """A field corrected in the session. ``where``: station or region in words; ``row``: catalogue id."""

    contest: str
    where: str
    row: str
    old: int | None
    new: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Minutes:
    """Berita acara of a session: course, attendance, sums of its sheets, corrections, objections in numbers."""

    contests: tuple[Contest, ...]
    sheets: tuple[SheetFigures, ...]
    course: tuple[Happening, ...]
    signers: tuple[Signer, ...]
    attendance: Mapping[Capacity, int] = field(default_factory=dict)
    quorum: tuple[int, int] | None = None
    corrections: tuple[CorrectedField, ...] = ()
    answers: Mapping[AnswerStatus, int] = field(default_factory=dict)
    venue: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultDecree:
    """SK penetapan hasil: the figures determined. ``announced``: when it is announced; starts the petition period.

    ``remarks``: sentences of the court threshold, a second round, a tie decided.
    """

    contest: Contest
    figures: SheetFigures
    signers: tuple[Signer, ...]
    place: str = ""
    announced: datetime | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ElectedDecree:
    """SK penetapan pasangan calon terpilih: ``pair`` elected, on the basis of the court's register or ruling."""

    contest: Contest
    figures: SheetFigures
    pair: int
    basis: str
    basis_date: date | None
    signers: tuple[Signer, ...]
    result_decree: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class MaterialColumn:
    """State of one column of the material: ``standing`` in words, ``findings``: (code, sentence)."""

    code: str
    standing: str
    counted: int = 1
    stations: int = 1
    findings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """Bahan pleno: all rows before the session, with the cut of the log they were taken at.

    ``cut``: entries of the log; ``root``: its tree's root hash (hexadecimal); ``origin``: the log's name.
    """

    contest: Contest
    figures: SheetFigures
    columns: tuple[MaterialColumn, ...]
    cut: int
    root: str
    origin: str = ""


Body = Recapitulation | Incidents | Attendance | Receipt | Minutes | ResultDecree | ElectedDecree | Material


@dataclass(frozen=True, slots=True)
class DocumentData:
    """A document: its head and what it says. The body must be the kind's (`rendering.render` checks)."""

    head: Head
    body: Body


@dataclass(frozen=True, slots=True)
class SignatureBox:
    """Where a signature goes: page from 0; x1, y1, x2, y2 in points from the lower left of the page."""

    signer: Signer
    page: int
    rect: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The unsigned file. ``sha256_printed``: the hash whose 16 groups stand on every page.

    It is ``figures_sha256`` of the document's sheet where it is of one (D.Hasil, decrees, bahan pleno), embedded as
    ``figures.json``, else the SHA-256 of the embedded ``isi.json``; minutes also embed ``figures-<contest>.json``.
    Boxes of those who refused or were absent are not among the boxes.
    """

    pdf: bytes
    pages: int
    sha256_printed: str
    signature_boxes: tuple[SignatureBox, ...]
