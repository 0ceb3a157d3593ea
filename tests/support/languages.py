"""A page of the public site as one reader sees it: in Indonesian or in English."""

from __future__ import annotations

import re


def shown(page: str, language: str = "id") -> str:
    """The HTML with only this language's texts, without the elements that switch them."""
    other = {"id": "en", "en": "id"}[language]
    kept = re.sub(rf'<span lang="{other}">.*?</span>', "", page, flags=re.S)
    return re.sub(rf'<span lang="{language}">(.*?)</span>', r"\1", kept, flags=re.S)
