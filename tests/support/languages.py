"""A page of the public site as one reader sees it: in Indonesian or in English."""

from __future__ import annotations

import re


def shown(page: str, language: str = "id") -> str:
    """The HTML with only this language's texts, without the elements that switch them."""
    kept = {"id": r"\1", "en": r"\2"}[language]
    return re.sub(r"<i>(.*?)</i><i lang=en>(.*?)</i>", kept, page, flags=re.S)
