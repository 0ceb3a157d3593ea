"""What can be wrong with a configuration, told to the person who must mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """``ERROR``: do not run like this. ``WARNING``: it runs, but somebody should know."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (``text``) and what to do about it (``remedy``), in both languages."""

    severity: Severity
    code: str
    text_id: str
    text_en: str
    remedy_id: str
    remedy_en: str

    def lines(self) -> tuple[str, str]:
        """Two printable lines, Indonesian then English."""
        return f"{self.code}: {self.text_id} {self.remedy_id}", f"{self.code}: {self.text_en} {self.remedy_en}"
