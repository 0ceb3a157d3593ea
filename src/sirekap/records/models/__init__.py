"""Models by subject. Facts (insert-only) derive from `Fact`; everything else is listed as mutable."""

from sirekap.records.models.accounts import Account, Mandate, MandateEnd, Person
from sirekap.records.models.base import Fact
from sirekap.records.models.count import (
    Disclosure,
    FigureSet,
    Generation,
    Photo,
    Statement,
    StatementSeen,
    StationContest,
    Verification,
)
from sirekap.records.models.hall import HallScreen
from sirekap.records.models.ledger import (
    Checkpoint,
    Cosignature,
    Entry,
    Leaf,
    LogRotation,
    SequencerState,
    Witness,
)
from sirekap.records.models.objections import (
    ContestReopened,
    CourtRecord,
    Objection,
    ObjectionAnswer,
    ObjectionAttachment,
    ObjectionPublished,
    ObjectionText,
    SheetVersion,
)
from sirekap.records.models.plenary import (
    ContestCursor,
    Correction,
    CorrectionField,
    Determination,
    Elected,
    ItemDecision,
    RegionTaken,
    SessionCursor,
    SessionEvent,
)
from sirekap.records.models.publication import Cut
from sirekap.records.models.reading import PhotoReading, ReadingJob
from sirekap.records.models.register import Contest, Election, Import, Pair, Region, Station, StationChange
from sirekap.records.models.sessions import Attendance, ItemReopened, PanelChange

__all__ = [
    "Account",
    "Attendance",
    "Checkpoint",
    "Contest",
    "ContestCursor",
    "ContestReopened",
    "Correction",
    "CorrectionField",
    "Cosignature",
    "CourtRecord",
    "Cut",
    "Determination",
    "Disclosure",
    "Elected",
    "Election",
    "Entry",
    "Fact",
    "FigureSet",
    "Generation",
    "HallScreen",
    "Import",
    "ItemDecision",
    "ItemReopened",
    "Leaf",
    "LogRotation",
    "Mandate",
    "MandateEnd",
    "Objection",
    "ObjectionAnswer",
    "ObjectionAttachment",
    "ObjectionPublished",
    "ObjectionText",
    "Pair",
    "PanelChange",
    "Person",
    "Photo",
    "PhotoReading",
    "ReadingJob",
    "Region",
    "RegionTaken",
    "SequencerState",
    "SessionCursor",
    "SessionEvent",
    "SheetVersion",
    "Statement",
    "StatementSeen",
    "Station",
    "StationChange",
    "StationContest",
    "Verification",
    "Witness",
]
